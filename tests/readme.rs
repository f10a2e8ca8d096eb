//! Every `console` block of the README is what the binary prints.
//! `UPDATE_README=1 cargo test --test readme` writes today's output into the file.

use std::path::Path;

use assert_cmd::Command;

/// A block: where its output stands in the README, the command, and the output.
struct Block<'a> {
    command: &'a str,
    output: &'a str,
}

fn blocks(readme: &str) -> Vec<Block<'_>> {
    readme
        .split("```console\n$ ")
        .skip(1)
        .map(|rest| {
            let (body, _) = rest.split_once("```").expect("the block ends");
            let (command, output) = body.split_once('\n').expect("a command is a line");
            Block { command, output }
        })
        .collect()
}

/// What the command prints on both streams, in a folder of its own. Scenarios are found as in a checkout.
fn print(command: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::os::unix::fs::symlink(here.join("scenarios"), folder.path().join("scenarios")).expect("a link");
    let words: Vec<&str> = command.split_whitespace().collect();
    assert_eq!(words[0], "ordermill", "only ordermill is run");
    let ran = Command::new(env!("CARGO_BIN_EXE_ordermill"))
        .args(&words[1..])
        .current_dir(folder.path())
        .output()
        .expect("the binary runs");
    String::from_utf8([ran.stdout, ran.stderr].concat()).expect("output is text")
}

/// Without what depends on the machine: the wall time at the end of the headline, and the line of rates.
fn stable(output: &str) -> Vec<String> {
    let headline = |line: &str| line.contains(" replication") && line.contains("  seed ");
    output
        .lines()
        .filter(|line| !line.contains(" events/s"))
        .map(|line| match headline(line) {
            true => line.split("seed").next().expect("split gives one").to_owned(),
            false => line.trim_end().to_owned(),
        })
        .collect()
}

#[test]
fn the_readme_says_what_the_binary_prints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).expect("there is a README");
    let blocks = blocks(&readme);
    assert!(4 <= blocks.len(), "the README shows the program at work");
    let mut updated = readme.clone();
    for block in &blocks {
        let printed = print(block.command);
        if std::env::var_os("UPDATE_README").is_some() {
            let block_of = |output: &str| format!("```console\n$ {}\n{output}```", block.command);
            updated =
                updated.replace(&block_of(block.output), &block_of(&format!("{}\n", printed.trim_end())));
        } else {
            assert_eq!(stable(block.output), stable(printed.trim_end()), "$ {}", block.command);
        }
    }
    if updated != readme {
        std::fs::write(path, updated).expect("the README can be written");
    }
}
