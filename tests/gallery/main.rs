//! Pictures for people to look at: `./dev gallery [FOLDER]` draws the engine's features, `./dev gallery prompts [NAME…]`
//! makes videos of prompts and checks them.

mod features;
mod prompts;

use std::path::Path;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((verb, names)) if verb == "prompts" => prompts::make(names),
        Some((folder, [])) => features::draw(Path::new(folder)),
        Some((_, [extra, ..])) => anyhow::bail!("one folder at most, not {extra:?}"),
        None => features::draw(Path::new("target/gallery")),
    }
}
