use std::process::ExitCode;

fn main() -> ExitCode {
    ordermill::cli::main(std::env::args_os()).into()
}
