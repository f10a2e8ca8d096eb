//! `ordermill ledger`: the ledger of a run held against its hashes, the way of an order, and proofs of it.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::Exit;
use super::out::{say, say_line};
use crate::domain::{OrderId, Subject};
use crate::journal::ledger::{self, Broken, Flaw, Hash, Header, Line, Proof, Record, Sum, hex};
use crate::scenario;

/// The largest file of proofs: some hundred thousand of them.
const MOST_BYTES: u64 = 256 << 20;

#[derive(Args)]
pub struct Ledger {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read a ledger to its end: the first line that does not hold, or what it holds and its root.
    Verify(Verify),
    /// What happened to an order and its units, in order.
    Order(Order),
    /// Prove that records are in a ledger: one JSON object a record, for `check-proof`.
    Prove(Prove),
    /// Check proofs against a root that you have kept, without the ledger.
    CheckProof(CheckProof),
}

#[derive(Args)]
struct Verify {
    /// Ledger, as `run --ledger` writes it.
    file: PathBuf,
    /// The root that it must have. Without one, a ledger that was made anew as a whole holds too.
    #[arg(long, value_name = "HEX", value_parser = root)]
    root: Option<Hash>,
}

#[derive(Args)]
struct Order {
    /// Ledger, as `run --ledger` writes it.
    file: PathBuf,
    /// Number of the order.
    id: u64,
}

#[derive(Args)]
struct Prove {
    /// Ledger, as `run --ledger` writes it.
    file: PathBuf,
    #[command(flatten)]
    wanted: Wanted,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Wanted {
    /// All records of this order.
    #[arg(long, value_name = "ID")]
    order: Option<u64>,
    /// The record of this number.
    #[arg(long, value_name = "N")]
    record: Option<u64>,
}

#[derive(Args)]
struct CheckProof {
    /// Proofs, as `ledger prove` prints them.
    proof: PathBuf,
    /// Root of the ledger, as `ledger verify` tells it, or of the record's batch.
    #[arg(long, value_name = "HEX", value_parser = root)]
    root: Hash,
}

fn root(text: &str) -> Result<Hash, String> {
    ledger::from_hex(text.as_bytes()).ok_or("write the 64 digits of a root, 0-9 and a-f".to_owned())
}

impl Ledger {
    pub fn execute(self) -> Exit {
        match self.command {
            Command::Verify(command) => command.execute(),
            Command::Order(command) => command.execute(),
            Command::Prove(command) => command.execute(),
            Command::CheckProof(command) => command.execute(),
        }
        .unwrap_or_else(|said| {
            eprintln!("{said}");
            Exit::Usage
        })
    }
}

impl Verify {
    fn execute(self) -> Result<Exit, String> {
        let sum = ledger::read(open(&self.file)?, |_| ()).map_err(|broken| told(&self.file, broken))?;
        if let Some(root) = self.root.filter(|root| *root != sum.root) {
            return Err(format!(
                "E0806 {}:{}:1  the root is {}, not {}\n      it holds in itself, but it is another ledger",
                self.file.display(),
                sum.lines(),
                hex(&sum.root),
                hex(&root)
            ));
        }
        say_line!("{} records in {} batches of {} hold", sum.records, sum.batches, sum.batch);
        say_line!("root {}", hex(&sum.root));
        Ok(Exit::Ok)
    }
}

impl Order {
    fn execute(self) -> Result<Exit, String> {
        let (mut nodes, mut rows) = (Vec::<String>::new(), Vec::new());
        let sum = ledger::read(open(&self.file)?, |line| match line {
            Line::Header(Header { nodes: names, .. }) => {
                nodes = names.iter().map(|name| tame(name)).collect()
            }
            Line::Record { record, .. } if record.concerns(OrderId(self.id)) => rows.push(record.clone()),
            _ => {}
        })
        .map_err(|broken| told(&self.file, broken))?;
        if rows.is_empty() {
            return Err(nothing(&self.file, &format!("order {}", self.id), &sum));
        }
        say_line!("order {}: {} of {} records; the ledger holds", self.id, rows.len(), sum.records);
        rows.iter().for_each(|record| say!("{}", row(record, OrderId(self.id), &nodes)));
        Ok(Exit::Ok)
    }
}

impl Prove {
    fn execute(self) -> Result<Exit, String> {
        let Wanted { order, record } = self.wanted;
        let wants = |own: &Record| {
            record == Some(own.number) || order.is_some_and(|order| own.concerns(OrderId(order)))
        };
        let (proofs, sum) =
            ledger::prove(open(&self.file)?, wants).map_err(|broken| told(&self.file, broken))?;
        if proofs.is_empty() {
            let what = order.map_or_else(
                || format!("record {}", record.unwrap_or_default()),
                |order| format!("order {order}"),
            );
            return Err(nothing(&self.file, &what, &sum));
        }
        for proof in &proofs {
            say_line!("{}", serde_json::to_string(proof).expect("a proof is JSON"));
        }
        Ok(Exit::Ok)
    }
}

impl CheckProof {
    fn execute(self) -> Result<Exit, String> {
        let text = scenario::text_of(&self.proof, MOST_BYTES)
            .map_err(|said| format!("{said}\n      name a file of `ordermill ledger prove`"))?;
        let mut proofs = serde_json::Deserializer::from_str(&text).into_iter::<Proof>();
        let (mut checked, mut bytes) = (0, 0);
        loop {
            let (line, column) = place(&text, proofs.byte_offset());
            let Some(proof) = proofs.next() else { break };
            let proof = proof.map_err(|error| self.no("E0801", error.line(), error.column(), FORM))?;
            let roots = proof.roots().ok_or_else(|| self.no("E0801", line, column, FORM))?;
            if self.root != roots.batch && self.root != roots.ledger {
                let record = &roots.record;
                let message =
                    format!("record {} ({}) is not in that ledger", record.number, record.step.name());
                return Err(self.no("E0807", line, column, &message));
            }
            checked += 1;
            bytes += proof.bytes().0 + proof.bytes().1;
        }
        if checked == 0 {
            return Err(self.no("E0801", 1, 1, FORM));
        }
        say_line!("{checked} records are in the ledger of this root; {bytes} bytes of hashes");
        Ok(Exit::Ok)
    }

