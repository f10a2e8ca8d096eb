//! Costs: what the day cost, by line, in minor units.

/// A line of the cost table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum CostLine {
    PickLabor,
    PackLabor,
    SortLabor,
    GradeLabor,
    ReviewLabor,
    Overtime,
    Capital,
    Freight,
    Linehaul,
    Packaging,
    PaymentFees,
    Returns,
    LostGoods,
    LatePenalties,
    RefusedPenalties,
    LostSales,
    Fraud,
    LastMile,
    PhoneLabor,
    ChatLabor,
    ServiceTools,
    Purchasing,
    Transfers,
    ReturnFreight,
    ReturnTransport,
    ComplaintLabor,
    Compensation,
}

impl CostLine {
    pub const ALL: [(CostLine, &str); 27] = [
        (CostLine::PickLabor, "pick labor"),
        (CostLine::PackLabor, "pack labor"),
        (CostLine::SortLabor, "sort labor"),
        (CostLine::GradeLabor, "grade labor"),
        (CostLine::ReviewLabor, "review labor"),
        (CostLine::Overtime, "overtime premium"),
        (CostLine::Capital, "capital"),
        (CostLine::Freight, "freight"),
        (CostLine::Linehaul, "linehaul"),
        (CostLine::Packaging, "packaging"),
        (CostLine::PaymentFees, "payment fees"),
        (CostLine::Returns, "returns"),
        (CostLine::LostGoods, "lost goods"),
        (CostLine::LatePenalties, "late penalties"),
        (CostLine::RefusedPenalties, "refused penalties"),
        (CostLine::LostSales, "lost sales"),
        (CostLine::Fraud, "fraud"),
        (CostLine::LastMile, "last mile"),
        (CostLine::PhoneLabor, "phone labor"),
        (CostLine::ChatLabor, "chat labor"),
        (CostLine::ServiceTools, "service tools"),
        (CostLine::Purchasing, "purchasing"),
        (CostLine::Transfers, "transfers"),
        (CostLine::ReturnFreight, "return freight"),
        (CostLine::ReturnTransport, "return transport"),
        (CostLine::ComplaintLabor, "complaint labor"),
        (CostLine::Compensation, "compensation"),
    ];

    /// Paid for what was planned, whatever comes of it: staffed time, capital and departures. The rest is paid for the outcome.
    pub fn is_planned(self) -> bool {
        use CostLine::*;
        matches!(
            self,
            PickLabor
                | PackLabor
                | SortLabor
                | GradeLabor
                | ReviewLabor
                | PhoneLabor
                | ChatLabor
                | ComplaintLabor
                | Capital
                | Linehaul
        )
    }
}

/// Sums by line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Costs([f64; CostLine::ALL.len()]);

impl Costs {
    #[inline]
    pub fn add(&mut self, line: CostLine, minor: f64) {
        self.0[line as usize] += minor;
    }

    pub fn of(&self, line: CostLine) -> f64 {
        self.0[line as usize]
    }

    pub fn total(&self) -> f64 {
        self.0.iter().sum()
    }

    /// Of the lines that are planned.
    pub fn planned(&self) -> f64 {
        CostLine::ALL.iter().filter(|(line, _)| line.is_planned()).map(|&(line, _)| self.of(line)).sum()
    }
}
