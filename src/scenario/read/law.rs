//! Distributions of times, and places.

use std::rc::Rc;

use crate::domain::GeoPoint;
use crate::kernel::time::Span;
use crate::scenario::city;
use crate::scenario::desk::Desk;
use crate::scenario::diagnostic::suggest;
use crate::scenario::section::Section;
use crate::scenario::spec::LawSpec;
use crate::scenario::tree::{Node, Value};

/// `"90 s"`, or a map with one distribution.
pub fn law(section: &Section<'_>, name: &str) -> LawSpec {
    let Some((row, node)) = section.get(name) else { return LawSpec::Constant(Span::ZERO) };
    if node.text().is_some() {
        return LawSpec::Constant(section.span(name));
    }
    let before = section.desk.finding_count();
    let read = distribution(section, node);
    if before < section.desk.finding_count() {
        section.desk.mark_wrong(row.path);
    }
    read.unwrap_or(LawSpec::Constant(Span::ZERO))
}

fn distribution(section: &Section<'_>, node: Rc<Node>) -> Option<LawSpec> {
    let before = section.desk.finding_count();
    let (variant, map) = Section::open(section.desk, "<law>", node).chosen()?;
    let law = match variant {
        "constant" => LawSpec::Constant(map.span("constant")),
        "empirical" => empirical(&map),
        _ => {
            let keys = map.section(variant);
            match variant {
                "uniform" => LawSpec::Uniform { from: keys.span("from"), to: keys.span("to") },
                "exponential" => LawSpec::Exponential { mean: keys.span("mean") },
                "erlang" => LawSpec::Erlang { mean: keys.span("mean"), phases: keys.count("phases") },
                "gamma" => LawSpec::Gamma { mean: keys.span("mean"), cv: keys.number("cv") },
                "lognormal" => lognormal(&keys)?,
                "triangular" => LawSpec::Triangular {
                    low: keys.span("low"),
                    mode: keys.span("mode"),
                    high: keys.span("high"),
                },
                "weibull" => LawSpec::Weibull { scale: keys.span("scale"), shape: keys.number("shape") },
                _ => unreachable!("distribution \"{variant}\" is in the key table and has no reader"),
            }
        }
    };
    if before == section.desk.finding_count() {
        judge(&map, variant, &law);
    }
    Some(law)
}

fn lognormal(keys: &Section<'_>) -> Option<LawSpec> {
    let written = ["median", "sigma", "mean", "cv"].map(|name| keys.has(name));
    let (median, sigma, mean, cv) = (
        keys.maybe_span("median"),
        keys.maybe_number("sigma"),
        keys.maybe_span("mean"),
        keys.maybe_number("cv"),
    );
    match written {
        [true, true, false, false] => Some(LawSpec::LognormalMedian { median: median?, sigma: sigma? }),
        [false, false, true, true] => Some(LawSpec::LognormalMean { mean: mean?, cv: cv? }),
        _ => {
            if !keys.has_unknown() {
                keys.desk.report(
                    "E0210",
                    keys.place(),
                    "a lognormal is written by two numbers that belong together".into(),
                    "write {median: 2 m, sigma: 0.5} or {mean: 2 m, cv: 0.5}",
                );
            }
            None
        }
    }
}

fn empirical(map: &Section<'_>) -> LawSpec {
    let items = map.items("empirical");
    LawSpec::Empirical { quantiles: items.iter().map(|item| (item.share("p"), item.span("time"))).collect() }
}

