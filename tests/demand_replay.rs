//! Replay: a shop's own file comes out whole, in order, and what is wrong with it is told.

use std::collections::HashMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use expect_test::{Expect, expect};
use ordermill::demand::{DemandTables, OrderDraft, Problem};
use ordermill::domain::Money;
use ordermill::kernel::draw::Draw;
use ordermill::kernel::time::{Moment, Span};
use ordermill::scenario::spec::{CatalogSource, LocalTime, Replay, ReplayColumns, Zone};
use ordermill::scenario::{self, Scenario};
use proptest::prelude::*;

fn quickstart() -> Scenario {
    static READ: OnceLock<Scenario> = OnceLock::new();
    let read =
        || scenario::read(Path::new("scenarios/quickstart.yaml"), &[]).unwrap_or_else(|e| panic!("{e}"));
    READ.get_or_init(read).clone()
}

/// A scenario that replays `text`, with the columns that the header names by their roles.
struct Shop {
    folder: tempfile::TempDir,
    scenario: Scenario,
}

fn shop(text: impl AsRef<[u8]>) -> Shop {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("orders.csv");
    fs::write(&file, &text).unwrap();
    let header = String::from_utf8_lossy(text.as_ref()).lines().next().unwrap_or("").to_string();
    let column = |name: &str| header.contains(name).then(|| name.to_string());
    let mut scenario = quickstart();
    scenario.arrivals = None;
    scenario.catalog = CatalogSource::FromReplay { weight_g: 100, volume_ml: 200 };
    scenario.start = LocalTime::new(2026, 3, 1, 0, 0).unwrap();
    scenario.run.horizon = Span::from_hours(24 * 30);
    let zone = |name: &str| Zone { name: name.into(), at: Default::default(), weight: 1.0 };
    scenario.tables.zones = vec![zone("Berlin"), zone("Köln"), zone("Springfield, IL")];
    scenario.replay = Some(Replay {
        file,
        source: String::new(),
        columns: ReplayColumns {
            order: column("order"),
            time: "time".into(),
            customer: column("customer"),
            sku: column("sku"),
            quantity: column("quantity"),
            price: column("price"),
            value: column("value"),
            place: column("place"),
            cancelled: column("cancelled"),
        },
        time_format: "%Y-%m-%d %H:%M".into(),
        hours: vec![1.0; 24],
        speed: 1.0,
        cancelled_values: vec!["yes".into()],
        max_rejects: 100,
    });
    Shop { folder, scenario }
}

impl Shop {
    fn replay(&mut self) -> &mut Replay {
        self.scenario.replay.as_mut().unwrap()
    }

    fn tables(&self) -> Result<DemandTables, Vec<Problem>> {
        DemandTables::build(&self.scenario)
    }

    /// One line an order: time, customer, zone, lines, goods.
    fn told(&self) -> String {
        let tables = self.tables().unwrap_or_else(|problems| panic!("{problems:?}"));
        let mut told = String::new();
        for (at, draft) in run(&tables, 1) {
            let lines = draft
                .lines
                .iter()
                .map(|l| format!("{} x {}", l.quantity, tables.catalog().names[l.sku.index()]));
            let lines = lines.collect::<Vec<_>>().join(", ");
            writeln!(
                told,
                "{at}  customer {}  zone {}  {lines}  {}",
                draft.customer.0, draft.zone.0, draft.goods
            )
            .unwrap();
        }
        told
    }

    fn problem(&self) -> String {
        let folder = self.folder.path().display().to_string();
        let problems = self.tables().expect_err("a problem");
        problems.iter().map(|problem| format!("{problem}\n").replace(&folder, "FOLDER")).collect()
    }
}

fn run(tables: &DemandTables, seed: u64) -> Vec<(Moment, OrderDraft)> {
    let mut arrivals = tables.arrivals(Draw::new(seed, 0)).unwrap();
    let mut all = Vec::new();
    while let Some(arrival) = arrivals.next() {
        let mut draft = OrderDraft::default();
        arrivals.content(tables, &mut draft);
        assert_eq!(arrival.id.0, all.len() as u64);
        all.push((arrival.at, draft));
    }
    assert_eq!(arrivals.fault(), None);
    assert!(all.is_sorted_by_key(|order| order.0));
    all
}

fn check(text: &str, expect: Expect) {
    expect.assert_eq(&shop(text).told());
}

