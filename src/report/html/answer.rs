//! The page of an answer of many runs: the same sentences and tables as in the terminal, and the charts. No scripts.

use minijinja::value::Serde;
use minijinja::{Value, context};

use super::{STYLE, bare};
use crate::report::answer::Answer;

const PAGE: &str = include_str!("answer.html");

/// The whole page.
pub fn answer_page(answer: &Answer) -> String {
    let mut environment = bare();
    environment.add_template("answer.html", PAGE).expect("the embedded page is well formed");
    let page = environment.get_template("answer.html").expect("the page was added");
    let chart = |chart: &crate::report::answer::Chart| {
        vec![Value::from(chart.caption.clone()), Value::from_safe_string(chart.svg.clone())]
    };
    page.render(context! {
        a => Serde(answer),
        charts => answer.charts.iter().map(chart).collect::<Vec<_>>(),
        style => Value::from_safe_string(STYLE.into()),
    })
    .unwrap_or_else(|error| panic!("the embedded page does not fit the answer: {error:#}"))
}
