//! Are the dependencies what we may ship: allowed licenses, from the registry, and free of known advisories? Offline.

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

#[test]
fn no_locked_version_has_a_known_advisory() {
    let snapshot = snapshot();
    let locked = locked();
    let hits: Vec<String> = snapshot
        .advisory
        .iter()
        .flat_map(|advisory| {
            let hit =
                |package: &&Locked| package.name == advisory.name && concerns(advisory, &package.version);
            locked.iter().filter(hit).map(move |package| {
                format!("{} {}: {} ({})", package.name, package.version, advisory.id, advisory.what)
            })
        })
        .collect();
    assert!(hits.is_empty(), "snapshot of {}: {hits:#?}", snapshot.taken);
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

#[test]
fn every_dependency_has_an_allowed_license() {
    let deny: toml::Table = toml::from_str(include_str!("../deny.toml")).expect("deny.toml");
    let allow: Vec<String> = deny["licenses"]["allow"].clone().try_into().expect("a list of licenses");
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--all-features"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo metadata");
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&cargo.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(100 < packages.len(), "{} packages", packages.len());
    let banned: Vec<&str> = deny["bans"]["deny"]
        .as_array()
        .expect("bans")
        .iter()
        .filter_map(|ban| ban["name"].as_str())
        .collect();
    for package in packages {
        let (name, license) = (package["name"].as_str().unwrap(), package["license"].as_str().unwrap_or(""));
        assert!(allowed(license, &allow), "{name}: license {license:?} is not in deny.toml");
        assert!(!banned.contains(&name), "{name} is banned by deny.toml");
    }
}
