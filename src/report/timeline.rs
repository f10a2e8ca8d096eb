//! One replication over time: orders that come, arrive and wait in each state, and the stations that are busiest.

use super::document::{StateSeries, StationSeries, Timeline};
use crate::domain::OrderState;
use crate::model::Model;
use crate::sim::Outcome;

/// Stations that are told.
const SERIES: usize = 12;

pub(super) fn timeline(model: &Model, outcome: &Outcome) -> Timeline {
    Timeline {
        interval_s: model.interval.as_secs_f64(),
        submitted: outcome.metrics.submitted_by_interval.clone(),
        delivered: outcome.metrics.delivered_by_interval.clone(),
        states: states(outcome),
        stations: stations(model, outcome),
    }
}

fn states(outcome: &Outcome) -> Vec<StateSeries> {
    let ends = outcome.metrics.states();
    let series = |state: &OrderState| StateSeries {
        state: state.name().to_owned(),
        orders: ends.iter().map(|orders| orders[*state as usize] as u64).collect(),
    };
    let is_seen = |series: &StateSeries| series.orders.iter().any(|&orders| 0 < orders);
    OrderState::ALL.iter().map(series).filter(is_seen).collect()
}

/// By greatest queue time.
fn stations(model: &Model, outcome: &Outcome) -> Vec<StationSeries> {
    let mut busiest: Vec<usize> = (0..outcome.stations.len()).collect();
    busiest.sort_by_key(|&index| std::cmp::Reverse(outcome.stations[index].record.area_queue));
    busiest.truncate(SERIES);
    let series = |index: usize| {
        let intervals = outcome.stations[index].intervals.iter();
        StationSeries {
            station: model.stations[index].name.clone(),
            utilization: intervals.clone().map(|interval| interval.utilization().unwrap_or(0.0)).collect(),
            queue_mean: intervals.map(|interval| interval.queue as f64 / model.interval.0 as f64).collect(),
        }
    };
    busiest.into_iter().map(series).collect()
}
