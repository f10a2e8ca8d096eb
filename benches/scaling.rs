//! How many whole order lives a wall second do 1, 2, ... N threads take from one engine, with popularity by Zipf's law
//! and with half of the traffic on one SKU?
//!
//! Each turn plays every number of threads once, in an order that changes; told are the median lives a second, and the
//! median of the ratios to the one thread of the same turn, with their first and third quartile. A core that others use
//! shows as a ratio below what the engine could do: `busy` is the workers' CPU time over wall time, and should be near
//! the number of threads. `ROUNDS=N` sets the turns, `THREADS=N` the most threads (without it: the machine's cores).

mod lives;

use std::fmt::Display;

use ordermill::load::Timed;

/// What other benches say by flags of criterion.
fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn row(cells: [&dyn Display; 5]) {
    println!("{:<20}{:>8}{:>14}{:>24}{:>8}", cells[0], cells[1], cells[2], cells[3], cells[4]);
}

fn main() {
    let orders = if lives::quick() { 20_000 } else { 500_000 };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let most = number("THREADS", cores.max(2));
    let rounds = if lives::quick() { 1 } else { number("ROUNDS", 7) };
    row([&"traffic", &"threads", &"lives/s", &"to one thread", &"busy"]);
    for (traffic, set) in [("Zipf", &[][..]), ("half on one SKU", &[("catalog.synthetic.hot-share", "50%")])]
    {
        let model = lives::model(orders, set);
        let scripts: Vec<_> = (1..=most).map(|threads| lives::record(&model, threads).0).collect();
        let mut rates = vec![Vec::new(); most];
        let mut busy = vec![Vec::new(); most];
        for round in 0..rounds {
            for turn in 0..most {
                let at = (round + turn) % most;
                let played = lives::closed(&model, &scripts[at], Timed::Sample);
                let wall_s = played.wall.as_secs_f64();
                rates[at].push(scripts[at].orders as f64 / wall_s);
                busy[at].push(played.cpu.as_secs_f64() / wall_s);
            }
        }
        for (at, own) in rates.iter().enumerate() {
            let (median, ..) = lives::quartiles(own.clone());
            let ratios = own.iter().zip(&rates[0]).map(|(own, one)| own / one).collect();
            let (ratio, low, high) = lives::quartiles(ratios);
            let spread = format!("{ratio:.2} ({low:.2} to {high:.2})");
            let (busy, ..) = lives::quartiles(busy[at].clone());
            row([&traffic, &(at + 1), &format!("{median:.0}"), &spread, &format!("{busy:.2}")]);
        }
    }
}
