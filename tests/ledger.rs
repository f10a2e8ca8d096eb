//! Is every change of a ledger found, in its line, and is every proof of it right? (Row 38 of `tests/order_life`.)

mod runs;

use std::fs;
use std::num::NonZeroU32;
use std::path::Path;

use ordermill::domain::{
    Account, CartId, Command, Handle, NodeId, OrderId, OrderState, Refusal, SkuId, Step, StockMove, Subject,
    Transition,
};
use ordermill::experiment::StudyOptions;
use ordermill::journal::ledger::{
    Broken, Flaw, Hash, Kept, Line, Proof, Record, Sum, hex, merkle, prove, read, sha256,
};
use ordermill::journal::{Ledger, LedgerFile, Sink, SyncPolicy};
use ordermill::kernel::time::Moment;
use ordermill::report;
use ordermill::sim::{Options, simulate_onto};
use proptest::prelude::*;
use serde_json::Value;

use runs::{Overrides, ordermill, run_with, scenario_path};

fn wanted(path: &Path, batch: u32, sync: SyncPolicy) -> LedgerFile {
    LedgerFile { path: path.to_owned(), batch: NonZeroU32::new(batch).unwrap(), sync }
}

/// So many transitions of each form that there is.
fn transitions(count: u64) -> Vec<Transition> {
    let handle = |number: u64| Handle::new(number as u32, number as u32 % 3);
    let moved = |number: u64, from, to| StockMove {
        sku: SkuId(number as u32),
        node: NodeId(number as u16 % 4),
        quantity: 1 + number as u32 % 5,
        from,
        to,
    };
    let make = |number: u64| {
        let mut made = Transition::default();
        made.begin(Moment(number * 1_000_003));
        let (subject, step, from, to) = match number % 4 {
            0 => (Subject::Stock, Step::Received, Account::Supplier, Account::Available),
            1 => (Subject::Order(handle(number)), Step::Submitted, Account::Available, Account::Held),
            2 => (Subject::Fulfillment(handle(number)), Step::Picked, Account::Held, Account::Picked),
            _ => (Subject::Cart(CartId(number)), Step::AddedToCart, Account::Available, Account::Held),
        };
        (made.subject, made.step) = (subject, step);
        made.moves.push(moved(number, from, to));
        if matches!(number % 4, 1 | 2) {
            (made.order, made.handle) = (Some(OrderId(number / 4)), Some(handle(number)));
            made.from = (number % 4 == 2).then_some(OrderState::InFulfillment);
            made.to =
                Some(if number % 4 == 1 { OrderState::AwaitingPayment } else { OrderState::InFulfillment });
            made.created.extend([handle(number), handle(number + 1)]);
            made.moves.push(moved(number + 1, from, to));
        }
        made
    };
    (0..count).map(make).collect()
}

/// The bytes of a ledger of them, and what its writer says of it.
fn written(all: &[Transition], batch: u32) -> (Vec<u8>, Kept) {
    let folder = tempfile::tempdir().unwrap();
    let file = wanted(&folder.path().join("ledger.jsonl"), batch, SyncPolicy::End);
    let mut ledger = Ledger::create(&file, &["Hamburg".to_owned(), "Köln \"West\"".to_owned()]).unwrap();
    all.iter().for_each(|transition| ledger.append(transition).unwrap());
    let kept = ledger.finish().unwrap();
    (fs::read(&file.path).unwrap(), kept)
}

fn verified(bytes: &[u8]) -> Result<Sum, Flaw> {
    read(bytes, |_| ()).map_err(|broken| match broken {
        Broken::Flaw(flaw) => flaw,
        Broken::Read(error) => panic!("{error}"),
    })
}

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|&byte| byte == b'\n').collect()
}

/// Line, from 1, of a byte.
fn line_of(bytes: &[u8], place: usize) -> u64 {
    1 + bytes[..place].iter().filter(|&&byte| byte == b'\n').count() as u64
}

/// Every transition that the engine made.
#[derive(Default)]
struct All(Vec<Transition>);

impl Sink for All {
    fn saw(&mut self, _at: Moment, _command: &Command<'_>, outcome: Result<&Transition, Refusal>) {
        self.0.extend(outcome.ok().cloned());
    }
}

