//! The `avs-engine` binary: a command line around the library.

fn main() -> std::process::ExitCode {
    avs_engine::cli::run()
}
