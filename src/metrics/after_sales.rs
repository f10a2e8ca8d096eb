//! What came back, what shoppers complained of, and what they made of it all.

use super::Times;

#[derive(Debug, Clone, Default)]
pub struct ReturnsSeen {
    pub asked: u64,
    /// After the window.
    pub too_late: u64,
    pub declined: u64,
    pub approved: u64,
    pub fetched: u64,
    pub dropped_off: u64,
    /// Of those approved: who wanted the same again, and for whom all of it was held.
    pub exchanges_wanted: u64,
    pub exchanges_held: u64,
    /// A, B, C, scrap.
    pub grades: [u64; 4],
    /// Minor units: the price of what came back, and what it brings.
    pub value: i64,
    pub recovered: f64,
    /// From the request to the money in the shopper's account.
    pub refund: Times,
}

#[derive(Debug, Clone, Default)]
pub struct ComplaintsSeen {
    /// By tier.
    pub opened: Vec<u64>,
    pub answered: u64,
    pub too_late: u64,
    pub escalated: u64,
    /// Minor units.
    pub compensation: f64,
    pub until_answered: Times,
}

#[derive(Debug, Clone, Default)]
pub struct ExperienceSeen {
    pub judged: u64,
    pub failed: u64,
    score: f64,
    pub promoters: u64,
    pub detractors: u64,
    /// Shoppers who will order again.
    pub coming_back: u64,
    /// Orders of shoppers who came back.
    pub repeat_orders: u64,
    /// Minor units, of judged orders.
    pub amount: i64,
}

impl ExperienceSeen {
    /// Promoters give 9 or 10, detractors at most 6 (Reichheld 2003, "The one number you need to grow").
    pub fn judged(&mut self, score: f64, failed: bool, amount: i64) {
        self.judged += 1;
        self.failed += u64::from(failed);
        self.score += score;
        self.promoters += u64::from(8.5 <= score);
        self.detractors += u64::from(score < 6.5);
        self.amount += amount;
    }

    /// 0 to 10; zero when nobody has said anything.
    pub fn mean_score(&self) -> f64 {
        if self.judged == 0 { 0.0 } else { self.score / self.judged as f64 }
    }

    /// Share of promoters less that of detractors.
    pub fn net_promoters(&self) -> f64 {
        (self.promoters as f64 - self.detractors as f64) / self.judged.max(1) as f64
    }

    pub fn comes_back_share(&self) -> f64 {
        self.coming_back as f64 / self.judged.max(1) as f64
    }
}