/// The ledger of a run, and the same run seen otherwise.
fn ledger_of_a_run(overrides: Overrides<'_>, seed: u64) -> (Vec<u8>, Vec<Transition>) {
    let folder = tempfile::tempdir().unwrap();
    let model = runs::model(&runs::read("smoke", overrides));
    let path = folder.path().join("ledger.jsonl");
    let ledger = Some(wanted(&path, 64, SyncPolicy::End));
    runs::replicate(&model, &Options { seed, ledger, ..Options::default() });
    let mut all = All::default();
    simulate_onto(&model, &Options { seed, ..Options::default() }, Some(&mut all)).unwrap();
    (fs::read(path).unwrap(), all.0)
}

#[test]
fn the_ledger_of_a_run_holds_all_that_happened_to_orders_and_goods() {
    let everything = [
        ("cart", "{hold: true, guests: 50%, saved: 50%, merge: sum, lifetime: 3 h}"),
        ("promotions.points", "{worth: 0.05, lifetime: 30 h}"),
    ];
    for overrides in [&[][..], &everything[..]] {
        let (bytes, all) = ledger_of_a_run(overrides, 1);
        let of_goods_or_orders =
            |each: &&Transition| each.order.is_some() && each.to.is_some() || !each.moves.is_empty();
        let mut left = all.iter().filter(of_goods_or_orders);
        let sum = read(&bytes[..], |line| {
            let Line::Record { record, .. } = line else { return };
            let own = left.next().expect("a record more than transitions");
            let orders: Vec<_> = own.changes().map(|(id, _, from, to)| (id, from, to)).collect();
            assert_eq!((record.at, record.step, record.subject), (own.at, own.step, own.subject));
            assert_eq!((&record.orders, &record.created, &record.moves), (&orders, &own.created, &own.moves));
        })
        .unwrap_or_else(|broken| panic!("{broken:?}"));
        assert_eq!(left.count(), 0, "transitions without a record");
        assert!(1_000 < sum.records && sum.batches == sum.records.div_ceil(64), "{sum:?}");
        let beside = all.len() as u64 - sum.records;
        assert_eq!(0 < beside, !overrides.is_empty(), "{beside} of coupons, points and empty carts");
    }
}

#[test]
fn equal_seeds_give_equal_bytes_and_others_do_not() {
    let (first, again, other) =
        (ledger_of_a_run(&[], 1).0, ledger_of_a_run(&[], 1).0, ledger_of_a_run(&[], 2).0);
    assert!(first == again, "two ledgers of one seed");
    assert_ne!(verified(&first).unwrap().root, verified(&other).unwrap().root);
}

#[test]
fn a_run_with_a_ledger_ends_as_one_without() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.jsonl");
    let tape = |name: &str| Some(folder.path().join(name));
    let plain = StudyOptions { replications: Some(2), tape: tape("a"), ..Default::default() };
    let ledger = Some(wanted(&path, 256, SyncPolicy::Batch));
    let with = StudyOptions { replications: Some(2), ledger, tape: tape("b"), ..Default::default() };
    let (plain, with) = (run_with("smoke", &[], &plain), run_with("smoke", &[], &with));
    assert!(report::result_json(&plain.document) == report::result_json(&with.document));
    assert_eq!(plain.document.engine_digests, with.document.engine_digests);
    assert!(fs::read(folder.path().join("a")).unwrap() == fs::read(folder.path().join("b")).unwrap());
    // One ledger of two replications: that of the first.
    assert!(1_000 < verified(&fs::read(path).unwrap()).unwrap().records);
}

