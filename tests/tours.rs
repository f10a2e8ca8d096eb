//! Delivery tours: against brute force, against the judge, and the judge against broken plans; instance files.

use expect_test::{Expect, expect};
use ordermill::logistics::tours::*;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

fn rc208() -> Problem {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/data/RC208.txt");
    read("RC208.txt", &std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Small enough for all plans to be tried.
fn small(seed: u64, timed: bool) -> Problem {
    let mut dice = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut below = |most: u64| (dice.next_u64() % most) as i32;
    let places = 3 + below(6) as usize;
    let at: Vec<(f64, f64)> = (0..places).map(|_| (f64::from(below(100)), f64::from(below(100)))).collect();
    let mut demand: Vec<i32> = (0..places).map(|_| 1 + below(9)).collect();
    demand[0] = 0;
    let mut windows: Vec<Window> = (0..places)
        .map(|_| {
            let ready = below(300);
            Window { ready, due: ready + 150 + below(200), service: below(20) }
        })
        .collect();
    windows[0] = Window { ready: 0, due: 1000, service: 0 };
    Problem {
        name: format!("small {seed}"),
        metric: Metric::Points { at, rounding: Rounding::Nearest },
        capacity: 9 + below(15),
        demand,
        windows: timed.then_some(windows),
        vehicles: None,
    }
}

/// The least cost over all plans: the best tour of every set of customers, then the best split into sets.
fn brute_force(problem: &Problem) -> i64 {
    let customers = problem.places() - 1;
    let mut tour = vec![i64::MAX; 1 << customers];
    let mut route = Vec::new();
    extend(problem, &mut route, &mut tour);
    let mut plan = vec![i64::MAX; 1 << customers];
    plan[0] = 0;
    for set in 1..1_usize << customers {
        let mut part = set;
        while part != 0 {
            if tour[part] != i64::MAX && plan[set & !part] != i64::MAX {
                plan[set] = plan[set].min(plan[set & !part] + tour[part]);
            }
            part = (part - 1) & set;
        }
    }
    plan[(1 << customers) - 1]
}

/// Judges every order of every set by the checker, on a problem that has only those customers.
fn extend(problem: &Problem, route: &mut Vec<u32>, tour: &mut [i64]) {
    for customer in 1..problem.places() as u32 {
        if route.contains(&customer) {
            continue;
        }
        route.push(customer);
        if let Some(cost) = alone(problem, route) {
            let set = route.iter().map(|customer| 1 << (customer - 1)).sum::<usize>();
            tour[set] = tour[set].min(cost);
            extend(problem, route, tour);
        }
        route.pop();
    }
}

fn alone(problem: &Problem, route: &[u32]) -> Option<i64> {
    let kept: Vec<usize> = [0].into_iter().chain(route.iter().map(|&customer| customer as usize)).collect();
    let Metric::Points { at, rounding } = &problem.metric else { unreachable!("small problems have points") };
    let part = Problem {
        name: String::new(),
        metric: Metric::Points { at: kept.iter().map(|&place| at[place]).collect(), rounding: *rounding },
        capacity: problem.capacity,
        demand: kept.iter().map(|&place| problem.demand[place]).collect(),
        windows: problem.windows.as_ref().map(|all| kept.iter().map(|&place| all[place]).collect()),
        vehicles: None,
    };
    check(&part, &[(1..=route.len() as u32).collect()]).ok()
}

#[test]
fn small_problems_are_solved_as_brute_force_solves_them() {
    for seed in 0..60 {
        let problem = small(seed, seed % 2 == 0);
        let found = solve(&Instance::new(&problem), seed, &Budget::Iterations(3000));
        let cost = check(&problem, &found.routes).unwrap();
        assert_eq!((cost, found.length), (brute_force(&problem), cost), "{}", problem.name);
    }
}

#[test]
fn rc208_comes_near_its_best_known_cost_and_twice_the_same() {
    let problem = rc208();
    let instance = Instance::new(&problem);
    let found = solve(&instance, 1, &Budget::Iterations(40_000));
    let cost = check(&problem, &found.routes).unwrap();
    assert!((7761..=7761 * 103 / 100).contains(&cost), "{cost}");
    assert_eq!(solve(&instance, 1, &Budget::Iterations(40_000)).routes, found.routes);
    assert_ne!(solve(&instance, 2, &Budget::Iterations(40_000)).routes, found.routes);
    let fast = check(&problem, &savings(&instance)).unwrap();
    assert!(cost < fast && fast < 2 * cost, "savings {fast}, then {cost}");
}

#[test]
fn a_fleet_is_kept_where_that_can_be() {
    let mut problem = rc208();
    problem.vehicles = Some(4);
    let found = solve(&Instance::new(&problem), 1, &Budget::Iterations(60_000));
    assert!(check(&problem, &found.routes).is_ok());
    problem.vehicles = Some(1);
    let found = solve(&Instance::new(&problem), 1, &Budget::Iterations(2_000));
    let breaches = check(&problem, &found.routes).unwrap_err();
    assert!(matches!(breaches[..], [Breach::Vehicles { fleet: 1, .. }]), "{breaches:?}");
}

#[test]
fn one_customer_and_no_iteration_are_plans_too() {
    let mut problem = small(1, false);
    let found = solve(&Instance::new(&problem), 1, &Budget::Iterations(0));
    assert!(check(&problem, &found.routes).is_ok());
    let Metric::Points { at, .. } = &mut problem.metric else { unreachable!() };
    at.truncate(2);
    problem.demand.truncate(2);
    let found = solve(&Instance::new(&problem), 1, &Budget::Iterations(50));
    assert_eq!(found.routes, [[1]]);
}

#[test]
fn the_judge_sees_every_kind_of_breach() {
    let problem = rc208();
    let routes = solve(&Instance::new(&problem), 1, &Budget::Iterations(2_000)).routes;
    let broken = |change: &dyn Fn(&mut Vec<Vec<u32>>)| {
        let mut routes = routes.clone();
        change(&mut routes);
        check(&problem, &routes).unwrap_err()
    };
    let lost = broken(&|routes| routes[0].truncate(1));
    assert!(matches!(lost[0], Breach::Visits { times: 0, .. }), "{lost:?}");
    let twice = broken(&|routes| {
        let customer = routes[0][0];
        routes.push(vec![customer]);
    });
    assert!(twice.iter().any(|breach| matches!(breach, Breach::Visits { times: 2, .. })), "{twice:?}");
    let stranger = broken(&|routes| routes[0].push(101));
    assert!(matches!(stranger[..], [Breach::NoSuchCustomer { customer: 101, .. }]), "{stranger:?}");
    assert!(!broken(&|routes| routes[0].push(0)).is_empty());
    let joined = broken(&|routes| *routes = vec![routes.concat()]);
    assert!(joined.iter().any(|breach| matches!(breach, Breach::OverCapacity { .. })), "{joined:?}");
    assert!(joined.iter().any(|breach| matches!(breach, Breach::Late { .. })), "{joined:?}");
    let many = broken(&|routes| *routes = (1..=100).map(|customer| vec![customer]).collect());
    assert_eq!(many, [Breach::Vehicles { used: 100, fleet: 25 }]);
}

#[test]
fn all_matrix_formats_say_the_same() {
    let form = |format: &str, weights: &str| {
        let text = format!(
            "NAME : m\nTYPE : CVRP\nDIMENSION : 3\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : {format}\n\
             CAPACITY : 9\nEDGE_WEIGHT_SECTION\n{weights}\nDEMAND_SECTION\n1 0\n2 4\n3 5\nDEPOT_SECTION\n1\n-1\nEOF\n"
        );
        read("m.vrp", &text).unwrap_or_else(|flaws| panic!("{format}\n{flaws}")).matrix()
    };
    let rows = [0, 7, 8, 7, 0, 9, 8, 9, 0];
    for (format, weights) in [
        ("FULL_MATRIX", "0 7 8\n7 0 9\n8 9 0"),
        ("LOWER_ROW", "7 8 9"),
        ("UPPER_ROW", "7\n8 9"),
        ("LOWER_COL", "7 8 9"),
        ("UPPER_COL", "7 8 9"),
        ("LOWER_DIAG_ROW", "0 7 0 8 9 0"),
        ("UPPER_DIAG_ROW", "0 7 8 0 9 0"),
    ] {
        assert_eq!(form(format, weights), rows, "{format}");
    }
}

#[test]
fn a_vrplib_file_with_windows_says_what_its_table_says() {
    let text = "NAME : w\nTYPE : VRPTW\nDIMENSION : 3\nVEHICLES : 2\nCAPACITY : 9\nSERVICE_TIME : 10\nEDGE_WEIGHT_TYPE : EUC_2D\n\
                NODE_COORD_SECTION\n1 0 0\n2 3 3\n3 9 1\nDEMAND_SECTION\n1 0\n2 4\n3 5\nTIME_WINDOW_SECTION\n1 0 100\n2 5 60\n3 0 70\n\
                DEPOT_SECTION\n1\n-1\nEOF\n";
    let table = "w\n\nVEHICLE\nNUMBER CAPACITY\n2 9\n\nCUSTOMER\nCUST NO. X Y\n\n0 0 0 0 0 100 0\n1 3 3 4 5 60 10\n2 9 1 5 0 70 10\n";
    assert_eq!(read("w.vrp", text), read("w.txt", table));
}

fn told(file: &str, text: &str, expect: Expect) {
    let flaws = read(file, text).expect_err("broken on purpose");
    expect.assert_eq(&flaws.to_string());
}

#[test]
fn every_mistake_of_a_file_is_told_in_one_pass() {
    told(
        "bad.vrp",
        "NAME : bad\nTYPE : CVRPX\nDIMENSION : 3\nEDGE_WEIGHT_TYPE : EUC2D\nCAPACITY : many\nCOLOUR : red\n\
         NODE_COORD_SECTION\n1 0 0\n2 a 0\n3 1\nDEMAND_SECTION\n1 0\n2 5\n2 6\nDEPOT_SECTION\n1\n2\n-1\nEOF\n",
        expect![[r#"
            E0507 bad.vrp:2:8  TYPE "CVRPX" cannot be read
                  did you mean CVRP?  known: CVRP, CVRPTW, VRPTW
            E0507 bad.vrp:4:20  EDGE_WEIGHT_TYPE "EUC2D" cannot be read
                  did you mean EUC_2D?  known: EUC_2D, CEIL_2D, EXPLICIT
            E0503 bad.vrp:5:12  CAPACITY "many" is not a whole number
                  write 1 to 1000000000
            E0506 bad.vrp:6:1  unknown key "COLOUR"
                  did you mean NODE_COORD_TYPE?  known: NAME, COMMENT, TYPE, DIMENSION, CAPACITY, EDGE_WEIGHT_TYPE, EDGE_WEIGHT_FORMAT, VEHICLES, SERVICE_TIME, NODE_COORD_TYPE, DISPLAY_DATA_TYPE, NODE_COORD_SECTION, DEMAND_SECTION, DEPOT_SECTION, EDGE_WEIGHT_SECTION, TIME_WINDOW_SECTION, SERVICE_TIME_SECTION, DISPLAY_DATA_SECTION
            E0503 bad.vrp:9:3  the value "a" is not a number
                  write -10000000 to 10000000
            E0501 bad.vrp:10:1  2 numbers in a row of NODE_COORD_SECTION
                  write 3: the place, then its values
            E0504 bad.vrp:14:1  place 2 stands twice in DEMAND_SECTION
                  keep one of the two
            E0508 bad.vrp:17:1  a second depot
                  write one depot, 1, then -1"#]],
    );
    told(
        "bad2.vrp",
        "NAME : bad2\nTYPE : CVRP\nDIMENSION : 3\nEDGE_WEIGHT_TYPE : EUC_2D\nCAPACITY : 5\n\
         NODE_COORD_SECTION\n1 0 0\n2 a 0\n3 1\nDEMAND_SECTION\n1 0\n2 6\n3 5\nDEPOT_SECTION\n1\n2\n-1\nEOF\n",
        expect![[r#"
            E0503 bad2.vrp:8:3  the value "a" is not a number
                  write -10000000 to 10000000
            E0501 bad2.vrp:9:1  2 numbers in a row of NODE_COORD_SECTION
                  write 3: the place, then its values
            E0503 bad2.vrp:12:3  the demand 6 is out of bounds
                  write 0 to 5
            E0508 bad2.vrp:16:1  a second depot
                  write one depot, 1, then -1"#]],
    );
    told(
        "bad.txt",
        "bad\nVEHICLE\nNUMBER CAPACITY\n2 100\nCUSTOMER\n0 0 0 0 0 100 0\n1 3 4 5 9 8 1\n2 3 4 101 0 50 1\n2 3 4 5 0 3 1\n3 40 30 1 0 60 1\n4 1 1 x 0 9 1\n5 1\n",
        expect![[r#"
            E0505 bad.txt:7:11  due 8 before ready 9
                  swap them
            E0503 bad.txt:8:7  demand 101 is over the capacity
                  write 0 to 100
            E0503 bad.txt:11:7  demand "x" is not a number
                  write -10000000 to 10000000
            E0501 bad.txt:12:1  2 numbers in the row of a customer
                  write: number x y demand ready due service"#]],
    );
    told(
        "late.txt",
        "late\nVEHICLE\nNUMBER CAPACITY\n2 100\nCUSTOMER\n0 0 0 0 0 100 0\n1 3 4 5 0 3 1\n2 40 30 1 0 60 1\n",
        expect![[r#"
            E0505 late.txt:7:11  due before a vehicle can be there
                  write 5.0 or later
            E0505 late.txt:8:13  a vehicle that serves here cannot be back in time
                  let the depot close later, or shorten ready and service time"#]],
    );
    told(
        "",
        "",
        expect![[r#"
        E0502 :1:1  no CAPACITY
              write CAPACITY : VALUE above the sections
        E0502 :1:1  no DIMENSION
              write DIMENSION : VALUE above the sections
        E0502 :1:1  no EDGE_WEIGHT_TYPE
              write EDGE_WEIGHT_TYPE : VALUE above the sections"#]],
    );
}
