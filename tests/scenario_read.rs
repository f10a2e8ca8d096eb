//! Does every shipped scenario read without a diagnostic, and do YAML, TOML and JSON say the same?

use std::path::Path;

use ordermill::scenario::{self, QUICKSTART};

#[test]
fn the_quickstart_reads_from_any_folder() {
    let (read, diagnostics) =
        scenario::inspect_str("quickstart.yaml", QUICKSTART, Path::new("/nowhere"), &[]);
    assert!(diagnostics.is_empty(), "{diagnostics}");
    let scenario = read.unwrap();
    assert_eq!(scenario.tables.zones.len(), 40);
    assert_eq!(scenario.nodes.len(), 14);
}

#[test]
fn the_template_reads_without_diagnostics() {
    let text = scenario::template("my \"shop\"\n");
    let (read, diagnostics) = scenario::inspect_str("new.yaml", &text, Path::new("."), &[]);
    assert!(diagnostics.is_empty(), "{diagnostics}");
    assert_eq!(read.unwrap().name, "my shop");
}
