//! Exact answers of queueing theory, and the rule by which a simulation agrees with one.

/// Thirty replications: the t interval at 3.5 standard errors fails a right model once in 650.
pub const REPLICATIONS: u32 = 30;
pub const CUSTOMERS: u64 = 200_000;
pub const WARM_UP: u64 = 20_000;

/// One value per replication against the exact one. `limit` is the largest standard error, as a
/// share of the exact value, at which the check still proves something.
pub fn agree(what: &str, exact: f64, limit: f64, values: &[f64]) {
    let (mean, error) = mean_and_error(values);
    let off = (mean - exact) / error;
    println!("{what}: {mean:.6}, exact {exact:.6}, off {off:+.2} SE, SE {:.3} %", 100.0 * error / exact);
    assert!(error <= limit * exact, "{what}: SE {error} is above {limit} of {exact}: no power");
    assert!(off.abs() <= 3.5, "{what}: {mean} is {off} standard errors from {exact}");
}

/// Mean of the values and its standard error.
pub fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, (squares / (n - 1.0) / n).sqrt())
}

/// A mean that is built one observation at a time.
#[derive(Debug, Default, Clone, Copy)]
pub struct Mean {
    sum: f64,
    count: u64,
}

impl Mean {
    pub fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    pub fn add_if(&mut self, condition: bool) {
        self.add(if condition { 1.0 } else { 0.0 });
    }

    pub fn get(&self) -> f64 {
        self.sum / self.count as f64
    }
}

/// Erlang B: the share refused by `servers` without a queue at `load` = arrival rate x mean service.
/// Cooper 1981, "Introduction to queueing theory", recursion (3.4) of chapter 3.
pub fn erlang_b(servers: u32, load: f64) -> f64 {
    (1..=servers).fold(1.0, |b, k| load * b / (f64::from(k) + load * b))
}

/// Erlang C: the share that waits in M/M/c.
pub fn erlang_c(servers: u32, load: f64) -> f64 {
    let (b, rho) = (erlang_b(servers, load), load / f64::from(servers));
    b / (1.0 - rho * (1.0 - b))
}

/// Mean wait in M/M/c with services of mean 1.
pub fn mmc_wait(servers: u32, load: f64) -> f64 {
    erlang_c(servers, load) / (f64::from(servers) - load)
}

/// The probability that a Poisson number of this mean is below `bound`.
pub fn poisson_below(mean: f64, bound: u32) -> f64 {
    let terms = (0..bound).scan((-mean).exp(), |term, k| {
        let now = *term;
        *term *= mean / f64::from(k + 1);
        Some(now)
    });
    terms.sum()
}
