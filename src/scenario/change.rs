//! A value in relation to the one that stands there: `--set 'nodes.*.pickers*=1.2'`, `--set review.reviewers+=5`.

use super::key::Kind;
use super::unit::quantity;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Times,
    Plus,
}

impl Change {
    /// The path without its sign. A star that is a whole step means every item.
    pub fn of(path: &str) -> (&str, Option<Change>) {
        let last = path.rsplit('.').next().unwrap_or(path);
        let sign = match last.as_bytes() {
            [_, .., b'*'] => Some(Change::Times),
            [_, .., b'+'] => Some(Change::Plus),
            _ => None,
        };
        (if sign.is_some() { &path[..path.len() - 1] } else { path }, sign)
    }

    /// The new text, in the unit of the old one; people and SKUs stay whole, money keeps its cents.
    /// On an error, what is wrong and what works.
    pub fn apply(self, kind: Kind, old: Option<&str>, by: Option<&str>) -> Result<String, (String, String)> {
        let one = |text: &str| {
            quantity(text).filter(|(_, _, rest)| rest.trim().is_empty()).map(|(n, u, _)| (n, u.to_owned()))
        };
        let said = match self {
            Change::Times => "multiplied",
            Change::Plus => "added to",
        };
        let is_number = !matches!(
            kind,
            Kind::Text
                | Kind::File
                | Kind::Word(_)
                | Kind::Name(_)
                | Kind::Flag
                | Kind::LocalTime
                | Kind::TimeOfDay
        );
        let Some((number, unit)) = old.filter(|_| is_number).and_then(one) else {
            let old =
                old.map_or("what stands there".to_owned(), |old| format!("\"{}\"", super::unit::short(old)));
            return Err((
                format!("{old} cannot be {said}"),
                "give the value itself, with = alone".to_owned(),
            ));
        };
        let Some((by, its_unit)) = by.and_then(one) else {
            return Err((
                format!("{unit} needs a number beside it").trim_start().to_owned(),
                "write a number, as in *=1.2 or +=5".to_owned(),
            ));
        };
        let fits = its_unit.is_empty() || self == Change::Plus && its_unit == unit;
        if !fits {
            let help = if unit.is_empty() {
                "write it without a unit".to_owned()
            } else {
                format!("write it without a unit; it is in \"{unit}\"")
            };
            return Err((format!("\"{its_unit}\" does not fit \"{}\"", old.unwrap_or_default()), help));
        }
        let changed = match self {
            Change::Times => number * by,
            Change::Plus => number + by,
        };
        let text = match kind {
            Kind::Integer => format!("{}", libm::round(changed)),
            Kind::Money => format!("{}", libm::round(changed * 100.0) / 100.0),
            _ => format!("{changed}"),
        };
        let gap = if unit.starts_with(char::is_alphabetic) { " " } else { "" };
        Ok(format!("{text}{gap}{unit}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_at_the_end_is_no_part_of_the_path() {
        assert_eq!(Change::of("nodes.*.pickers*"), ("nodes.*.pickers", Some(Change::Times)));
        assert_eq!(Change::of("review.reviewers+"), ("review.reviewers", Some(Change::Plus)));
        assert_eq!(Change::of("nodes.*"), ("nodes.*", None));
        assert_eq!(Change::of("*"), ("*", None));
    }

    #[test]
    fn values_keep_their_unit_and_their_grain() {
        let done = |change: Change, kind, old, by| change.apply(kind, Some(old), Some(by)).unwrap();
        assert_eq!(done(Change::Times, Kind::Integer, "35", "1.1"), "39");
        assert_eq!(done(Change::Plus, Kind::Integer, "35", "-5"), "30");
        assert_eq!(done(Change::Times, Kind::Span, "90 s", "0.5"), "45 s");
        assert_eq!(done(Change::Plus, Kind::Span, "4 h", "2 h"), "6 h");
        assert_eq!(done(Change::Times, Kind::Rate, "120/h", "2"), "240/h");
        assert_eq!(done(Change::Plus, Kind::Share, "90%", "5"), "95%");
        assert_eq!(done(Change::Times, Kind::Money, "1.25", "1.01"), "1.26");
    }

    #[test]
    fn what_is_no_number_is_not_changed() {
        let refused = |kind, old, by| Change::Times.apply(kind, old, Some(by)).unwrap_err().0;
        assert_eq!(refused(Kind::Text, Some("12"), "2"), "\"12\" cannot be multiplied");
        assert_eq!(refused(Kind::Law, None, "2"), "what stands there cannot be multiplied");
        assert_eq!(refused(Kind::Span, Some("4 h"), "2 h"), "\"h\" does not fit \"4 h\"");
        assert_eq!(refused(Kind::Span, Some("1 h 30 m"), "2"), "\"1 h 30 m\" cannot be multiplied");
    }
}
