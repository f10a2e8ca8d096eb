//! Standard output: what a command says. Whoever reads it may stop reading; that changes nothing of the outcome.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write, stdout};

use super::Exit;

/// As `print!`, but a reader that went away (`ordermill explain faults | head`) is no error.
macro_rules! say {
    ($($word:tt)*) => { $crate::cli::out::write(::std::format_args!($($word)*)) };
}

/// As `say!`, with the end of the line.
macro_rules! say_line {
    ($($word:tt)*) => { $crate::cli::out::write(::std::format_args!("{}\n", ::std::format_args!($($word)*))) };
}

pub(crate) use {say, say_line};

/// Written at once; a disk that takes no more ends the program with its own code.
pub fn write(words: Arguments<'_>) {
    let mut out = stdout().lock();
    match out.write_fmt(words).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            eprintln!("error: cannot write to standard output: {error}");
            std::process::exit(Exit::Write as i32);
        }
        _ => {}
    }
}
