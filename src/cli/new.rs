//! `ordermill new NAME`: a commented scenario to start from.

use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::out::say_line;
use crate::scenario;

#[derive(Args)]
pub struct New {
    /// The scenario's name; the file is NAME.yaml in this folder.
    name: String,
    /// Writes there instead.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl New {
    /// Never overwrites.
    pub fn execute(self) -> Exit {
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if self.name.is_empty() || !self.name.chars().all(legal) {
            eprintln!("error: {:?} is no scenario name; use letters, digits, - and _", self.name);
            return Exit::Usage;
        }
        let path = self.output.unwrap_or_else(|| PathBuf::from(format!("{}.yaml", self.name)));
        let file = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
        let text = scenario::template(&self.name);
        match file.and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes())) {
            Ok(()) => {
                say_line!("{} written; next: ordermill check {0}", path.display());
                Exit::Ok
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                eprintln!("error: {} is already there; choose another name, or -o FILE", path.display());
                Exit::Usage
            }
            Err(error) => {
                eprintln!("error: {}: {error}", path.display());
                Exit::Write
            }
        }
    }
}
