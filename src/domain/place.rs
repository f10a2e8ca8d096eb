//! Places: points on the globe and what stands there.

use serde::{Deserialize, Serialize};

/// Degrees north and east (WGS 84).
#[derive(Debug, Default, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GeoPoint {
    pub lat: f64,
    pub lon: f64,
}

impl GeoPoint {
    /// Great-circle distance in kilometers by the haversine formula, mean Earth radius 6,371.0088 km
    /// (IUGG). Symmetric; zero to itself.
    pub fn distance_km(self, other: GeoPoint) -> f64 {
        let half_chord = |a: f64, b: f64| libm::pow(libm::sin((a - b).to_radians() / 2.0), 2.0);
        let h = half_chord(self.lat, other.lat)
            + libm::cos(self.lat.to_radians())
                * libm::cos(other.lat.to_radians())
                * half_chord(self.lon, other.lon);
        2.0 * 6_371.008_8 * libm::asin(libm::sqrt(h.min(1.0)))
    }
}

/// What a node of the network does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeKind {
    /// Holds stock; picks, packs and ships.
    FulfillmentCenter,
    /// Sorts parcels between lanes; the last mile starts here.
    Hub,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shanghai_to_beijing_is_about_1067_km() {
        let shanghai = GeoPoint { lat: 31.22222, lon: 121.45806 };
        let beijing = GeoPoint { lat: 39.9075, lon: 116.39723 };
        assert!((shanghai.distance_km(beijing) - 1_067.0).abs() < 5.0);
        assert_eq!(shanghai.distance_km(shanghai), 0.0);
    }
}
