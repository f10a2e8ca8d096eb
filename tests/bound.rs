//! The bound on the decisions of a stream: the Lagrangian is no more than the linear program over whole sets, and that
//! no more than what any strategy pays, on scenarios that an interior point method can solve.

mod linear;
mod runs;

use ordermill::allocation::Builtin;
use ordermill::experiment::decisions::{BoundKind, Decisions};

#[test]
fn lagrangian_below_linear_program_below_every_ledger() {
    let small = [
        ("smoke", [("stock.cover", "0.9"), ("stock.nodes-per-sku", "2")]),
        ("smoke", [("stock.cover", "2"), ("stock.nodes-per-sku", "2")]),
        ("quickstart", [("arrivals.profile.orders", "400"), ("stock.cover", "1")]),
        ("singles-day-peak", [("arrivals.profile.orders", "400"), ("catalog.synthetic.skus", "60")]),
    ];
    for (name, set) in small {
        let model = runs::model(&runs::read(name, &set));
        let stream = Decisions::draw(&model, 1).expect("a small stream");
        let program = stream.program(&model);
        let lagrangian = stream.multipliers(&program).bound;
        let least = linear::least(&program);
        let per_order = |cost: f64| cost / 1e5 / stream.len() as f64;
        println!(
            "{name} {set:?}: Lagrangian {:.4}, linear program {:.4} to {:.4}",
            per_order(lagrangian),
            per_order(least.lower),
            per_order(least.cost)
        );
        assert!(least.cost - least.lower <= 2e-3 * least.cost, "{name}: the program is not solved");
        assert!(lagrangian <= least.cost * (1.0 + 1e-6), "{name}: above the program");
        assert!(0.985 * least.cost <= lagrangian, "{name}: {lagrangian} of {}", least.cost);
        if cfg!(feature = "lp") {
            let told = stream.bound(&model);
            let BoundKind::LinearProgram { within } = told.kind else { panic!("{name}: {:?}", told.kind) };
            assert!(within <= 1e-4 && told.prices.bound <= least.cost * (1.0 + 1e-6), "{name}: {within}");
            assert!((1.0 - 2e-3) * least.lower <= told.prices.bound, "{name}: {} told", told.prices.bound);
            assert!(lagrangian <= told.prices.bound, "{name}: it starts from the multipliers");
        }
        let mut nearest = f64::INFINITY;
        for builtin in Builtin::ALL {
            let own = [set.as_slice(), &[("allocation.strategy", builtin.name())]].concat();
            let tally = stream.play(&runs::model(&runs::read(name, &own)));
            let cost = tally.cost as f64;
            assert!(least.lower <= cost, "{name}, {builtin:?}: {cost} below {}", least.lower);
            nearest = nearest.min(cost / least.cost);
        }
        println!("  the best strategy costs {nearest:.4} of it");
        assert!(nearest < 1.5, "{name}: the bound says little");
    }
}
