//! The README is true: its console blocks are what the program prints, its tables are what the program knows, its
//! links lead somewhere. Its Rust block is a doc test of the crate.
//!
//! Blocks run from top to bottom in one folder, as a reader would type them:
//! `console` is a shell's commands after `$ ` with their output, `yaml NAME` and `csv NAME` are files that later
//! commands read. `UPDATE_README=1 cargo test --release --test readme` writes today's output into the README;
//! in a release build, because the rates in it are for readers.
#![cfg(unix)]

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

const HERE: &str = env!("CARGO_MANIFEST_DIR");
const FENCE: &str = "```";

fn readme() -> String {
    fs::read_to_string(Path::new(HERE).join("README.md")).expect("there is a README")
}

/// The README cut at its fences: text and blocks in turn. A block begins with the line of its fence.
fn pieces(readme: &str) -> Vec<(bool, String)> {
    let (mut pieces, mut inside) = (vec![(false, String::new())], false);
    for line in readme.split_inclusive('\n') {
        if line.starts_with(FENCE) {
            inside = !inside;
            pieces.push((inside, String::new()));
            if !inside {
                // The closing fence belongs to the text after the block.
                pieces.last_mut().expect("one was pushed").1 += line;
                continue;
            }
        }
        pieces.last_mut().expect("never empty").1 += line;
    }
    assert!(!inside, "a block does not end");
    pieces
}

/// A folder as a reader has it after a checkout, and a shell in it.
struct Shell(tempfile::TempDir);

impl Shell {
    fn open() -> Shell {
        let folder = tempfile::tempdir().expect("a temporary folder");
        symlink(Path::new(HERE).join("scenarios"), folder.path().join("scenarios")).expect("a link");
        Shell(folder)
    }

    /// What a terminal would show: both streams, in order.
    fn run(&self, command: &str) -> String {
        let program = Path::new(env!("CARGO_BIN_EXE_ordermill")).parent().expect("a binary lies in a folder");
        let path = format!("{}:{}", program.display(), env::var("PATH").unwrap_or_default());
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("( {command} ) 2>&1")]).current_dir(&self.0).env("PATH", path);
        let output = shell.output().expect("there is a shell");
        assert!(output.stderr.is_empty(), "$ {command}\n{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("output is text")
    }

    /// The block as it is today: commands run again, files written.
    fn today(&self, block: &str) -> String {
        let (info, body) = block.split_once('\n').expect("a fence is a line");
        let mut words = info.trim_start_matches('`').split_whitespace();
        match (words.next(), words.next()) {
            (Some("console"), None) => {
                let commands = body.lines().filter_map(|line| line.strip_prefix("$ "));
                let sessions: Vec<String> =
                    commands.map(|command| format!("$ {command}\n{}", self.run(&short(command)))).collect();
                format!("{info}\n{}", sessions.concat())
            }
            (Some("yaml" | "csv"), Some(name)) => {
                fs::write(self.0.path().join(name), body).expect("the folder is writable");
                block.to_owned()
            }
            (Some("rust" | "sh"), None) => block.to_owned(),
            _ => panic!("{info}: no test knows what to do with such a block"),
        }
    }
}

/// A bench takes a minute and says only what depends on the machine: the test looks at its words.
fn short(command: &str) -> String {
    let writes = env::var_os("UPDATE_README").is_some();
    if command == "ordermill bench" && !writes { format!("{command} --quick") } else { command.to_owned() }
}

/// Without what depends on the machine: the wall time at the end of the headline, the line of rates, and the
/// figures of a load test but those that a strategy makes.
fn stable(block: &str) -> Vec<String> {
    let headline = |line: &str| line.contains(" replication") && line.contains("  seed ");
    let load = block.contains("$ ordermill load ");
    let bench = block.contains("$ ordermill bench\n");
    let varies = |line: &&str| line.contains(" events/s") || bench && line.contains(" rounds on ");
    let lines = block.lines().filter(|line| !varies(line));
    lines
        .map(|line| match line {
            line if headline(line) => line.split("seed").next().unwrap_or(line).to_owned(),
            line if bench || load && !line.starts_with(' ') => words_only(line),
            line => line.to_owned(),
        })
        .collect()
}

/// The words of a line, without its figures and their units.
fn words_only(line: &str) -> String {
    let words = line.split_whitespace().filter(|word| {
        !word.starts_with(|first: char| first.is_ascii_digit()) && !["k", "M", "G"].contains(word)
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn blocks_are_what_the_program_prints() {
    let (shell, readme) = (Shell::open(), readme());
    let mut today = String::new();
    for (is_block, piece) in pieces(&readme) {
        today += &if is_block { shell.today(&piece) } else { piece };
    }
    if env::var_os("UPDATE_README").is_some() {
        return fs::write(Path::new(HERE).join("README.md"), today).expect("the README can be written");
    }
    let (now, written) = (pieces(&today), pieces(&readme));
    assert!(12 <= now.len(), "the README shows the program at work");
    for ((_, now), (_, written)) in now.iter().zip(&written) {
        assert!(stable(now) == stable(written), "README.md has\n{written}\nand the program prints\n{now}");
    }
}

/// The first column of the table under a header.
fn column<'a>(readme: &'a str, header: &str) -> Vec<&'a str> {
    let (_, table) = readme.split_once(header).unwrap_or_else(|| panic!("no table {header}"));
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.split('|').nth(1).expect("a row has cells").trim().trim_matches('`')).collect()
}

#[test]
fn exit_codes_are_those_of_the_help() {
    let (shell, readme) = (Shell::open(), readme());
    let help = shell.run("ordermill --help");
    let (_, help) = help.split_once("Exit codes:").expect("the help tells exit codes");
    let mut known: Vec<&str> = help.split_whitespace().filter(|word| word.parse::<u8>().is_ok()).collect();
    known.sort_by_key(|code| code.parse::<u8>().ok());
    assert_eq!(column(&readme, "| exit code | meaning |"), known);
}

/// The table of files, against the folder of a run: nothing too much, nothing missing.
#[test]
fn a_run_writes_the_files_that_are_named() {
    let (shell, readme) = (Shell::open(), readme());
    shell.run("ordermill run scenarios/smoke.yaml --quiet -o out");
    let mut named = column(&readme, "| file | what it holds |");
    // What only some scenarios ask for.
    named.retain(|name| !["rejects.csv", "shipping_notes.csv"].contains(name));
    let folders = named.iter().map(|name| name.split('/').next().expect("split gives one"));
    let mut folders: Vec<&str> = folders.collect();
    folders.sort_unstable();
    assert_eq!(shell.run("LC_ALL=C ls out").lines().collect::<Vec<_>>(), folders);
}

#[test]
fn links_and_paths_lead_somewhere() {
    let readme = readme();
    let links = readme.split("](").skip(1).map(|rest| rest.split(')').next().expect("split gives one"));
    let local = links.filter(|link| !link.starts_with("http"));
    let words = readme.split(|c: char| c.is_whitespace() || "`();".contains(c));
    let paths = words.filter(|word| ["scenarios/", ".ci/"].iter().any(|room| word.starts_with(room)));
    let mut seen = 0;
    // A diagnostic's place is `file:line:column`.
    for place in local.chain(paths).map(|place| place.split(':').next().expect("split gives one")) {
        assert!(Path::new(HERE).join(place).exists(), "README.md speaks of {place}, which is not there");
        seen += 1;
    }
    assert!(10 <= seen, "the README leads to files");
}
