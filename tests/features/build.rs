//! Does nothing: cargo takes the features of build dependencies from crates with a build script only.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
