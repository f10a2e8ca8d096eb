//! Several stations: checks 6 to 8.

use ordermill::kernel::calendar::{Calendar, Class};
use ordermill::kernel::draw::{Draw, Purpose};
use ordermill::kernel::law::Law;
use ordermill::kernel::rate::Rate;
use ordermill::kernel::station::{Discipline, Job, Start, Station};
use ordermill::kernel::time::{Moment, Span};

use super::models::{Run, SERVICE, Tandem};
use super::theory::*;

/// 6: the peers' workload. What leaves an M/M/4 is Poisson again (Burke 1956), so each station has
/// its own Erlang C.
#[test]
fn a_tandem_is_a_row_of_independent_stations() {
    let model = Tandem::five();
    let exact = mmc_wait(4, 3.2) + 1.0;
    let mut total = Vec::new();
    let mut waits = vec![Vec::new(); 5];
    for index in 0..REPLICATIONS {
        let mut run = Run::new(&model, Calendar::new(), Draw::new(6, index));
        let mut sojourn = Mean::default();
        run.run(
            &model,
            CUSTOMERS,
            |_, _| {},
            |number, born, now| {
                if WARM_UP <= number {
                    sojourn.add(now.since(born).as_secs_f64());
                }
            },
        );
        total.push(sojourn.get());
        for (station, waits) in run.stations.iter().zip(&mut waits) {
            station.check_little(run.calendar.now()).expect("Little's law is an identity");
            let record = station.record(run.calendar.now());
            waits.push(record.mean_wait_secs().expect("customers were served"));
        }
    }
    agree("tandem: W", 5.0 * exact, 0.003, &total);
    for (station, waits) in waits.iter().enumerate() {
        agree(&format!("tandem: Wq at station {station}"), exact - 1.0, 0.01, waits);
    }
}

/// 7: packing and inspection; a share `p` fails and is packed again (open Jackson network).
#[test]
fn rework_raises_the_load_of_every_station_it_passes() {
    const FAILS: Purpose = Purpose::named("fails");
    let (per_second, p) = (0.56, 0.2);
    let effective = per_second / (1.0 - p);
    let law = Law::exponential(Span::from_secs(1));
    let (mut packing, mut inspecting) = (Vec::new(), Vec::new());
    for index in 0..REPLICATIONS {
        let draw = Draw::new(7, index);
        let mut arrivals = Rate::constant(per_second * 3600.0).arrivals(draw.source("orders"));
        let mut stations = [Station::new(2, Discipline::Fifo), Station::new(1, Discipline::Fifo)];
        let mut calendar = Calendar::new();
        let mut passes = Vec::new(); // How often each order was packed.
        let mut warm = None;
        const ARRIVE: (u32, u32) = (2, 0);
        calendar.push(arrivals.next().expect("the rate never ends"), Class::Arrival, ARRIVE);
        while passes.len() < CUSTOMERS as usize {
            let (now, event) = calendar.pop().expect("an arrival is pending");
            let mut follow = |station: u32, start: Option<Start>| {
                if let Some(start) = start {
                    calendar.push(start.done, Class::Completion, (station, start.token as u32));
                }
            };
            let (to, order) = match event {
                ARRIVE => {
                    passes.push(0);
                    if passes.len() == WARM_UP as usize {
                        warm = Some(stations.each_ref().map(|station| station.record(now)));
                    }
                    let order = passes.len() as u32 - 1;
                    calendar.push(arrivals.next().expect("the rate never ends"), Class::Arrival, ARRIVE);
                    (0, order)
                }
                (0, order) => {
                    follow(0, stations[0].complete(now));
                    (1, order)
                }
                (_, order) => {
                    follow(1, stations[1].complete(now));
                    passes[order as usize] += 1;
                    if !draw.chance(FAILS, order.into(), passes[order as usize], p) {
                        continue;
                    }
                    (0, order)
                }
            };
            let attempt = passes[order as usize] * 2 + to;
            let work = law.span(draw.uniform(SERVICE, order.into(), attempt));
            let start = stations[to as usize].arrive(now, Job { token: order.into(), work, rank: 0 });
            if let Some(start) = start {
                calendar.push(start.done, Class::Completion, (to, start.token as u32));
            }
        }
        let now = calendar.now();
        stations.iter().for_each(|station| station.check_little(now).expect("Little's law is an identity"));
        let warm = warm.expect("there was a warm-up");
        let number = |at: usize| stations[at].record(now).since(&warm[at]).mean_number();
        packing.push(number(0).expect("time has passed"));
        inspecting.push(number(1).expect("time has passed"));
    }
    let number = |servers| effective * (mmc_wait(servers, effective) + 1.0);
    agree("rework: L at packing", number(2), 0.005, &packing);
    agree("rework: L at inspection", number(1), 0.005, &inspecting);
}

/// 8: an order split over two nodes and merged: T = (12 - rho) / 8 / (mu - lambda)
/// (Nelson and Tantawi 1988, equation 2, after Flatto and Hahn).
#[test]
fn a_split_order_waits_for_its_slower_half() {
    let law = Law::exponential(Span::from_secs(1));
    for rho in [0.5, 0.8] {
        let mut values = Vec::new();
        for index in 0..REPLICATIONS {
            let draw = Draw::new(8, index);
            let mut arrivals = Rate::constant(rho * 3600.0).arrivals(draw.source("orders"));
            let mut nodes = [Station::new(1, Discipline::Fifo), Station::new(1, Discipline::Fifo)];
            let mut calendar = Calendar::new();
            let mut orders: Vec<(Moment, u8)> = Vec::new(); // Birth and halves still to come.
            let mut merged = Mean::default();
            const ARRIVE: (u32, u32) = (2, 0);
            calendar.push(arrivals.next().expect("the rate never ends"), Class::Arrival, ARRIVE);
            while let Some((now, (node, order))) = calendar.pop() {
                if (node, order) != ARRIVE {
                    if let Some(start) = nodes[node as usize].complete(now) {
                        calendar.push(start.done, Class::Completion, (node, start.token as u32));
                    }
                    let (born, left) = &mut orders[order as usize];
                    *left -= 1;
                    if *left == 0 && WARM_UP <= order.into() {
                        merged.add(now.since(*born).as_secs_f64());
                    }
                    continue;
                }
                let order = orders.len() as u32;
                orders.push((now, 2));
                if u64::from(order) + 1 < CUSTOMERS + WARM_UP {
                    calendar.push(arrivals.next().expect("the rate never ends"), Class::Arrival, ARRIVE);
                }
                for node in 0..2 {
                    let work = law.span(draw.uniform(SERVICE, order.into(), node));
                    let job = Job { token: order.into(), work, rank: 0 };
                    if let Some(start) = nodes[node as usize].arrive(now, job) {
                        calendar.push(start.done, Class::Completion, (node, start.token as u32));
                    }
                }
            }
            values.push(merged.get());
        }
        agree(&format!("split and merge, rho {rho}"), (12.0 - rho) / 8.0 / (1.0 - rho), 0.005, &values);
    }
}
