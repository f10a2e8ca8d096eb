//! Places in a file to zones of the scenario: by name, by city, by ZIP code.

use crate::domain::ZoneId;
use crate::scenario::spec::Zone;

use super::names::{Numbers, key};

/// The longest place that is looked up.
const LONGEST: usize = 96;

#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Zone names in lower case; for `Springfield, IL` also `springfield`, if no larger zone has it.
    by_name: Numbers,
    zone_of: Vec<ZoneId>,
    /// Digits of a ZIP code that name a zone, when all zones are named by digits.
    zip_digits: Option<usize>,
}

impl Places {
    pub fn new(zones: &[Zone]) -> Places {
        let mut places = Places { zip_digits: zip_digits(zones), ..Places::default() };
        for (index, zone) in zones.iter().enumerate() {
            places.name(&zone.name, ZoneId(index as u16));
        }
        for (index, zone) in zones.iter().enumerate() {
            if let Some((city, _)) = zone.name.split_once(',') {
                places.name(city, ZoneId(index as u16));
            }
        }
        places
    }

    fn name(&mut self, name: &str, zone: ZoneId) {
        let mut lower = [0; LONGEST];
        let Some(lower) = lower_case(name.trim().as_bytes(), &mut lower) else { return };
        if self.by_name.number(key(lower)) as usize == self.zone_of.len() {
            self.zone_of.push(zone);
        }
    }

    /// The zone of a place as a file writes it; `None` when no zone has that name.
    pub fn find(&self, place: &[u8]) -> Option<ZoneId> {
        let mut lower = [0; LONGEST];
        let lower = lower_case(place, &mut lower)?;
        let city = || lower.split(|&letter| letter == b',').next().map(<[u8]>::trim_ascii);
        self.named(lower).or_else(|| self.zip(lower)).or_else(|| self.named(city()?))
    }

    fn named(&self, lower: &[u8]) -> Option<ZoneId> {
        self.by_name.find(key(lower)).map(|number| self.zone_of[number as usize])
    }

    /// `02139`, `02139-4307`, or `2139` after a spreadsheet has eaten the zero.
    fn zip(&self, place: &[u8]) -> Option<ZoneId> {
        let digits = self.zip_digits?;
        let place = place.split(|&letter| letter == b'-').next()?;
        if !(3..=5).contains(&place.len()) || !place.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mut zip = [b'0'; 5];
        zip[5 - place.len()..].copy_from_slice(place);
        self.named(&zip[..digits])
    }
}

fn zip_digits(zones: &[Zone]) -> Option<usize> {
    let digits = zones.first()?.name.len();
    let by_digits = |zone: &Zone| zone.name.len() == digits && zone.name.bytes().all(|b| b.is_ascii_digit());
    ((1..=5).contains(&digits) && zones.iter().all(by_digits)).then_some(digits)
}

fn lower_case<'b>(name: &[u8], buffer: &'b mut [u8; LONGEST]) -> Option<&'b [u8]> {
    let lower = buffer.get_mut(..name.len())?;
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    Some(lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(zones: &[&str], place: &str, expect: Option<u16>) {
        let zone = |name: &&str| Zone { name: name.to_string(), at: Default::default(), weight: 1.0 };
        let zones: Vec<Zone> = zones.iter().map(zone).collect();
        assert_eq!(Places::new(&zones).find(place.as_bytes()), expect.map(ZoneId), "{place}");
    }

    #[test]
    fn places_find_their_zone() {
        let cities = ["Springfield, IL", "Berlin", "Springfield, MA", "Łódź"];
        check(&cities, "berlin", Some(1));
        check(&cities, "BERLIN, DE", Some(1));
        check(&cities, "Springfield, MA", Some(2));
        check(&cities, "springfield", Some(0));
        check(&cities, "Łódź", Some(3));
        check(&cities, "United Kingdom", None);
        check(&cities, "", None);
        check(&cities, &"x".repeat(1_000), None);
        let zips = ["021", "100", "000"];
        check(&zips, "02139", Some(0));
        check(&zips, "2139", Some(0));
        check(&zips, "10001-1234", Some(1));
        check(&zips, "100", Some(1));
        check(&zips, "99999", None);
        check(&["Berlin", "021"], "02139", None);
    }
}
