//! Small runs for tests: a scenario and overrides in; model, study and document out.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use ordermill::experiment::{Progress, Study, StudyOptions, study};
use ordermill::model::Model;
use ordermill::report::{self, Document};
use ordermill::scenario::{self, Diagnostics, Scenario};
use ordermill::sim::{Options, Outcome, simulate};

pub type Overrides<'a> = &'a [(&'a str, &'a str)];

/// A scenario of the repository with everything that was made of it.
pub struct Run {
    pub scenario: Scenario,
    pub model: Model,
    pub study: Study,
    pub document: Document,
}

/// `smoke` of `scenarios/smoke.yaml`, `oracles/payment-mmc`.
pub fn scenario_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name).with_extension("yaml")
}

pub fn owned(overrides: Overrides<'_>) -> Vec<(String, String)> {
    overrides.iter().map(|(path, value)| (path.to_string(), value.to_string())).collect()
}

pub fn read(name: &str, overrides: Overrides<'_>) -> Scenario {
    scenario::read(&scenario_path(name), &owned(overrides))
        .unwrap_or_else(|found| panic!("{name} {overrides:?}\n{found}"))
}

pub fn model(scenario: &Scenario) -> Model {
    Model::build(scenario).unwrap_or_else(|found| panic!("{}\n{found}", scenario.name))
}

/// Runs the whole study and assembles its document; a broken law is a panic with its name.
pub fn run(name: &str, overrides: Overrides<'_>) -> Run {
    finish(read(name, overrides), &StudyOptions::default()).unwrap_or_else(|found| panic!("{name}\n{found}"))
}

pub fn run_with(name: &str, overrides: Overrides<'_>, options: &StudyOptions) -> Run {
    finish(read(name, overrides), options).unwrap_or_else(|found| panic!("{name}\n{found}"))
}

/// Runs what was read. Diagnostics of the model come back; a broken law is a panic with its name.
pub fn finish(scenario: Scenario, options: &StudyOptions) -> Result<Run, Diagnostics> {
    let model = Model::build(&scenario)?;
    let study = study(&scenario, &model, options, &Silent, &AtomicBool::new(false))
        .unwrap_or_else(|error| panic!("{}: {error:?}", scenario.name));
    let document = report::assemble(&scenario, &model, &study);
    Ok(Run { scenario, model, study, document })
}

/// One replication.
pub fn replicate(model: &Model, options: &Options) -> Outcome {
    simulate(model, options).unwrap_or_else(|error| panic!("seed {}: {error:?}", options.seed))
}

pub struct Silent;

impl Progress for Silent {
    fn wants(&self, _: u32) {}
    fn finished(&self, _: &Outcome) {}
}

/// The program itself.
pub fn ordermill() -> assert_cmd::Command {
    assert_cmd::Command::new(env!("CARGO_BIN_EXE_ordermill"))
}
