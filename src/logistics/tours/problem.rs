//! A tour problem as its file states it: one depot, customers, one capacity, perhaps time windows.

/// How a euclidean distance becomes a whole number of units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// TSPLIB `EUC_2D`: to the nearest whole.
    Nearest,
    /// TSPLIB `CEIL_2D`: up.
    Up,
    /// 12th DIMACS challenge: down to one decimal; a unit is a tenth.
    TenthsDown,
}

/// Where distances come from. The travel time of a way is its distance.
#[derive(Debug, Clone, PartialEq)]
pub enum Metric {
    Points {
        at: Vec<(f64, f64)>,
        rounding: Rounding,
    },
    /// One row for each place, in units.
    Matrix(Vec<i32>),
}

/// When service may begin, and how long it takes, in units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub ready: i32,
    pub due: i32,
    pub service: i32,
}

/// Place 0 is the depot, the others are customers.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    pub name: String,
    pub metric: Metric,
    pub capacity: i32,
    /// By place; 0 at the depot.
    pub demand: Vec<i32>,
    /// By place; the depot's `due` is when a vehicle must be back.
    pub windows: Option<Vec<Window>>,
    /// The most vehicles there are, if the file says so.
    pub vehicles: Option<usize>,
}

impl Problem {
    /// Depot and customers.
    pub fn places(&self) -> usize {
        self.demand.len()
    }

    /// Units in one unit of the file: costs are told divided by it.
    pub fn scale(&self) -> i32 {
        match self.metric {
            Metric::Points { rounding: Rounding::TenthsDown, .. } => 10,
            _ => 1,
        }
    }

    /// All distances in units, one row for each place.
    pub fn matrix(&self) -> Vec<i32> {
        let (at, rounding) = match &self.metric {
            Metric::Matrix(rows) => return rows.clone(),
            Metric::Points { at, rounding } => (at, *rounding),
        };
        let mut rows = Vec::with_capacity(at.len() * at.len());
        for &(ax, ay) in at {
            rows.extend(at.iter().map(|&(bx, by)| {
                let (x, y) = (ax - bx, ay - by);
                rounding.units((x * x + y * y).sqrt())
            }));
        }
        rows
    }

    /// A cost in units as the file's readers write it: `27591`, `776.1`.
    pub fn cost_text(&self, units: i64) -> String {
        match self.scale() {
            1 => units.to_string(),
            scale => format!("{}.{}", units / i64::from(scale), units % i64::from(scale)),
        }
    }
}

impl Rounding {
    pub fn units(self, distance: f64) -> i32 {
        match self {
            Rounding::Nearest => (distance + 0.5).floor() as i32,
            Rounding::Up => distance.ceil() as i32,
            Rounding::TenthsDown => (distance * 10.0).floor() as i32,
        }
    }
}
