//! The literature instance: the decomposed program against an interior point method, and the strategies' order.

mod linear;

use ordermill::allocation::decomposed::{Budget, Program};
use ordermill::allocation::jasin_sinha::{Instance, Policy, play};

fn program(instance: &Instance) -> Program {
    let shelf = instance.shelf();
    instance.expected(f64::from(instance.orders), |sku, node| f64::from(shelf.available(sku, node)))
}

#[test]
fn the_bound_is_that_of_an_interior_point_method_within_a_fifth_of_a_percent() {
    for seed in 0..3 {
        let program = program(&Instance::small(seed, 10_000));
        let (relaxed, whole) = (linear::relaxed(&program).cost, linear::whole_sets(&program));
        let budget = Budget { iterations: 2_000, patience: 300, plan: false };
        let found = program.solve(&[], budget);
        let (above, below) = (found.bound / relaxed, found.bound / whole);
        println!(
            "seed {seed}: {above:.5} of the relaxed program, {below:.5} of whole sets, {} iterations",
            found.iterations
        );
        assert!(relaxed <= whole * (1.0 + 1e-4));
        assert!((0.998..1.000_1).contains(&below), "seed {seed}: {below}");
    }
}

#[test]
fn look_ahead_beats_the_myopic_and_the_nearest() {
    let budget = Budget { iterations: 2_000, patience: 300, plan: true };
    let policies = [
        Policy::BidPrice { refreshes: 50 },
        Policy::BidPrice { refreshes: 1 },
        Policy::CheapestSet,
        Policy::Nearest,
    ];
    let mut ratios = [0.0; 4];
    for seed in 0..2 {
        let instance = Instance::small(seed, 10_000);
        let expected = program(&instance).solve(&[], budget);
        for number in 0..2 {
            let arrivals = instance.sequence(seed, number);
            let hindsight = instance.hindsight(&arrivals).solve(&[], budget).bound;
            for (ratio, policy) in ratios.iter_mut().zip(policies) {
                let tally = play(&instance, &arrivals, policy, &expected, number);
                assert!(hindsight <= tally.cost as f64, "{policy:?} beat the bound");
                *ratio += tally.cost as f64 / hindsight / 4.0;
            }
        }
    }
    println!("{ratios:?}");
    assert!(ratios.is_sorted(), "{ratios:?}");
    assert!(ratios[0] <= 1.05, "{ratios:?}");
}
