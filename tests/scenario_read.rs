//! Does every shipped scenario read without a diagnostic, and do YAML, TOML and JSON say the same?

use std::fs;
use std::path::{Path, PathBuf};

use ordermill::kernel::time::Span;
use ordermill::scenario::spec::{Arrivals, LawSpec, Metric, Scenario};
use ordermill::scenario::{self, QUICKSTART};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn shipped() -> Vec<PathBuf> {
    let list = |folder: PathBuf| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = list(folder())
        .chain(list(folder().join("oracles")))
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .collect();
    paths.sort();
    paths
}

fn read(path: &Path, overrides: &[(&str, &str)]) -> Scenario {
    let overrides: Vec<_> =
        overrides.iter().map(|(path, value)| (path.to_string(), value.to_string())).collect();
    let (scenario, diagnostics) = scenario::inspect(path, &overrides);
    assert!(diagnostics.is_empty(), "{diagnostics}");
    scenario.unwrap()
}

fn smoke(overrides: &[(&str, &str)]) -> Scenario {
    read(&folder().join("smoke.yaml"), overrides)
}

#[test]
fn every_shipped_scenario_reads_without_diagnostics() {
    let paths = shipped();
    assert!(10 <= paths.len());
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# yaml-language-server: $schema="), "{}", path.display());
        let scenario = read(&path, &[]);
        assert_eq!(scenario.name.replace("oracle-base", "base"), path.file_stem().unwrap().to_str().unwrap());
    }
}

#[test]
fn the_quickstart_reads_from_any_folder() {
    let (read, diagnostics) =
        scenario::inspect_str("quickstart.yaml", QUICKSTART, Path::new("/nowhere"), &[]);
    assert!(diagnostics.is_empty(), "{diagnostics}");
    let scenario = read.unwrap();
    assert_eq!(scenario.tables.zones.len(), 40);
    assert_eq!(scenario.nodes.len(), 14);
    let Some(Arrivals::Profile { hours, .. }) = &scenario.arrivals else { panic!("a profile") };
    assert_eq!((hours.len(), hours[6]), (30, 30.0));
    assert!((scenario.delivery.iter().map(|method| method.share).sum::<f64>() - 1.0).abs() < 1e-12);
}

#[test]
fn the_template_reads_without_diagnostics() {
    let text = scenario::template("my \"shop\"\n");
    let (read, diagnostics) = scenario::inspect_str("new.yaml", &text, Path::new("."), &[]);
    assert!(diagnostics.is_empty(), "{diagnostics}");
    assert_eq!(read.unwrap().name, "my shop");
}

#[test]
fn a_child_overrides_its_base_and_keeps_the_rest() {
    let (base, child) =
        (read(&folder().join("average-day.yaml"), &[]), read(&folder().join("flash-sale.yaml"), &[]));
    assert_eq!(child.nodes, base.nodes);
    assert_eq!(child.stock.cover, 0.7);
    assert_eq!(child.stock.reserve_at, base.stock.reserve_at);
    assert_eq!(child.payment.expiry, base.payment.expiry);
    assert_eq!((base.payment.methods.len(), child.payment.methods.len()), (4, 3));
}

#[test]
fn overrides_reach_maps_lists_and_distributions() {
    let scenario = smoke(&[
        ("run.horizon", "9 d"),
        ("nodes.Hamburg.pickers", "7"),
        ("nodes.1.pickers", "8"),
        ("nodes.*.graders", "2"),
        ("network.lane-rules.*.capacity", "99"),
        ("cancel.after.lognormal", "{median: 2 h, sigma: 1}"),
        ("floor.sort.exponential.mean", "3 s"),
        ("arrivals.constant.rate", "100/h"),
        ("floor.wave", "~"),
        ("shifts.day.0.to", "23:00"),
        ("payment.methods.cash.share", "50%"),
    ]);
    assert_eq!(scenario.run.horizon, Span::from_hours(9 * 24));
    assert_eq!((scenario.nodes[0].pickers, scenario.nodes[1].pickers), (7, 8));
    assert!(scenario.nodes.iter().all(|node| node.graders == 2));
    assert_eq!(scenario.network.lane_rules.len(), 2);
    assert!(scenario.network.lane_rules.iter().all(|rule| rule.capacity == 99));
    assert_eq!(scenario.cancel.after, LawSpec::LognormalMedian { median: Span::from_hours(2), sigma: 1.0 });
    assert_eq!(scenario.floor.sort, LawSpec::Exponential { mean: Span::from_secs(3) });
    assert_eq!(
        scenario.arrivals,
        Some(Arrivals::Constant { per_hour: 100.0, duration: scenario.run.horizon })
    );
    assert_eq!(scenario.floor.wave, None);
    assert_eq!(scenario.shifts[0].1[0].to_minute, 23 * 60);
    assert!((scenario.payment.methods[2].share - 0.5 / 1.35).abs() < 1e-12);
}

