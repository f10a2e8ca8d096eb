//! What does recording cost: whole order lives with no command timed, with one in 61 (the default), and with each?
//!
//! One thread plays the same script in turns, alternating which goes first, in CPU time; told are lives a CPU second,
//! and the median of the ratios to the play of the same turn that times nothing, with their first and third quartile.
//! Commands, refusals and the auditor's books are counted in all three: the laws need them. `ROUNDS=N` sets the turns.

mod lives;

use ordermill::load::Timed;

fn main() {
    let orders = if lives::quick() { 20_000 } else { 500_000 };
    let rounds = std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok());
    let rounds = if lives::quick() { 1 } else { rounds.unwrap_or(9) };
    let model = lives::model(orders, &[]);
    let (script, _) = lives::record(&model, 1);
    let mut taken = [const { Vec::new() }; Timed::ALL.len()];
    for round in 0..rounds {
        for turn in 0..Timed::ALL.len() {
            let kind = (round + turn) % Timed::ALL.len();
            let played = lives::closed(&model, &script, Timed::ALL[kind].0);
            taken[kind].push(played.cpu.as_secs_f64());
            let timed = played.seen.latency().len();
            assert_eq!(timed == 0, Timed::ALL[kind].0 == Timed::Never, "{timed} commands were timed");
        }
    }
    println!("{} orders, {} commands, {rounds} turns, one thread", script.orders, script.commands);
    println!("{:<8}{:>18}{:>24}", "timed", "lives/CPU s", "CPU time to never");
    for ((_, name), each) in Timed::ALL.iter().zip(&taken) {
        let (median, ..) = lives::quartiles(each.clone());
        let ratios = each.iter().zip(&taken[0]).map(|(own, never)| own / never).collect();
        let (ratio, low, high) = lives::quartiles(ratios);
        println!(
            "{name:<8}{:>18.0}{:>24}",
            script.orders as f64 / median,
            format!("{ratio:.3} ({low:.3} to {high:.3})")
        );
    }
}