#[test]
fn rows_of_one_order_number_make_one_order() {
    check(
        "order,time,customer,sku,quantity,price,place\n\
         7,2026-03-01 08:00,ann,pen,2,1.50,Berlin\n\
         7,2026-03-01 08:00,ann,ink,1,9.99,Berlin\n\
         7,2026-03-01 08:00,ann,pen,1,1.25,Berlin\n\
         8,2026-03-01 08:00,bob,pen,4,1.50,springfield\n\
         7,2026-03-02 09:30,ann,ink,1,9.99,KÖLN\n",
        expect![[r#"
            d1 08:00  customer 0  zone 0  3 x pen, 1 x ink  14.24
            d1 08:00  customer 1  zone 2  4 x pen  6.00
            d2 09:30  customer 0  zone 0  1 x ink  9.99
        "#]],
    );
}

#[test]
fn files_as_spreadsheets_write_them() {
    let expect = expect![[r#"
        d1 08:00  customer 0  zone 0  2 x pen, "blue"  3.00
        d1 09:00  customer 0  zone 0  1 x ink; black  9.50
    "#]];
    let rows = "\u{feff}time,sku,quantity,price,place,customer\r\n\
                2026-03-01 08:00,\"pen, \"\"blue\"\"\",2,1.50,Berlin,ann\r\n\r\n\
                2026-03-01 09:00,ink; black,1,9.50,Berlin,ann";
    expect.assert_eq(&shop(rows).told());
    let semicolons = "time;sku;quantity;price;place;customer\n\
                      2026-03-01 08:00;\"pen, \"\"blue\"\"\";2;1,50;Berlin;ann\n\
                      2026-03-01 09:00;\"ink; black\";1;9.50;Berlin;ann\n";
    expect.assert_eq(&shop(semicolons).told());
    expect.assert_eq(&shop(rows.replace(',', "\t").replace("pen\t", "pen,")).told());
}

#[test]
fn a_file_that_is_not_in_order_comes_out_in_order() {
    let rows = [
        "1,2026-03-03 08:00,ann,pen,1,1.50,Berlin",
        "2,2026-03-01 08:00,bob,pen,2,1.50,Berlin\n2,2026-03-01 08:00,bob,ink,1,2.00,Berlin",
        "3,2026-03-02 08:00,cid,pen,3,1.50,Berlin",
        "4,2026-03-01 08:00,dan,pen,4,1.50,Berlin",
    ];
    let header = "order,time,customer,sku,quantity,price,place\n";
    let text = format!("{header}{}\n", rows.join("\n"));
    let tables = shop(&text).tables().unwrap();
    assert!(!tables.replay_facts().unwrap().in_order);
    check(
        &text,
        expect![[r#"
            d1 08:00  customer 1  zone 0  2 x pen, 1 x ink  5.00
            d1 08:00  customer 3  zone 0  4 x pen  6.00
            d2 08:00  customer 2  zone 0  3 x pen  4.50
            d3 08:00  customer 0  zone 0  1 x pen  1.50
        "#]],
    );
}

#[test]
fn every_row_that_is_left_out_is_told() {
    let mut shop = shop(
        "order,time,customer,sku,quantity,value,cancelled\n\
         1,2026-03-01 08:00,ann,pen,1,1.50,no\n\
         2,2026-02-30 08:00,ann,pen,1,1.50,no\n\
         3,2026-03-01 08:00,ann,pen,-1,1.50,no\n\
         4,2026-03-01 08:00,ann,pen,1,1.50 EUR,no\n\
         ,2026-03-01 08:00,ann,pen,1,1.50,no\n\
         6,2026-03-01 08:00,ann,,1,1.50,no\n\
         7,2026-03-01 08:00\n\
         8,2026-03-01 08:00,ann,pen,1,1.50,yes\n\
         9,2026-03-01 08:00,ann,\"pen,1,1.50,no\n\
         10,2026-03-01 08:00,ann,pen,65535,1.50,no\n\
         10,2026-03-01 08:00,ann,pen,1,1.50,no\n\
         11,2026-03-01 08:00,,pen,1,1.50,no\n",
    );
    let mut rejects = Vec::new();
    let tables = DemandTables::build_with_rejects(&shop.scenario, &mut rejects).unwrap();
    expect![[r#"
        line,reason,row
        3,bad-time,"2,2026-02-30 08:00,ann,pen,1,1.50,no"
        4,bad-quantity,"3,2026-03-01 08:00,ann,pen,-1,1.50,no"
        5,bad-price,"4,2026-03-01 08:00,ann,pen,1,1.50 EUR,no"
        6,missing-order,",2026-03-01 08:00,ann,pen,1,1.50,no"
        7,missing-sku,"6,2026-03-01 08:00,ann,,1,1.50,no"
        8,missing-columns,"7,2026-03-01 08:00"
        10,open-quote,"9,2026-03-01 08:00,ann,""pen,1,1.50,no"
        12,order-too-large,"10,2026-03-01 08:00,ann,pen,1,1.50,no"
    "#]]
    .assert_eq(&String::from_utf8(rejects).unwrap());
    let facts = tables.replay_facts().unwrap();
    assert_eq!((facts.rows, facts.orders, facts.cancelled_rows, facts.rejected_rows()), (12, 3, 1, 8));
    assert_eq!((facts.customers, facts.guest_orders, facts.unplaced_orders), (1, 1, 3));
    assert_eq!(run(&tables, 1).len(), 3);

    shop.scenario.catalog = quickstart().catalog;
    let problem = shop.tables().unwrap_err();
    assert!(problem[0].message.contains("unknown-sku"), "{problem:?}");

    shop.scenario.catalog = CatalogSource::FromReplay { weight_g: 1, volume_ml: 1 };
    shop.replay().max_rejects = 2;
    expect![[r#"
        E0506 FOLDER/orders.csv:3  more than 2 rows were rejected (bad-time 1, bad-quantity 1, bad-price 1)
              look at line 3, the first (bad-time); check replay.columns and replay.time-format, or raise replay.max-rejects
    "#]]
    .assert_eq(&shop.problem());
}

#[test]
fn files_that_hold_no_orders_are_problems() {
    let found = |text: &[u8]| shop(text).problem();
    expect![[r#"
        E0502 replay.file  FOLDER/orders.csv is empty
              save it as plain CSV text in UTF-8, with a header line
    "#]]
    .assert_eq(&found(b""));
    expect![[r#"
        E0502 replay.file  FOLDER/orders.csv has a header and no rows
              write one order line a row under the header
    "#]]
    .assert_eq(&found(b"time,quantity\n\n"));
    expect![[r#"
        E0503 replay.file  FOLDER/orders.csv is packed
              save it as plain CSV text in UTF-8, with a header line
    "#]]
    .assert_eq(&found(b"\x1f\x8b\x08\x00\x00time\n1\n"));
    expect![[r#"
        E0503 replay.file  FOLDER/orders.csv is not text
              save it as plain CSV text in UTF-8, with a header line
    "#]]
    .assert_eq(&found(b"\xff\xfet\0i\0m\0e\0\n\x001\0\n\0"));
    expect![[r#"
        E0507 replay.file  none of 2 rows makes an order (bad-time 2)
              check replay.columns, replay.time-format and cancelled-values
    "#]]
    .assert_eq(&found(b"time,quantity\nyesterday,1\n,1\n"));
    expect![[r#"
        E0507 replay.file  all 1 rows are cancelled
              check replay.columns, replay.time-format and cancelled-values
    "#]]
    .assert_eq(&found(b"time,cancelled\n2026-03-01 08:00,yes\n"));
    let mut missing = shop("time\n2026-03-01 08:00\n");
    missing.replay().columns.sku = Some("article".into());
    missing.replay().columns.time = "when".into();
    missing.replay().time_format = "%Y-%m-%d %Q".into();
    expect![[r#"
        E0504 replay.columns.time  FOLDER/orders.csv has no column "when"
              its columns: time
        E0504 replay.columns.sku  FOLDER/orders.csv has no column "article"
              its columns: time
        E0505 replay.time-format  the time format "%Y-%m-%d %Q" cannot be read
              %Q is not known; known: %Y %y %m %b %d %H %I %p %M %S %f %z %s %F %T %%
    "#]]
    .assert_eq(&missing.problem());
    missing.replay().file = missing.folder.path().join("nowhere.csv");
    assert!(
        missing.problem().starts_with("E0501 replay.file  FOLDER/nowhere.csv cannot be read: No such file")
    );
    missing.replay().file = missing.folder.path().to_path_buf();
    assert!(missing.problem().starts_with("E0501 replay.file  FOLDER cannot be read: "));
}

#[test]
fn a_file_that_changed_after_the_survey_is_not_replayed() {
    let shop = shop("time\n2026-03-01 08:00\n");
    let tables = shop.tables().unwrap();
    fs::write(&shop.scenario.replay.as_ref().unwrap().file, "time\n").unwrap();
    assert_eq!(tables.arrivals(Draw::new(1, 0)).unwrap_err().code, "E0511");
}

#[test]
fn what_the_file_leaves_out_is_drawn() {
    let mut shop = shop("time\n2026-03-01 08:00\n2026-03-01 08:05\n2026-03-02 23:59\n");
    shop.scenario.catalog = quickstart().catalog;
    let tables = shop.tables().unwrap();
    let orders = run(&tables, 1);
    assert_eq!(orders, run(&tables, 1));
    assert_ne!(orders, run(&tables, 2));
    for (_, draft) in &orders {
        assert_eq!(draft.units(), 1);
        assert_eq!(draft.goods, tables.catalog().sku(draft.lines[0].sku).price);
        assert!(draft.customer.0 < tables.customers_count());
    }
    assert!((tables.expected_units_per_sku().iter().sum::<f64>() - 3.0).abs() < 1e-9);
    assert_eq!(tables.expected_orders(), 3.0);
}

#[test]
fn speed_and_start_move_the_clock() {
    let mut shop = shop("time\n2026-03-01 08:00\n2026-03-02 08:00\n");
    let at = |shop: &Shop| {
        run(&shop.tables().unwrap(), 1).iter().map(|order| order.0.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(at(&shop), ["d1 08:00", "d2 08:00"]);
    shop.scenario.start = LocalTime::new(1999, 1, 1, 18, 0).unwrap();
    assert_eq!(at(&shop), ["d1 14:00", "d2 14:00"]);
    shop.replay().speed = 24.0;
    assert_eq!(at(&shop), ["d1 00:35", "d1 01:35"]);
    // The horizon bounds what is expected, not what is read.
    shop.scenario.run.horizon = Span::from_hours(1);
    assert_eq!(shop.tables().unwrap().expected_orders(), 1.0);
}

fn cdnow() -> Scenario {
    scenario::read(Path::new("scenarios/cdnow-replay.yaml"), &[]).unwrap_or_else(|found| panic!("{found}"))
}

/// 69,659 orders in order of customers, with days only: out they come day by day, none lost.
#[test]
fn cdnow_comes_out_whole_and_in_order() {
    let scenario = cdnow();
    let text = fs::read_to_string(&scenario.replay.as_ref().unwrap().file).unwrap();
    let mut by_customer: HashMap<&str, u64> = HashMap::new();
    let mut by_day: HashMap<&str, u64> = HashMap::new();
    let (mut units, mut cents) = (0, 0.0);
    for row in text.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        *by_customer.entry(cells[0]).or_default() += 1;
        *by_day.entry(cells[1]).or_default() += 1;
        units += cells[2].parse::<u64>().unwrap();
        cents += (cells[3].parse::<f64>().unwrap() * 100.0).round();
    }

    let tables = DemandTables::build(&scenario).unwrap();
    let facts = tables.replay_facts().unwrap();
    assert_eq!((facts.rows, facts.orders, facts.customers), (69_659, 69_659, 23_570));
    assert_eq!((facts.units, facts.rejected_rows(), facts.in_order), (units, 0, false));
    assert!((tables.expected_orders() - 69_659.0).abs() < 1e-6);
    assert_eq!(tables.expected_units_per_sku(), [units as f64]);
    assert_eq!(tables.customers_count(), 23_570);

    let orders = run(&tables, 1);
    assert_eq!(orders.len(), 69_659);
    assert_eq!(orders.iter().map(|(_, draft)| draft.units()).sum::<u64>(), units);
    assert_eq!(orders.iter().map(|(_, draft)| draft.goods).sum::<Money>(), Money(cents as i64));
    // Customers are numbered as the file first names them: here by their own numbers.
    let mut customers = vec![0; 23_570];
    orders.iter().for_each(|(_, draft)| customers[draft.customer.index()] += 1);
    for (number, &count) in customers.iter().enumerate() {
        assert_eq!(by_customer[(number + 1).to_string().as_str()], count, "customer {}", number + 1);
    }
    // 1997-01-01 is day 0.
    let mut days = vec![0; 546];
    orders.iter().for_each(|(at, _)| days[(at.0 / Span::DAY.0) as usize] += 1);
    assert_eq!((days[0], days[31], days[545]), (by_day["19970101"], by_day["19970201"], by_day["19980630"]));
    assert_eq!(days.iter().sum::<u64>(), 69_659);

    // Within a day the hours follow the weights.
    let weights = &scenario.replay.as_ref().unwrap().hours;
    let total: f64 = weights.iter().sum();
    let mut hours = [0.0; 24];
    orders.iter().for_each(|(at, _)| hours[(at.0 / Span::HOUR.0 % 24) as usize] += 1.0);
    let statistic: f64 = hours
        .iter()
        .zip(weights)
        .map(|(seen, weight)| {
            let expect = 69_659.0 * weight / total;
            (seen - expect).powi(2) / expect
        })
        .sum();
    assert!(statistic < 55.5, "chi-square {statistic} of 24 hours; 0.9998 lie below 55.5");

    let other = run(&tables, 2);
    assert_ne!(
        orders.iter().map(|order| order.0).collect::<Vec<_>>(),
        other.iter().map(|order| order.0).collect::<Vec<_>>()
    );
}

/// `ORDERMILL_UCI=orders_uci_online_retail_10k.csv cargo test uci` tries the first 10,000 lines of Online Retail.
#[test]
fn uci_online_retail_where_it_is_at_hand() {
    let Some(file) = std::env::var_os("ORDERMILL_UCI").map(PathBuf::from) else { return };
    let mut shop = shop("time\n");
    let replay = shop.replay();
    replay.file = file;
    replay.time_format = "%Y-%m-%dT%H:%M".into();
    replay.cancelled_values = vec!["1".into()];
    replay.max_rejects = 10_000;
    let name = |name: &str| Some(name.to_string());
    replay.columns = ReplayColumns {
        order: name("invoice"),
        time: "ts".into(),
        customer: name("customer"),
        sku: name("sku"),
        quantity: name("qty"),
        price: name("unit_price_gbp"),
        value: None,
        place: name("country"),
        cancelled: name("cancelled"),
    };
    let tables = shop.tables().unwrap();
    let facts = tables.replay_facts().unwrap();
    println!("{facts:?}\n{} SKUs, {:.0} orders expected", tables.catalog().len(), tables.expected_orders());
    assert_eq!(facts.rows, 10_000);
    assert_eq!(run(&tables, 1).len() as u64, facts.orders);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a file holds, it gives orders or problems.
    #[test]
    fn no_file_makes_a_panic(
        rows in prop::collection::vec("[a-d0-9,\"\n\r;: .\u{e9}-]{0,40}|2026-03-0[1-9] 0[0-9]:[0-5]0,[ab],[xy],[0-3],[0-9]\\.[0-9]{2}|2026-03-0[1-9],[ab],[xy],[0-3],[0-9]\\.[0-9]{2}|\\PC{0,20}", 0..30),
        bytes in prop::collection::vec(any::<u8>(), 0..20),
        days_only: bool,
    ) {
        let mut text = b"time,customer,sku,quantity,price\n".to_vec();
        text.extend(rows.join("\n").bytes());
        text.extend(bytes);
        let mut shop = shop(text);
        if days_only {
            shop.replay().time_format = "%Y-%m-%d".into();
        }
        if let Ok(tables) = shop.tables() {
            let facts = tables.replay_facts().unwrap().clone();
            prop_assert_eq!(run(&tables, 1).len() as u64, facts.orders);
            prop_assert_eq!(facts.rows, facts.orders + facts.rejected_rows() + facts.cancelled_rows);
        }
    }

    /// A twin in plain code: sort all rows by time, then tell them.
    #[test]
    fn any_order_of_rows_gives_the_same_days(
        rows in prop::collection::vec((0u32..20, 0u32..1_440, 0u32..5, 1u32..9), 1..60),
        days_only: bool,
    ) {
        let mut text = "time,customer,quantity,value\n".to_string();
        for (day, minute, customer, quantity) in &rows {
            let time = if days_only { String::new() } else { format!(" {:02}:{:02}", minute / 60, minute % 60) };
            writeln!(text, "2026-03-{:02}{time},{customer},{quantity},{quantity}.00", day + 1).unwrap();
        }
        let mut shop = shop(&text);
        if days_only {
            shop.replay().time_format = "%Y-%m-%d".into();
        }
        let tables = shop.tables().unwrap();
        let first = rows.iter().map(|row| row.0).min().unwrap();
        let minute = |row: &(u32, u32, u32, u32)| if days_only { 0 } else { row.1 };
        let mut plain: Vec<_> = rows.iter().map(|row| (row.0 - first, minute(row), row.3)).collect();
        let mut found: Vec<_> = run(&tables, 3).iter().map(|(at, draft)| {
            let minutes = (at.0 / Span::MINUTE.0) as u32;
            let minute = if days_only { 0 } else { minutes % 1_440 };
            (minutes / 1_440, minute, draft.units() as u32)
        }).collect();
        plain.sort_by_key(|row| (row.0, row.1));
        if days_only {
            plain.sort();
            found.sort();
        }
        prop_assert_eq!(found, plain);
    }
}
