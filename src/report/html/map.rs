//! The flow map: parcels from fulfillment centers to zones, on the faint land of the region.
//!
//! # Why land and no borders
//! A reader needs to know the coast from the sea; which line is whose is not a report's business.

use super::draw::{Anchor, Frame, Ink, Sheet, chart, text_width};
use crate::report::document::{NetworkFacts, PlaceRow};
use crate::report::say;

/// Natural Earth 1:110m by way of world-atlas; its first lines name source and license.
const OUTLINE: &str = include_str!("outline.txt");
const UNITS_PER_DEGREE: f64 = 20.0;
const FLOWS_SHOWN: usize = 120;
const ZONES_NAMED: usize = 8;

/// Empty when no place is known.
pub fn map(network: &NetworkFacts) -> String {
    if network.nodes.is_empty() && network.zones.is_empty() {
        return String::new();
    }
    let mut flows: Vec<_> = network.flows.iter().filter(|flow| 0 < flow.parcels_count).collect();
    flows.sort_by(|a, b| {
        b.parcels_count.cmp(&a.parcels_count).then_with(|| (&a.from, &a.to).cmp(&(&b.from, &b.to)))
    });
    let told: Vec<String> = flows
        .iter()
        .take(5)
        .map(|flow| format!("{} to {} {}", flow.from, flow.to, say::count(flow.parcels_count as f64)))
        .collect();
    let alternative = format!(
        "Map of {} nodes and {} zones. Largest flows, in parcels: {}.",
        network.nodes.len(),
        network.zones.len(),
        told.join("; ")
    );
    chart(&alternative, |frame| {
        let view = View::around(network, frame);
        let mut sheet = Sheet::new(frame, view.height);
        land(&mut sheet, &view);
        let largest = flows.first().map_or(1, |flow| flow.parcels_count) as f64;
        for flow in flows.iter().take(FLOWS_SHOWN).rev() {
            let from = network.nodes.iter().find(|place| place.name == flow.from);
            let to = network.zones.iter().find(|place| place.name == flow.to);
            if let (Some(from), Some(to)) = (from, to) {
                let share = (flow.parcels_count as f64 / largest).sqrt();
                let arc = arc(view.place(from), view.place(to));
                sheet.faint_line(&arc, Ink::Accent, 0.5 + 5.0 * share, 0.15 + 0.35 * share);
            }
        }
        places(&mut sheet, &view, network);
        sheet
    })
}

fn land(sheet: &mut Sheet, view: &View) {
    for ring in rings() {
        let on_page: Vec<_> = ring.iter().map(|&(lon, lat)| view.point(lon, lat)).collect();
        let inside = clip(&on_page, sheet.width, sheet.height);
        if 3 <= inside.len() {
            sheet.fill(&inside, Ink::Land, 1.0);
            // Closes the hair-lines between neighbors.
            let outline: Vec<_> = inside.iter().chain(&inside[..1]).copied().collect();
            sheet.line(&outline, Ink::Land, 0.75);
        }
    }
}

fn places(sheet: &mut Sheet, view: &View, network: &NetworkFacts) {
    let around = |place: &PlaceRow| {
        let (x, y) = view.place(place);
        [x - 6.0, y - 6.0, x + 6.0, y + 6.0]
    };
    let mut taken: Vec<[f64; 4]> = network.nodes.iter().map(around).collect();
    let largest = network.zones.iter().map(|zone| zone.count).max().unwrap_or(1).max(1) as f64;
    for zone in &network.zones {
        sheet.circle(view.place(zone), 1.5 + 3.0 * (zone.count as f64 / largest).sqrt(), Ink::Muted);
    }
    let is_center = |place: &&PlaceRow| place.kind == "fulfillment-center";
    for hub in network.nodes.iter().filter(|place| !is_center(place)) {
        let (x, y) = view.place(hub);
        sheet.rect((x - 4.0, y - 4.0), (x + 4.0, y + 4.0), Ink::Paper, 1.0);
        sheet.line(
            &[
                (x - 4.0, y - 4.0),
                (x + 4.0, y - 4.0),
                (x + 4.0, y + 4.0),
                (x - 4.0, y + 4.0),
                (x - 4.0, y - 4.0),
            ],
            Ink::Second,
            1.5,
        );
    }
    for center in network.nodes.iter().filter(is_center) {
        let at = view.place(center);
        sheet.circle(at, 7.0, Ink::Paper);
        sheet.circle(at, 5.5, Ink::Accent);
    }
    for center in network.nodes.iter().filter(is_center) {
        name(sheet, view.place(center), &center.name, Ink::Text, true, &mut taken);
    }
    let mut zones: Vec<&PlaceRow> = network.zones.iter().collect();
    zones.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    let known = |zone: &&&PlaceRow| {
        !network.nodes.iter().filter(is_center).any(|node| node.name.eq_ignore_ascii_case(&zone.name))
    };
    for zone in zones.iter().filter(known).take(ZONES_NAMED) {
        name(sheet, view.place(zone), &zone.name, Ink::Muted, false, &mut taken);
    }
}

/// Names a place on the first side where nothing is named yet; not at all when there is none.
fn name(sheet: &mut Sheet, at: (f64, f64), said: &str, ink: Ink, bold: bool, taken: &mut Vec<[f64; 4]>) {
    let width = text_width(said) * if bold { 1.08 } else { 1.0 };
    let sides = [
        (Anchor::Start, (at.0 + 10.0, at.1)),
        (Anchor::End, (at.0 - 10.0, at.1)),
        (Anchor::Middle, (at.0, at.1 - 15.0)),
        (Anchor::Middle, (at.0, at.1 + 15.0)),
    ];
    for (anchor, (x, y)) in sides {
        let left = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        };
        let space = [left, y - 8.0, left + width, y + 8.0];
        let on_page =
            0.0 <= space[0] && space[2] <= sheet.width && 0.0 <= space[1] && space[3] <= sheet.height;
        let free = |other: &[f64; 4]| {
            space[2] < other[0] || other[2] < space[0] || space[3] < other[1] || other[3] < space[1]
        };
        if on_page && taken.iter().all(free) {
            taken.push(space);
            return if bold {
                sheet.bold((x, y), anchor, ink, said)
            } else {
                sheet.text((x, y), anchor, ink, said)
            };
        }
    }
}

