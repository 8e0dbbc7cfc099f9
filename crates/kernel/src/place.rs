//! Where things are on earth.

use serde::{Deserialize, Serialize};

/// A point in WGS84, in micro-degrees so that it compares and stores exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// North is positive, from -90,000,000 to 90,000,000.
    #[schema(minimum = -90_000_000, maximum = 90_000_000)]
    pub latitude_microdegrees: i64,
    /// East is positive, from -180,000,000 to 180,000,000.
    #[schema(minimum = -180_000_000, maximum = 180_000_000)]
    pub longitude_microdegrees: i64,
}

/// A pair of numbers that is no point on earth.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "latitude {latitude} and longitude {longitude} are no place on earth: from -90 to 90 and from -180 to 180"
)]
pub struct BadPlace {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

impl Place {
    /// From degrees.
    pub fn from_degrees(latitude: f64, longitude: f64) -> Result<Place, BadPlace> {
        if (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude) {
            Ok(Place {
                latitude_microdegrees: (latitude * 1e6).round() as i64,
                longitude_microdegrees: (longitude * 1e6).round() as i64,
            })
        } else {
            Err(BadPlace { latitude, longitude })
        }
    }

    /// Whether there is such a point: one that was read from JSON or from columns may be anywhere.
    pub fn is_on_earth(self) -> bool {
        (-90_000_000..=90_000_000).contains(&self.latitude_microdegrees)
            && (-180_000_000..=180_000_000).contains(&self.longitude_microdegrees)
    }

    /// Degrees north.
    pub fn latitude(self) -> f64 {
        self.latitude_microdegrees as f64 / 1e6
    }

    /// Degrees east.
    pub fn longitude(self) -> f64 {
        self.longitude_microdegrees as f64 / 1e6
    }

    /// Great-circle distance in whole metres (haversine on the mean radius of 6,371,008.8 m, IUGG).
    pub fn metres_to(self, other: Place) -> i64 {
        let (lat1, lat2) = (self.latitude().to_radians(), other.latitude().to_radians());
        let half_lat = (lat2 - lat1) / 2.0;
        let half_lon = (other.longitude() - self.longitude()).to_radians() / 2.0;
        let h = half_lat.sin().powi(2) + lat1.cos() * lat2.cos() * half_lon.sin().powi(2);
        (2.0 * 6_371_008.8 * h.sqrt().min(1.0).asin()).round() as i64
    }
}

/// Where to send a parcel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Who receives.
    #[serde(default)]
    pub name: String,
    /// Street and number.
    #[serde(default)]
    pub line1: String,
    /// Flat, floor, company.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub line2: String,
    /// Postal code.
    #[serde(default)]
    pub postal_code: String,
    /// Town.
    #[serde(default)]
    pub city: String,
    /// State or province.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// ISO 3166-1 alpha-2.
    #[schema(pattern = "^[A-Z]{2}$", example = "BG")]
    pub country: String,
    /// For the driver.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// Where that is, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_poles_and_the_date_line_are_on_earth_and_nothing_beyond() {
        let is_on_earth = |latitude_microdegrees, longitude_microdegrees| {
            Place { latitude_microdegrees, longitude_microdegrees }.is_on_earth()
        };
        assert!(is_on_earth(90_000_000, -180_000_000) && is_on_earth(-90_000_000, 180_000_000));
        for beyond in [-90_000_001, 90_000_001, i64::MIN, i64::MAX] {
            assert!(!is_on_earth(beyond, 0), "{beyond}");
        }
        for beyond in [-180_000_001, 180_000_001, i64::MIN, i64::MAX] {
            assert!(!is_on_earth(0, beyond), "{beyond}");
        }
    }

    #[test]
    fn sofia_to_london_is_about_two_thousand_kilometres() {
        let sofia = Place::from_degrees(42.6977, 23.3219).unwrap();
        let london = Place::from_degrees(51.5074, -0.1278).unwrap();
        let km = sofia.metres_to(london) / 1000;
        assert!((2010..2030).contains(&km), "{km}");
        assert_eq!(sofia.metres_to(sofia), 0);
        assert!(Place::from_degrees(91.0, 0.0).is_err());
        assert!(Place::from_degrees(f64::NAN, 0.0).is_err());
    }
}