/// Whichever bit of whichever line: found, and in that line.
#[test]
fn every_bit_of_a_small_ledger_counts() {
    let (bytes, kept) = written(&transitions(3), 2);
    let sum = verified(&bytes).unwrap();
    assert_eq!((sum.records, sum.batches, sum.root), (3, 2, kept.root));
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut other = bytes.clone();
            other[place] ^= 1 << bit;
            let found = verified(&other).expect_err("a changed bit").line;
            assert_eq!(found, line_of(&bytes, place), "bit {bit} of byte {place}");
        }
    }
    for length in 0..bytes.len() {
        let found = verified(&bytes[..length]).expect_err("a ledger that was cut");
        assert_eq!(found.line, line_of(&bytes, length), "cut after {length} bytes: {found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    /// As above in a larger one, with any other byte.
    #[test]
    fn another_byte_is_found_in_its_line(place in any::<prop::sample::Index>(), turn in 1..=255u8) {
        thread_local!(static LEDGER: Vec<u8> = written(&transitions(60), 16).0);
        LEDGER.with(|bytes| {
            let place = place.index(bytes.len());
            let mut other = bytes.clone();
            other[place] ^= turn;
            let found = verified(&other).expect_err("a changed byte");
            prop_assert_eq!(found.line, line_of(bytes, place), "{:?}", found);
            Ok(())
        })?;
    }
}

#[test]
fn lines_that_are_dropped_swapped_or_inserted_are_found() {
    let (bytes, _) = written(&transitions(60), 16);
    let all = lines(&bytes);
    assert_eq!(all.len(), 1 + 60 + 4 + 1);
    let check = |what: &str, changed: Vec<&[u8]>, line: usize| {
        let found = verified(&changed.concat()).expect_err(what);
        assert_eq!(found.line, line as u64 + 1, "{what} at {line}: {found:?}");
    };
    for line in 0..all.len() {
        let mut dropped = all.clone();
        dropped.remove(line);
        check("dropped", dropped, line);
        check("cut", all[..line].to_vec(), line);
        for from in [0, 1, 20, all.len() - 2, all.len() - 1, line] {
            let mut inserted = all.clone();
            inserted.insert(line, all[from]);
            // Twice the same: the second is one too many.
            check("inserted", inserted, if from == line { line + 1 } else { line });
        }
        for other in line + 1..all.len() {
            let mut swapped = all.clone();
            swapped.swap(line, other);
            check("swapped", swapped, line);
        }
    }
    let end = [&all[..], &[b"\n"]].concat();
    check("something after the end", end, all.len());
}

/// Record 20 says another quantity, and so much of what follows from it is made anew.
fn forged(bytes: &[u8], anew: fn(&Value) -> bool) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    let (mut out, mut last, mut chain) = (String::new(), [0; 32], [0; 32]);
    let (mut leaves, mut roots) = (Vec::new(), Vec::new());
    let digest = |text: &str| ordermill::journal::ledger::from_hex(text.as_bytes()).unwrap();
    for line in text.lines() {
        let mut parts: Value = serde_json::from_str(line).unwrap();
        if parts["record"]["n"] == 20 {
            parts["record"]["moves"][0][2] = 77.into();
        }
        let makes = anew(&parts);
        if !parts["ledger"].is_null() {
            (last, chain) =
                (digest(parts["hash"].as_str().unwrap()), digest(parts["hash"].as_str().unwrap()));
        } else if !parts["record"].is_null() {
            let record = parts["record"].to_string();
            last = sha256(&[&last, record.as_bytes()]);
            leaves.push(record.into_bytes());
            if makes {
                parts["hash"] = hex(&last).into();
            }
        } else if !parts["batch"].is_null() {
            let root = twin(&leaves);
            chain = sha256(&[&chain, &root]);
            leaves.clear();
            roots.push(root.to_vec());
            if makes {
                parts["root"] = hex(&root).into();
                parts["chain"] = hex(&chain).into();
            }
        } else if makes {
            parts["root"] = hex(&twin(&roots)).into();
        }
        out += &(parts.to_string() + "\n");
    }
    out.into_bytes()
}