/// An equirectangular view whose scale is true at its middle latitude.
struct View {
    west: f64,
    north: f64,
    pixels_per_degree: f64,
    squeeze: f64,
    height: f64,
}

impl View {
    fn around(network: &NetworkFacts, frame: Frame) -> View {
        let all = || network.nodes.iter().chain(&network.zones);
        let range = |of: fn(&PlaceRow) -> f64| {
            all().map(of).fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(x), high.max(x)))
        };
        let ((south, north), (west, east)) = (range(|place| place.lat), range(|place| place.lon));
        let (middle_lat, middle_lon) = ((south + north) / 2.0, (west + east) / 2.0);
        let squeeze = libm::cos(middle_lat.to_radians()).max(0.1);
        // Room for names at the edges, and some land to know the place by.
        let wide = ((east - west) * squeeze * 1.18).max(1.5);
        let high = ((north - south) * 1.22).max(1.0);
        let height = (frame.width * high / wide).clamp(frame.width * 0.45, frame.width * 0.9).min(560.0);
        let pixels_per_degree = (frame.width / wide).min(height / high);
        View {
            west: middle_lon - frame.width / pixels_per_degree / squeeze / 2.0,
            north: middle_lat + height / pixels_per_degree / 2.0,
            pixels_per_degree,
            squeeze,
            height,
        }
    }

    fn place(&self, place: &PlaceRow) -> (f64, f64) {
        self.point(place.lon, place.lat)
    }

    fn point(&self, lon: f64, lat: f64) -> (f64, f64) {
        (
            (lon - self.west) * self.squeeze * self.pixels_per_degree,
            (self.north - lat) * self.pixels_per_degree,
        )
    }
}

/// A curve that bends to its left, so that there and back are two lines.
fn arc(from: (f64, f64), to: (f64, f64)) -> Vec<(f64, f64)> {
    let bend =
        ((from.0 + to.0) / 2.0 + 0.16 * (to.1 - from.1), (from.1 + to.1) / 2.0 - 0.16 * (to.0 - from.0));
    let at = |t: f64| {
        let mix = |a: f64, b: f64, c: f64| a * (1.0 - t) * (1.0 - t) + 2.0 * b * t * (1.0 - t) + c * t * t;
        (mix(from.0, bend.0, to.0), mix(from.1, bend.1, to.1))
    };
    (0..=14).map(|step| at(f64::from(step) / 14.0)).collect()
}

/// Outer rings of land as (longitude, latitude).
fn rings() -> impl Iterator<Item = Vec<(f64, f64)>> {
    OUTLINE.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let mut here = (0i32, 0i32);
        let step = |pair: &str| {
            let (lon, lat) = pair.split_once(' ').expect("the embedded outline has pairs");
            let whole = |text: &str| text.parse::<i32>().expect("the embedded outline has whole numbers");
            here = (here.0 + whole(lon), here.1 + whole(lat));
            (f64::from(here.0) / UNITS_PER_DEGREE, f64::from(here.1) / UNITS_PER_DEGREE)
        };
        line.split(',').map(step).collect()
    })
}

/// The part of a polygon on the page. Ivan Sutherland and Gary Hodgman, "Reentrant Polygon Clipping" (1974): cut by
/// one edge of the page after the other.
fn clip(polygon: &[(f64, f64)], width: f64, height: f64) -> Vec<(f64, f64)> {
    // How far a point lies inside each edge.
    type Inside = fn((f64, f64), f64, f64) -> f64;
    let edges: [Inside; 4] =
        [|p, _, _| p.0, |p, width, _| width - p.0, |p, _, _| p.1, |p, _, height| height - p.1];
    let mut kept = polygon.to_vec();
    for inside in edges {
        let whole = std::mem::take(&mut kept);
        for (index, &point) in whole.iter().enumerate() {
            let before = whole[(index + whole.len() - 1) % whole.len()];
            let (a, b) = (inside(before, width, height), inside(point, width, height));
            if (a < 0.0) != (b < 0.0) {
                let t = a / (a - b);
                kept.push((before.0 + (point.0 - before.0) * t, before.1 + (point.1 - before.1) * t));
            }
            if 0.0 <= b {
                kept.push(point);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outline_is_the_whole_world() {
        let points: Vec<_> = rings().flatten().collect();
        assert!(5_000 < points.len());
        assert!(
            points.iter().all(|&(lon, lat)| (-180.0..=180.0).contains(&lon) && (-60.0..=84.0).contains(&lat))
        );
    }

    #[test]
    fn a_polygon_is_cut_at_the_edge_of_the_page() {
        let cut = clip(&[(-10.0, 5.0), (5.0, 5.0), (5.0, 15.0), (-10.0, 15.0)], 10.0, 10.0);
        let area = |p: &[(f64, f64)]| {
            let next = p.iter().cycle().skip(1);
            (p.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>() / 2.0).abs()
        };
        assert_eq!(area(&cut), 25.0);
        assert!(clip(&[(-10.0, 5.0), (-5.0, 5.0), (-5.0, 15.0)], 10.0, 10.0).is_empty());
    }
}
