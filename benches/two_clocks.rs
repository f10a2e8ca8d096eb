//! What does the clock cost: the same commands in virtual time, where a calendar says when and every wait is waited
//! in the model, and in wall time, where a script says what comes next?
//!
//! One thread, CPU time, in turns that alternate which goes first; told are orders and commands a CPU second, and the
//! median of the ratios, with their first and third quartile. Both must end in the same digest. `ROUNDS=N` sets the
//! turns. Both are timed with what they cannot do without: a new engine, its first stock, and the laws at the end.

mod lives;

use cpu_time::ProcessTime;
use ordermill::load::Timed;
use ordermill::sim::{Options, simulate};

fn main() {
    let orders = if lives::quick() { 20_000 } else { 500_000 };
    let rounds = std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok());
    let rounds = if lives::quick() { 1 } else { rounds.unwrap_or(7) };
    let model = lives::model(orders, &[]);
    let (script, _) = lives::record(&model, 1);
    let in_virtual_time = || {
        let options = Options { seed: 1, ..Options::default() };
        simulate(&model, &options).expect("a run that keeps the laws").digest
    };
    let in_wall_time = || lives::closed(&model, &script, Timed::Sample).digest;
    let drivers: [(&str, &dyn Fn() -> u128); 2] = [("virtual", &in_virtual_time), ("wall", &in_wall_time)];
    let mut taken = [const { Vec::new() }; 2];
    for round in 0..rounds {
        let digests = [0, 1].map(|turn| {
            let driver = (round + turn) % 2;
            let clock = ProcessTime::now();
            let digest = drivers[driver].1();
            taken[driver].push(clock.elapsed().as_secs_f64());
            digest
        });
        assert_eq!(digests[0], digests[1], "two drivers, two ends");
    }
    println!("{} orders, {} commands, {rounds} turns, one thread", script.orders, script.commands);
    println!("{:<8}{:>18}{:>20}{:>24}", "clock", "orders/CPU s", "commands/CPU s", "CPU time to wall");
    for ((name, _), each) in drivers.iter().zip(&taken) {
        let (median, ..) = lives::quartiles(each.clone());
        let (ratio, low, high) =
            lives::quartiles(each.iter().zip(&taken[1]).map(|(own, wall)| own / wall).collect());
        println!(
            "{name:<8}{:>18.0}{:>20.0}{:>24}",
            script.orders as f64 / median,
            f64::from(script.commands) / median,
            format!("{ratio:.2} ({low:.2} to {high:.2})")
        );
    }
}