/// Chained anew without the roots, a forgery is found at the first root; made anew as a whole, by the root alone.
#[test]
fn a_suffix_that_is_chained_anew_is_found_at_its_root() {
    let (bytes, kept) = written(&transitions(60), 16);
    assert!(forged(&bytes, |_| false) != bytes, "something is forged");
    let check = |anew: fn(&Value) -> bool, line: Option<u64>| {
        let found = verified(&forged(&bytes, anew));
        assert_eq!(found.as_ref().err().map(|flaw| flaw.line), line, "{found:?}");
        found
    };
    // Lines: header, 16 records, batch 0, then records 16 to 31 from line 19, batch 1 in line 35.
    let _ = check(|_| false, Some(23));
    let _ = check(|line| line["record"]["n"] == 20, Some(24));
    let _ = check(|line| !line["record"].is_null(), Some(35));
    let _ = check(|line| !line["record"].is_null() || line["batch"]["n"] == 1, Some(52));
    let _ = check(|line| line["end"].is_null(), Some(66));
    let whole = check(|_| true, None).unwrap();
    assert_ne!(whole.root, kept.root, "only the root tells");
}

/// A Merkle root by the words of RFC 6962, section 2.1.
fn twin(data: &[Vec<u8>]) -> Hash {
    match data {
        [] => sha256(&[]),
        [one] => sha256(&[&[0], one]),
        _ => {
            let split = (0..).map(|power| 1 << power).take_while(|&k| k < data.len()).last().unwrap();
            sha256(&[&[1], &twin(&data[..split]), &twin(&data[split..])])
        }
    }
}

/// The first eight trees of the tests of Certificate Transparency.
#[test]
fn roots_are_those_of_certificate_transparency() {
    let data: [&[u8]; 8] = [
        &[],
        &[0x00],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
    ];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    for (count, root) in roots.iter().enumerate() {
        let leaves: Vec<Hash> = data[..count].iter().map(|data| merkle::leaf(data)).collect();
        assert_eq!(hex(&merkle::root(&leaves)), *root, "{count} leaves");
        let owned: Vec<Vec<u8>> = data[..count].iter().map(|data| data.to_vec()).collect();
        assert_eq!(hex(&twin(&owned)), *root, "{count} leaves by the twin");
    }
}

fn ceil_log2(count: usize) -> usize {
    (0..).find(|&power| count <= 1 << power).unwrap()
}

#[test]
fn paths_of_all_trees_lead_to_the_root_of_the_twin() {
    for count in 1..=70 {
        let data: Vec<Vec<u8>> = (0..count as u32).map(|leaf| leaf.to_le_bytes().to_vec()).collect();
        let leaves: Vec<Hash> = data.iter().map(|data| merkle::leaf(data)).collect();
        let root = twin(&data);
        assert_eq!(merkle::root(&leaves), root, "{count} leaves");
        let climb = |leaf, index: usize, path: &[Hash]| merkle::climb(leaf, index as u64, count as u64, path);
        for index in 0..count {
            let path = merkle::path(&leaves, index);
            assert_eq!(climb(leaves[index], index, &path), Some(root), "leaf {index} of {count}");
            let longest = 32 * ceil_log2(count);
            assert!(32 * path.len() <= longest && (0 < index || 32 * path.len() == longest));
            for other in (0..count + 2).filter(|&other| other != index) {
                assert_ne!(climb(leaves[index], other, &path), Some(root), "{index} of {count} as {other}");
            }
            assert_ne!(climb(data_leaf(index + 1), index, &path), Some(root));
            for place in 0..path.len() {
                let mut wrong = path.clone();
                wrong[place][index % 32] ^= 1;
                assert_ne!(climb(leaves[index], index, &wrong), Some(root));
                wrong.remove(place);
                assert_ne!(climb(leaves[index], index, &wrong), Some(root));
            }
            assert_ne!(climb(leaves[index], index, &[&path[..], &[root]].concat()), Some(root));
        }
    }
}

fn data_leaf(index: usize) -> Hash {
    merkle::leaf(&(index as u32).to_le_bytes())
}

