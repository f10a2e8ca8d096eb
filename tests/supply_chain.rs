//! Are the dependencies what we may ship: allowed licenses, from the registry, and free of known advisories? Offline.

use std::collections::HashMap;
use std::process::Command;

use serde::Deserialize;

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    source: Option<String>,
}

#[derive(Deserialize)]
struct Snapshot {
    taken: String,
    advisory: Vec<Advisory>,
}

#[derive(Deserialize)]
struct Advisory {
    id: String,
    #[serde(rename = "crate")]
    name: String,
    since: Option<String>,
    safe: Option<String>,
    what: String,
}

fn locked() -> Vec<Locked> {
    toml::from_str::<Lock>(include_str!("../Cargo.lock")).expect("the lock file").package
}

fn snapshot() -> Snapshot {
    toml::from_str(include_str!("supply_chain/advisories.toml")).expect("the snapshot")
}

/// The numbers of a version; what follows a hyphen or a plus is left out.
fn version(text: &str) -> Vec<u64> {
    let plain = text.split(['-', '+']).next().unwrap_or("");
    plain.split('.').map(|part| part.parse().unwrap_or_else(|_| panic!("a version {text}"))).collect()
}

/// Whether the advisory concerns this version. Lines of one id for several branches each cover their own branch.
fn concerns(advisory: &Advisory, found: &str) -> bool {
    let found = version(found);
    let began = advisory.since.as_deref().is_none_or(|since| version(since) <= found);
    began && advisory.safe.as_deref().is_none_or(|safe| found < version(safe))
}

/// What deny.toml says: (advisory, why it does not matter).
fn ignored() -> Vec<(String, String)> {
    let list = deny()["advisories"]["ignore"].as_array().expect("a list").clone();
    let text = |entry: &toml::Value, key: &str| entry[key].as_str().expect("text").to_owned();
    list.iter().map(|entry| (text(entry, "id"), text(entry, "reason"))).collect()
}

#[test]
fn no_locked_version_has_a_known_advisory_that_matters() {
    let (snapshot, locked, ignored) = (snapshot(), locked(), ignored());
    let hits: Vec<(&Advisory, &Locked)> = snapshot
        .advisory
        .iter()
        .flat_map(|advisory| locked.iter().map(move |package| (advisory, package)))
        .filter(|(advisory, package)| package.name == advisory.name && concerns(advisory, &package.version))
        .collect();
    for (advisory, package) in &hits {
        let Advisory { id, what, .. } = advisory;
        let Locked { name, version, .. } = package;
        let known = ignored.iter().any(|entry| entry.0 == *id);
        assert!(known, "snapshot of {}: {name} {version}: {id} ({what})", snapshot.taken);
    }
    for (id, reason) in &ignored {
        assert!(hits.iter().any(|hit| hit.0.id == *id), "{id} is ignored in deny.toml, and concerns nothing");
        assert!(20 < reason.len(), "{id} is ignored without a reason");
    }
}

#[test]
fn the_advisory_check_finds_what_is_old() {
    let of =
        |name: &str| snapshot().advisory.into_iter().find(|advisory| advisory.name == name).expect("known");
    assert!(concerns(&of("crossbeam-channel"), "0.5.13") && !concerns(&of("crossbeam-channel"), "0.5.15"));
    assert!(!concerns(&of("crossbeam-channel"), "0.5.9"), "before the fault came in");
    assert!(concerns(&of("bincode"), "2.0.1"), "no version is safe");
}

#[test]
fn every_dependency_comes_from_the_registry() {
    let registry = "registry+https://github.com/rust-lang/crates.io-index";
    let foreign: Vec<_> = locked()
        .into_iter()
        .filter(|package| package.name != "ordermill" && package.source.as_deref() != Some(registry))
        .map(|package| package.name)
        .collect();
    assert!(foreign.is_empty(), "{foreign:?}");
}

/// Whether a license expression can be met with the allowed ones: one side of OR, both sides of AND.
fn allowed(expression: &str, allow: &[String]) -> bool {
    let plain = expression.replace('/', " OR ").replace(['(', ')'], " ");
    // AND of ORs reads the same with and without brackets in all that crates write; OR of ANDs binds AND first.
    let met = |license: &str| allow.iter().any(|known| known == license.trim());
    let bracketed = expression.contains('(');
    let (outer, inner) = if bracketed { (" AND ", " OR ") } else { (" OR ", " AND ") };
    match bracketed {
        true => plain.split(outer).all(|part| part.split(inner).any(met)),
        false => plain.split(outer).any(|part| part.split(inner).all(met)),
    }
}

#[test]
fn license_expressions_are_read() {
    let allow = ["MIT".to_owned(), "Zlib".to_owned()];
    for good in ["MIT", "MIT OR GPL-3.0", "GPL-3.0/MIT", "MIT AND Zlib", "(MIT OR GPL-3.0) AND Zlib"] {
        assert!(allowed(good, &allow), "{good}");
    }
    for bad in ["GPL-3.0", "MIT AND GPL-3.0", "(GPL-2.0 OR GPL-3.0) AND MIT", ""] {
        assert!(!allowed(bad, &allow), "{bad}");
    }
}

fn deny() -> toml::Table {
    toml::from_str(include_str!("../deny.toml")).expect("deny.toml")
}

/// What `cargo metadata` tells of the build with these features. Not offline: a machine that built the default features
/// alone lacks the sources of the others.
fn metadata(features: &[&str]) -> serde_json::Value {
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .args(features)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo metadata");
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    serde_json::from_slice(&cargo.stdout).expect("JSON")
}

#[test]
fn every_dependency_has_an_allowed_license() {
    let allow: Vec<String> = deny()["licenses"]["allow"].clone().try_into().expect("a list of licenses");
    let metadata = metadata(&["--all-features"]);
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(100 < packages.len(), "{} packages", packages.len());
    for package in packages {
        let (name, license) = (package["name"].as_str().unwrap(), package["license"].as_str().unwrap_or(""));
        assert!(allowed(license, &allow), "{name}: license {license:?} is not in deny.toml");
    }
}

/// Who uses the package directly, by name.
fn users<'m>(metadata: &'m serde_json::Value, package: &str) -> Vec<&'m str> {
    let list = |value: &'m serde_json::Value| value.as_array().expect("a list").iter();
    let text = |value: &'m serde_json::Value| value.as_str().expect("text");
    let names: HashMap<&str, &str> =
        list(&metadata["packages"]).map(|package| (text(&package["id"]), text(&package["name"]))).collect();
    list(&metadata["resolve"]["nodes"])
        .filter(|node| list(&node["deps"]).any(|used| names[text(&used["pkg"])] == package))
        .map(|node| names[text(&node["id"])])
        .collect()
}

#[test]
fn what_is_banned_comes_only_with_a_rival() {
    let (shipped, all) = (metadata(&[]), metadata(&["--all-features"]));
    assert!(users(&shipped, "clap").contains(&"ordermill"), "finds who uses what");
    for ban in deny()["bans"]["deny"].as_array().expect("bans") {
        let name = ban["name"].as_str().expect("a name");
        assert!(users(&shipped, name).is_empty(), "{name} is banned by deny.toml");
        let wrappers = ban.get("wrappers").and_then(|list| list.as_array()).cloned().unwrap_or_default();
        for user in users(&all, name) {
            assert!(wrappers.iter().any(|known| known.as_str() == Some(user)), "{user} uses {name}");
        }
    }
}
