//! The program `sprog`.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