#[test]
fn proofs_hold_without_the_ledger_and_wrong_ones_do_not() {
    let (bytes, kept) = written(&transitions(61), 16);
    let (proofs, _) = prove(&bytes[..], |_| true).unwrap();
    assert_eq!(proofs.len(), 61);
    for (number, proof) in proofs.iter().enumerate() {
        let text = serde_json::to_string_pretty(proof).unwrap();
        let read: Proof = serde_json::from_str(&text).unwrap();
        let roots = read.roots().unwrap();
        assert_eq!((roots.record.number, roots.ledger), (number as u64, kept.root));
        let whole: Value = serde_json::from_str(&text).unwrap();
        let changes = [
            ("/record/n", 99.into()),
            ("/record/at", 99.into()),
            ("/record/moves/0/2", 99.into()),
            ("/record/step", "lost".into()),
            ("/index", ((number + 1) % 16).into()),
            ("/batch", ((number / 16 + 1) % 4).into()),
            ("/path/0", hex(&kept.root).into()),
            ("/batch_path/0", hex(&kept.root).into()),
        ];
        for (place, value) in changes {
            let mut changed = whole.clone();
            let Some(part) = changed.pointer_mut(place) else { panic!("{place} of {text}") };
            *part = value;
            let changed: Proof = serde_json::from_value(changed).unwrap();
            let found = changed.roots().map(|roots| roots.ledger);
            assert_ne!(found, Some(kept.root), "{place} of record {number}");
        }
    }
    let (of_one, _) = prove(&bytes[..], |record| record.concerns(OrderId(7))).unwrap();
    let numbers: Vec<u64> = of_one.iter().map(|proof| proof.roots().unwrap().record.number).collect();
    assert_eq!(numbers, [29, 30], "submitted and picked");
}

/// More records a batch: fewer batches, longer proofs up to the batch, shorter ones from there.
#[test]
fn the_batch_decides_how_long_proofs_are() {
    let all = transitions(300);
    for batch in [1, 2, 16, 100, 256, 1_000] {
        let (bytes, kept) = written(&all, batch);
        let batches = 300usize.div_ceil(batch as usize);
        assert_eq!(kept.batches, batches as u64);
        let (proofs, sum) = prove(&bytes[..], |record| record.number == 0).unwrap();
        let own = ceil_log2(300.min(batch as usize));
        assert_eq!(proofs[0].bytes(), (32 * own, 32 * ceil_log2(batches)), "batches of {batch}");
        assert_eq!((sum.batch, sum.root), (batch, kept.root));
    }
}

#[test]
fn a_ledger_of_nothing_holds() {
    let (bytes, kept) = written(&[], 16);
    assert_eq!((kept.records, kept.batches, kept.root), (0, 0, sha256(&[])));
    assert_eq!(verified(&bytes).unwrap().root, kept.root);
}

/// After each batch the disk has it whole, before the file has its name.
#[test]
fn the_policy_decides_when_the_disk_is_waited_for() {
    for (sync, syncs) in [(SyncPolicy::End, 1), (SyncPolicy::Batch, 5)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.jsonl");
        let mut ledger = Ledger::create(&wanted(&path, 16, sync), &[]).unwrap();
        transitions(60).iter().for_each(|transition| ledger.append(transition).unwrap());
        assert!(!path.exists(), "nothing half-written has the name");
        let open = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
        let open = fs::read(open).unwrap();
        match sync {
            SyncPolicy::End => assert!(open.is_empty()),
            SyncPolicy::Batch => {
                let found = verified(&open).unwrap_err();
                assert_eq!((found.line, found.code), (1 + 48 + 3 + 1, "E0805"), "three batches, no end");
            }
        }
        assert_eq!(ledger.finish().unwrap().syncs, syncs);
        assert!(verified(&fs::read(path).unwrap()).is_ok());
    }
}

/// One record, one text: what differs in a byte is no record, or another one.
#[test]
fn a_record_has_one_text() {
    let (bytes, _) = written(&transitions(8), 16);
    for line in lines(&bytes).into_iter().filter(|line| line.starts_with(b"{\"record\":")) {
        let text = &line[10..line.len() - 76];
        let record = Record::parse(text).unwrap();
        for place in 0..text.len() {
            for byte in 0..=255 {
                let mut other = text.to_vec();
                other[place] = byte;
                assert!(byte == text[place] || Record::parse(&other).as_ref() != Ok(&record));
            }
            let mut longer = text.to_vec();
            longer.insert(place, b' ');
            assert!(Record::parse(&longer).is_err());
            longer[place] = b'0';
            assert_ne!(Record::parse(&longer).as_ref(), Ok(&record));
        }
    }
}