#[test]
fn yaml_toml_and_json_say_the_same() {
    let yaml = "extends: smoke.yaml\nname: same\nrun: {horizon: 9 d, seed: 7}\nbasket: {lines: [1, 2.5], quantity: [1]}\nslo:\n  - {metric: lead-time, quantile: 0.9, at-most: 80 h}\nfloor: {wave: ~}\n";
    let toml = "extends = \"smoke.yaml\"\nname = \"same\"\n[run]\nhorizon = \"9 d\"\nseed = 7\n[basket]\nlines = [1, 2.5]\nquantity = [1]\n[[slo]]\nmetric = \"lead-time\"\nquantile = 0.9\nat-most = \"80 h\"\n";
    let json = "{\n\t\"$schema\": \"x\",\n\t\"extends\": \"smoke.yaml\", \"name\": \"same\", \"run\": {\"horizon\": \"9 d\", \"seed\": 7}, \"basket\": {\"lines\": [1, 2.5], \"quantity\": [1]},\n\t\"slo\": [{\"metric\": \"lead-time\", \"quantile\": 0.9, \"at-most\": \"80 h\"}], \"floor\": {\"wave\": null}}";
    let of = |name: &str, text: &str| {
        let overrides = [("floor.wave".to_string(), "~".to_string())];
        scenario::read_str(name, text, &folder(), &overrides).unwrap_or_else(|found| panic!("{found}"))
    };
    let scenario = of("a.yaml", yaml);
    assert_eq!(scenario.slo[0].metric, Metric::LeadTime);
    assert_eq!(scenario, of("a.toml", toml));
    assert_eq!(scenario, of("a.json", json));
}

#[test]
fn toml_mistakes_have_their_column() {
    let text = "extends = \"smoke.yaml\"\n[run]\nhorizon = \"7\"\nsede = 3\n";
    let found = scenario::read_str("a.toml", text, &folder(), &[]).unwrap_err();
    let places: Vec<_> = found.0.iter().map(|d| (d.code, d.origin.as_str())).collect();
    assert_eq!(places, [("E0205", "a.toml:3:11"), ("E0201", "a.toml:4:1")], "{found}");
}

#[test]
fn merge_keys_share_what_nodes_have_in_common() {
    let text = "extends: smoke.yaml\nx-floor: &floor {pickers: 9, packers: 4}\nnodes:\n  - {<<: *floor, name: A, at: {city: Berlin}}\n  - {<<: *floor, name: B, at: {city: Bremen}, packers: 5}\n  - {name: H, kind: hub, at: Berlin}\n";
    let scenario =
        scenario::read_str("a.yaml", text, &folder(), &[]).unwrap_or_else(|found| panic!("{found}"));
    let staff: Vec<_> =
        scenario.nodes.iter().map(|node| (node.pickers, node.packers, node.sorters)).collect();
    assert_eq!(staff, [(9, 4, 0), (9, 5, 0), (0, 0, 8)]);
}

#[test]
fn tables_fill_the_scenario() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("zones.csv", "name,lat,lon,weight\nNorth,53.5,10,3\n\"South, far\",48.1,11.6,1\n");
    write(
        "catalog.csv",
        "sku,price,weight_g,volume_ml,class,popularity,note\nA,9.99,100,400,cold,5,x\nB,19,250,,,1,y\n",
    );
    write(
        "nodes.csv",
        "name,kind,city,lat,lon,pickers,shifts\nMain,fulfillment-center,Berlin,,,7,day\nHub,hub,,52.5,13.4,,\n",
    );
    write("stock.csv", "sku,node,quantity\nA,Main,500\nB,Main,20\n");
    write("receipts.csv", "at,node,sku,quantity\n6 h,Main,A,10\n1 d,,,5\n");
    write("shifts.csv", "name,days,from,to,share\nday,mon-fri,06:00,22:00,\nday,sat,08:00,12:00,50%\n");
    write(
        "lanes.csv",
        "from,to,carrier,departures,capacity,time,cost_per_km\nMain,Hub,,every 2 h from 06:00,100,90 m,1.5\nHub,Main,post,08:00|20:00,,,\n",
    );
    write(
        "all.yaml",
        "name: all\nrun: {horizon: 3 d}\narrivals: {constant: {rate: 10/h, duration: 1 d}}\nzones: {file: zones.csv}\n\
         catalog: {file: catalog.csv}\nnodes: {file: nodes.csv}\nshifts: {file: shifts.csv}\n\
         stock: {file: stock.csv, receipts-file: receipts.csv}\nnetwork: {lanes-file: lanes.csv}\n\
         carriers: [{name: post}]\ndelivery: [{name: standard}]\npayment: {methods: [{name: card}]}\n",
    );
    let scenario = read(&folder.path().join("all.yaml"), &[]);
    let tables = &scenario.tables;
    assert_eq!(tables.zones[1].name, "South, far");
    assert_eq!((tables.catalog[0].price.0, tables.catalog[1].volume_ml), (999, 1_000));
    assert_eq!(tables.stock.len(), 2);
    assert_eq!((scenario.stock.receipts.len(), scenario.stock.receipts[1].node.as_deref()), (2, None));
    assert_eq!((scenario.nodes[0].pickers, scenario.nodes[1].sorters), (7, 8));
    assert_eq!(scenario.shifts[0].1.len(), 2);
    assert_eq!(
        (tables.lanes[0].time, tables.lanes[1].carrier.as_deref()),
        (Some(Span::from_minutes(90)), Some("post"))
    );
    write("stock.csv", "sku,node,quantity\nA,Mian,500\nC,Main,20\nB,Main,-1\nA,Main\n");
    let found = scenario::read(&folder.path().join("all.yaml"), &[]).unwrap_err();
    let places: Vec<_> = found.0.iter().map(|d| (d.code, d.place.line, d.place.column)).collect();
    assert_eq!(places, [("E0207", 2, 3), ("E0207", 3, 1), ("E0206", 4, 8), ("E0404", 5, 1)], "{found}");
}
