//! The command line: one file a subcommand, one table of exit codes.

mod advise;
mod bench;
mod breakpoint;
mod check;
mod compare;
mod exit;
mod explain;
mod explain_order;
mod ledger;
mod load;
mod load_plan;
mod many;
mod new;
mod out;
mod plan_tours;
mod run;
mod schema;
mod sensitivity;
mod solve;
mod swarm;
mod sweep;
mod ticker;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

pub use exit::Exit;

/// Find out whether your operation survives the peak, before it happens.
#[derive(Parser)]
#[command(name = "ordermill", version, about, after_help = exit::HELP, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Simulate a scenario: replications, verdict, report.
    Run(run::Run),
    /// Play a scenario's commands in wall time: orders a second, latencies, strategies compared.
    Load(load::Load),
    /// The engine beside simpler ways to do the same, in one run: a table of ratios.
    Bench(bench::Bench),
    /// Run a scenario under several allocation strategies on common random numbers: differences with intervals.
    Compare(compare::Compare),
    /// Run many cells of a scenario, a grid or a sample: one table, and the cells that no other beats.
    Sweep(sweep::Sweep),
    /// How much more demand, or of another number, until a promise breaks; and what breaks then.
    Breakpoint(breakpoint::Breakpoint),
    /// What moves the answer most: each lever to both sides, in pairs with the base.
    Sensitivity(sensitivity::Sensitivity),
    /// The cheapest plan that keeps every promise, over the resources that you name.
    Solve(solve::Solve),
    /// All diagnostics, and offered load against capacity, without a simulation.
    Check(check::Check),
    /// Plan delivery tours for a CVRPLIB or Solomon file.
    PlanTours(plan_tours::PlanTours),
    /// Hold the ledger of a run against its hashes; prove what happened to an order, without the ledger.
    Ledger(ledger::Ledger),
    /// Run random small scenarios under the paranoid auditor; shrink what fails to a scenario file.
    Swarm(swarm::Swarm),
    /// Write a commented scenario to start from.
    New(new::New),
    /// Print a JSON Schema: of scenario files (for editors) or of result.json.
    Schema(schema::Schema),
    /// Define a scenario key or a word of the report; `explain order ID --in RUN`: why it was served from there.
    Explain(explain::Explain),
}

/// The whole command line with strategies of one's own beside the built-in ones: for a `main`.
pub fn main_with(registry: crate::allocation::Registry) -> std::process::ExitCode {
    registry.install();
    main(std::env::args_os()).into()
}

/// Runs the command line and returns its exit code. Without arguments it runs the embedded quickstart.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    exit::explain_panics();
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version print to standard output and are no errors.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Ok };
        }
    };
    match arguments.command {
        None => run::quickstart(),
        Some(Command::Run(command)) => command.execute(),
        Some(Command::Swarm(command)) => command.execute(),
        Some(Command::Load(command)) => command.execute(),
        Some(Command::Bench(command)) => command.execute(),
        Some(Command::Compare(command)) => command.execute(),
        Some(Command::Sweep(command)) => command.execute(),
        Some(Command::Breakpoint(command)) => command.execute(),
        Some(Command::Solve(command)) => command.execute(),
        Some(Command::Sensitivity(command)) => command.execute(),
        Some(Command::Check(command)) => command.execute(),
        Some(Command::PlanTours(command)) => command.execute(),
        Some(Command::Ledger(command)) => command.execute(),
        Some(Command::New(command)) => command.execute(),
        Some(Command::Schema(command)) => command.execute(),
        Some(Command::Explain(command)) => command.execute(),
    }
}