/// Exit code, standard output, standard error.
fn end(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = ordermill().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_ledger_is_written_verified_read_and_proved() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let well = |arguments: &[&str]| {
        let (code, printed, said) = end(folder, arguments);
        assert_eq!((code, said.as_str()), (0, ""), "{arguments:?}");
        printed
    };
    let refused = |arguments: &[&str], start: &str| {
        let (code, printed, said) = end(folder, arguments);
        assert!(code == 2 && printed.is_empty() && said.starts_with(start), "{arguments:?}: {code} {said}");
    };
    let smoke = scenario_path("smoke");
    let run = ["run", smoke.to_str().unwrap(), "--quiet", "--ledger", "l.jsonl"];
    well(&[&run[..], &["--ledger-batch", "64", "--ledger-sync", "batch"]].concat());
    let told = well(&["ledger", "verify", "l.jsonl"]);
    let root = told.trim().rsplit_once(' ').unwrap().1;
    assert!(told.contains(" batches of 64 hold\nroot ") && root.len() == 64, "{told}");
    let other = "0".repeat(64);
    assert_eq!(well(&["ledger", "verify", "l.jsonl", "--root", root]), told);
    refused(&["ledger", "verify", "l.jsonl", "--root", &other], "E0806 l.jsonl:");

    let way = well(&["ledger", "order", "l.jsonl", "20"]);
    let steps = ["submitted", "paid", "approved", "allocated", "picked", "shipped", "delivered"];
    let places: Vec<usize> = steps.iter().map(|step| way.find(step).expect(step)).collect();
    assert!(places.is_sorted() && way.contains("@ Hamburg: held -> picked"), "{way}");
    refused(&["ledger", "order", "l.jsonl", "9999999"], "E0808 l.jsonl:1:1  order 9999999 is not");

    let proofs = well(&["ledger", "prove", "l.jsonl", "--order", "20"]);
    fs::write(folder.join("proofs.json"), &proofs).unwrap();
    let said = well(&["ledger", "check-proof", "proofs.json", "--root", root]);
    assert!(said.starts_with(&format!("{} records are in", proofs.lines().count())), "{said}");
    refused(&["ledger", "check-proof", "proofs.json", "--root", &other], "E0807 proofs.json:1:1  record ");
    let second = format!("{}\n{}\n", proofs.lines().next().unwrap(), proofs.lines().nth(1).unwrap())
        .replace("\"step\":\"paid\"", "\"step\":\"lost\"");
    fs::write(folder.join("proofs.json"), second).unwrap();
    refused(&["ledger", "check-proof", "proofs.json", "--root", root], "E0807 proofs.json:2:1  record ");
    fs::write(folder.join("proofs.json"), "{\"record\":{}}").unwrap();
    refused(&["ledger", "check-proof", "proofs.json", "--root", root], "E0801 proofs.json:1:");
    let one = well(&["ledger", "prove", "l.jsonl", "--record", "0"]);
    assert_eq!(one.lines().count(), 1);
    refused(&["ledger", "prove", "l.jsonl", "--record", "9999999"], "E0808 l.jsonl:1:1  record 9999999 is");

    let text = fs::read_to_string(folder.join("l.jsonl")).unwrap();
    fs::write(folder.join("l.jsonl"), text.replacen("\"picked\"", "\"packed\"", 1)).unwrap();
    let line = 1 + text[..text.find("\"picked\"").unwrap()].matches('\n').count();
    for command in ["verify", "order", "prove"] {
        let rest: &[&str] = match command {
            "verify" => &[],
            "order" => &["20"],
            _ => &["--record", "0"],
        };
        refused(&[&["ledger", command, "l.jsonl"], rest].concat(), &format!("E0803 l.jsonl:{line}:"));
    }
    refused(&["ledger", "verify", "no.jsonl"], "E0101 no.jsonl:1:1  ");
    refused(&["ledger", "verify", "."], "E0102 .:1:1  it is no regular file");
    let (code, _, said) = end(folder, &["run", "x.yaml", "--ledger-batch", "3"]);
    assert!(code == 2 && said.contains("--ledger <FILE>"), "{said}");
}
