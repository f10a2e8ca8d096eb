//! Cities and ZIP codes: the embedded tables, so that a scenario with real places needs no file.
//!
//! Sources and licenses stand in `scenarios/data/README.md` (GeoNames, CC BY 4.0).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::spec::Zone;
use crate::domain::GeoPoint;

const TABLES: [(&str, &str); 4] = [
    ("cn", include_str!("../../scenarios/data/cities_cn.csv")),
    ("us", include_str!("../../scenarios/data/cities_us.csv")),
    ("br", include_str!("../../scenarios/data/cities_br.csv")),
    ("de", include_str!("../../scenarios/data/cities_de.csv")),
];
const US_ZIP: &str = include_str!("../../scenarios/data/us_zip_zones.csv");

/// The table nests districts in cities; a place so near to a larger one that was picked belongs to it.
const NEST_KM: f64 = 15.0;

#[derive(Debug, Clone)]
pub struct City {
    pub country: &'static str,
    pub name: &'static str,
    pub name_local: &'static str,
    /// State or province, as GeoNames codes it.
    pub admin: &'static str,
    pub at: GeoPoint,
    pub population: f64,
    /// By its name in the IANA database.
    pub time_zone: &'static str,
}

/// All cities, country by country, the most populous first.
pub fn all() -> &'static [City] {
    static ALL: OnceLock<Vec<City>> = OnceLock::new();
    ALL.get_or_init(|| {
        TABLES
            .iter()
            .flat_map(|(country, text)| text.lines().skip(1).map(|line| parse(country, line)))
            .collect()
    })
}

fn parse(country: &'static str, line: &'static str) -> City {
    let cells: Vec<&str> = line.split(',').collect();
    let [name, name_local, admin, lat, lon, population, time_zone] = cells[..] else {
        panic!("embedded city table {country}: seven cells expected in {line}")
    };
    let number =
        |cell: &str| cell.parse().unwrap_or_else(|_| panic!("embedded city table {country}: {line}"));
    City {
        country,
        name,
        name_local,
        admin,
        at: GeoPoint { lat: number(lat), lon: number(lon) },
        population: number(population),
        time_zone,
    }
}

/// The city of a name, the most populous where several share it; `"Springfield, IL"` names the state.
pub fn find(name: &str, country: Option<&str>) -> Option<&'static City> {
    let (plain_name, admin) = match name.split_once(',') {
        Some((city, admin)) => (plain(city), Some(admin.trim().to_lowercase())),
        None => (plain(name), None),
    };
    let index = index();
    let named = index.plain.get(&plain_name).into_iter().chain(index.local.get(name.trim()));
    named
        .flatten()
        .map(|&place| (place, &all()[place]))
        .filter(|(_, city)| country.is_none_or(|country| country == city.country))
        .filter(|(_, city)| admin.as_ref().is_none_or(|admin| *admin == city.admin.to_lowercase()))
        .max_by(|a, b| a.1.population.total_cmp(&b.1.population).then(a.0.cmp(&b.0)))
        .map(|(_, city)| city)
}

/// Where the cities of a name stand in `all`: a table may name a city in each of a million rows.
#[derive(Default)]
struct Index {
    plain: BTreeMap<String, Vec<usize>>,
    local: BTreeMap<&'static str, Vec<usize>>,
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index = Index::default();
        for (place, city) in all().iter().enumerate() {
            index.plain.entry(plain(city.name)).or_default().push(place);
            index.local.entry(city.name_local).or_default().push(place);
        }
        index
    })
}

/// The city that is nearest on a map whose degrees of longitude shrink with the latitude.
pub fn nearest(at: GeoPoint) -> &'static City {
    let shrinks = libm::cos(at.lat.to_radians());
    let apart = |city: &City| {
        let east = (city.at.lon - at.lon).abs();
        let (north, east) = (city.at.lat - at.lat, east.min(360.0 - east) * shrinks);
        north * north + east * east
    };
    all().iter().min_by(|a, b| apart(a).total_cmp(&apart(b))).expect("the tables have cities")
}

/// Names to suggest for one that is unknown.
pub fn names(country: Option<&str>) -> Vec<&'static str> {
    all()
        .iter()
        .filter(|city| country.is_none_or(|country| country == city.country))
        .map(|city| city.name)
        .collect()
}

/// Lower case without accents, as people type it.
fn plain(name: &str) -> String {
    let letter = |c: char| match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        '’' => '\'',
        c => c,
    };
    name.trim().to_lowercase().chars().map(letter).collect()
}

/// The most populous cities of a country, nested places left out; a name that is taken gets its state.
pub fn zones(country: &str, count: usize) -> Vec<Zone> {
    let mut zones: Vec<Zone> = Vec::new();
    for city in all().iter().filter(|city| city.country == country) {
        if count <= zones.len() {
            break;
        }
        if zones.iter().all(|zone| NEST_KM < zone.at.distance_km(city.at)) {
            let taken = zones.iter().any(|zone| zone.name == city.name);
            let name = if taken { format!("{}, {}", city.name, city.admin) } else { city.name.to_string() };
            let taken = zones.iter().any(|zone| zone.name == name);
            let name = if taken { format!("{name} ({})", zones.len() + 1) } else { name };
            zones.push(Zone { name, at: city.at, weight: city.population });
        }
    }
    zones
}

/// ZIP codes grouped by their first digits: the centroid and the sum of population.
pub fn zip_zones(digits: usize) -> Vec<Zone> {
    let mut groups: BTreeMap<&str, [f64; 3]> = BTreeMap::new();
    for line in US_ZIP.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [zip, lat, lon, population] = cells[..] else { panic!("embedded ZIP table: {line}") };
        let number =
            |cell: &str| cell.parse::<f64>().unwrap_or_else(|_| panic!("embedded ZIP table: {line}"));
        let people = number(population);
        let group = groups.entry(&zip[..digits.clamp(1, 5)]).or_default();
        group[0] += people;
        group[1] += people * number(lat);
        group[2] += people * number(lon);
    }
    let zone = |(name, [people, lat, lon]): (&str, [f64; 3])| Zone {
        name: name.to_string(),
        at: GeoPoint { lat: lat / people, lon: lon / people },
        weight: people,
    };
    groups.into_iter().map(zone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cities_are_found_as_people_type_them() {
        let found = |name: &str, country| find(name, country).map(|city| (city.country, city.admin));
        assert_eq!(found("hangzhou", None), Some(("cn", "02")));
        assert_eq!(found("Sao Paulo", None), Some(("br", "27")));
        assert_eq!(found("Springfield, IL", Some("us")), Some(("us", "IL")));
        assert_eq!(found("上海市", None), Some(("cn", "23")));
        assert_eq!(found("Hangzhou", Some("de")), None);
    }

    #[test]
    fn no_zone_is_nested_in_a_larger_one() {
        for country in ["cn", "us", "br", "de"] {
            let zones = zones(country, 60);
            assert_eq!(zones.len(), 60);
            for (index, zone) in zones.iter().enumerate() {
                assert!(zones[..index].iter().all(|z| NEST_KM < z.at.distance_km(zone.at)), "{}", zone.name);
                assert!(zones[..index].iter().all(|z| z.name != zone.name), "{}", zone.name);
            }
        }
    }

    #[test]
    fn zip_zones_hold_the_population_of_the_table() {
        let sum = |digits| zip_zones(digits).iter().map(|zone| zone.weight).sum::<f64>();
        assert_eq!(sum(1), sum(3));
        assert!((800..1_000).contains(&zip_zones(3).len()));
    }
}