    fn no(&self, code: &str, line: usize, column: usize, message: &str) -> String {
        let file = self.proof.display();
        let help = "take proof and root as `ordermill ledger prove` and `verify` print them";
        format!("{code} {file}:{line}:{column}  {message}\n      {help}")
    }
}

const FORM: &str = "this is no proof of a record";

/// Line and column, from 1, of what follows the white space after an offset.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let (before, rest) = text.split_at(offset);
    let start = before.len() + rest.len() - rest.trim_start().len();
    let before = &text[..start];
    let line = before.matches('\n').count();
    (line + 1, before.len() - before.rfind('\n').map_or(0, |end| end + 1) + 1)
}

/// A pipe would be waited for, and a device has no end.
fn open(path: &Path) -> Result<BufReader<File>, String> {
    let no = |code: &str, message: String| {
        Err(format!(
            "{code} {}:1:1  {message}\n      name a file of `ordermill run --ledger`",
            path.display()
        ))
    };
    match path.metadata() {
        Ok(found) if !found.is_file() => no("E0102", "it is no regular file".to_owned()),
        Ok(_) => File::open(path).map(BufReader::new).or_else(|error| no("E0101", error.to_string())),
        Err(error) => no("E0101", error.to_string()),
    }
}

fn told(path: &Path, broken: Broken) -> String {
    let file = path.display();
    match broken {
        Broken::Read(error) => format!("E0101 {file}:1:1  {error}\n      the file cannot be read to its end"),
        Broken::Flaw(Flaw { line, column, code, message, help }) => {
            format!("{code} {file}:{line}:{column}  {message}\n      {help}")
        }
    }
}

fn nothing(path: &Path, what: &str, sum: &Sum) -> String {
    let most = sum.records.saturating_sub(1);
    format!(
        "E0808 {}:1:1  {what} is not in this ledger\n      it has records 0 to {most}; it holds",
        path.display()
    )
}

/// A name as a terminal may show it: nothing in it is obeyed.
fn tame(name: &str) -> String {
    name.chars()
        .flat_map(|letter| {
            let shown = !letter.is_control();
            shown.then_some(letter).into_iter().chain(letter.escape_default().filter(move |_| !shown))
        })
        .collect()
}

/// One record as a row, its goods below it.
fn row(record: &Record, order: OrderId, nodes: &[String]) -> String {
    let own = record.orders.iter().find(|own| own.0 == order);
    let state = own.map_or(String::new(), |&(_, from, to)| match from {
        Some(from) if from == to => to.name().to_owned(),
        Some(from) => format!("{} -> {}", from.name(), to.name()),
        None => format!("-> {}", to.name()),
    });
    let with = record.orders.iter().filter(|own| own.0 != order).map(|own| own.0.0.to_string());
    let with: Vec<String> = with.collect();
    let with = if with.is_empty() { String::new() } else { format!("  with order {}", with.join(", ")) };
    let mut text = format!(
        "{:>8}  {:>14}  {:<18}{:<18}{state}{with}\n",
        record.number,
        record.at.to_string(),
        record.step.name(),
        subject(record.subject)
    );
    for moved in &record.moves {
        let node = nodes.get(moved.node.index()).map_or("?", String::as_str);
        let (from, to) = (moved.from.name(), moved.to.name());
        text += &format!("{:>26}{} x SKU {} @ {node}: {from} -> {to}\n", "", moved.quantity, moved.sku.0);
    }
    text
}

fn subject(subject: Subject) -> String {
    let handle = |word: &str, handle: crate::domain::Handle| {
        format!("{word} {}.{}", handle.slot(), handle.generation())
    };
    match subject {
        Subject::Order(_) => "order".to_owned(),
        Subject::Fulfillment(own) => handle("fulfillment", own),
        Subject::Parcel(own) => handle("parcel", own),
        Subject::Stock => "stock".to_owned(),
        Subject::Customer(id) => format!("customer {}", id.0),
        Subject::Cart(id) => format!("cart {}", id.0),
    }
}