/// Parameters that contradict each other.
fn judge(map: &Section<'_>, variant: &'static str, law: &LawSpec) {
    let wrong = match law {
        LawSpec::Uniform { from, to } if to < from => Some("\"to\" is before \"from\""),
        LawSpec::Triangular { low, mode, high } if !(low <= mode && mode <= high) => {
            Some("low, mode and high do not rise")
        }
        LawSpec::Empirical { quantiles } if !rises(quantiles) => {
            Some("the quantiles do not rise from p: 0 to p: 1")
        }
        LawSpec::Weibull { scale: mean, .. }
        | LawSpec::Exponential { mean }
        | LawSpec::Erlang { mean, .. }
        | LawSpec::Gamma { mean, .. }
        | LawSpec::LognormalMedian { median: mean, .. }
        | LawSpec::LognormalMean { mean, .. }
            if *mean == Span::ZERO =>
        {
            Some("the time is zero")
        }
        _ => None,
    };
    if let Some(wrong) = wrong {
        let row =
            crate::scenario::key::find(&format!("<law>.{variant}")).expect("a distribution of the table");
        let help = format!("write it like {{{variant}: {}}}", row.example);
        map.desk.report("E0308", map.place_of(variant), format!("{variant}: {wrong}"), help);
    }
}

fn rises(quantiles: &[(f64, Span)]) -> bool {
    2 <= quantiles.len()
        && quantiles.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1)
        && quantiles.first().is_some_and(|first| first.0 == 0.0)
        && quantiles.last().is_some_and(|last| last.0 == 1.0)
}

/// `{city: Hangzhou}` or `{lat: 30.29, lon: 120.16}`; a text alone is a city.
pub fn place(section: &Section<'_>, name: &str, country: Option<&str>) -> GeoPoint {
    let origin = GeoPoint::default();
    let Some((_, node)) = section.get(name) else { return origin };
    if let Value::Text(text) = &node.value {
        return point_of(section, name, text, country, node.place);
    }
    let keys = Section::open(section.desk, "<place>", node);
    let own = keys
        .has("country")
        .then(|| keys.word("country"))
        .flatten()
        .map(|word| super::demand::COUNTRIES[word]);
    let city = keys.maybe_text("city");
    let (lat, lon) = (keys.maybe_number("lat"), keys.maybe_number("lon"));
    match (city, keys.has("lat"), keys.has("lon")) {
        (Some(city), false, false) => point_of(section, name, &city, own.or(country), keys.place_of("city")),
        (None, true, true) => GeoPoint { lat: lat.unwrap_or(0.0), lon: lon.unwrap_or(0.0) },
        _ => {
            if !keys.has_unknown() && keys.is_map() {
                let message = "a place is a city, or a latitude and a longitude".to_string();
                section.desk.report(
                    "E0210",
                    keys.place(),
                    message,
                    "write {city: Hangzhou} or {lat: 30.29, lon: 120.16}",
                );
            }
            origin
        }
    }
}

fn point_of(
    section: &Section<'_>,
    name: &str,
    city: &str,
    country: Option<&str>,
    place: crate::scenario::source::Place,
) -> GeoPoint {
    match city_point(section.desk, city, country) {
        Ok(at) => at,
        Err((message, help)) => {
            section.desk.report("E0208", place, message, help);
            section.desk.mark_wrong(section.row_path(name));
            GeoPoint::default()
        }
    }
}

/// The point of a city, or what to tell about it.
pub fn city_point(desk: &Desk, name: &str, country: Option<&str>) -> Result<GeoPoint, (String, String)> {
    let said = crate::scenario::unit::short(name);
    city::find(name, country).map(|city| city.at).ok_or_else(|| {
        let within = country.map_or("the embedded tables".into(), |country| format!("country \"{country}\""));
        let elsewhere =
            city::find(name, None).map(|city| format!("it is in \"{}\": add country", city.country));
        let near = || {
            let names = city::names(country);
            let near = (name.len() <= 64 && !desk.is_crowded())
                .then(|| crate::scenario::diagnostic::nearest(name, names))
                .flatten();
            near.map_or("write {lat: .., lon: ..} for a place of your own".into(), |near| {
                suggest(near, &[near])
            })
        };
        (format!("unknown city \"{said}\" in {within}"), elsewhere.unwrap_or_else(near))
    })
}
