//! Where things are. The towns are real; streets, houses and postal codes within them are made up.

use kernel::{Address, Place};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::chance::one_of;

/// A town.
#[derive(Debug, Clone, Copy)]
pub struct City {
    /// Three or four letters, one of a kind here.
    pub code: &'static str,
    /// As a map in English has it.
    pub name: &'static str,
    /// As its people write it.
    pub local_name: &'static str,
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    latitude: f64,
    longitude: f64,
    /// The IANA name of its clock.
    pub time_zone: &'static str,
    /// How its postal codes look: `#` is any digit, `@` any letter.
    postal: &'static str,
}

impl City {
    /// Its middle.
    pub fn place(&self) -> Place {
        Place::from_degrees(self.latitude, self.longitude).expect("the table has places on earth only")
    }

    /// A place in or near the town, up to some kilometres from its middle.
    fn place_nearby(&self, dice: &mut ChaCha8Rng) -> Place {
        let mut off = || dice.random_range(-0.08..0.08);
        let (north, east) = (off(), off());
        Place::from_degrees(self.latitude + north, self.longitude + east)
            .expect("no town of the table is at a pole or at the date line")
    }

    /// A house in the town.
    pub fn address(&self, name: &str, dice: &mut ChaCha8Rng) -> Address {
        let street = one_of(dice, streets(self.country));
        let number = dice.random_range(1..=148);
        let line1 = match self.country {
            "FR" | "LU" => format!("{number} {street}"),
            _ => format!("{street} {number}"),
        };
        let postal_code = self
            .postal
            .chars()
            .map(|mark| match mark {
                '#' => char::from(b'0' + dice.random_range(0..10)),
                '@' => char::from(b'A' + dice.random_range(0..26)),
                mark => mark,
            })
            .collect();
        Address {
            name: name.to_owned(),
            line1,
            line2: String::new(),
            postal_code,
            city: self.local_name.to_owned(),
            region: String::new(),
            country: self.country.to_owned(),
            phone: String::new(),
            place: Some(self.place_nearby(dice)),
        }
    }
}

/// Ordinary names for streets, in the language of the country.
fn streets(country: &str) -> &'static [&'static str] {
    match country {
        "NL" | "BE" => &["Lindelaan", "Molenweg", "Kerkstraat", "Beukenhof", "Havendijk"],
        "DE" | "AT" => &["Ahornweg", "Gartenstraße", "Mühlgasse", "Am Bahnhof", "Rosenweg"],
        "DK" => &["Birkevej", "Engvænget", "Møllegade", "Østergade"],
        "SE" => &["Björkgatan", "Skolvägen", "Ängsvägen", "Hamngatan"],
        "FR" | "LU" => &["rue des Tilleuls", "avenue de l’Église", "rue du Moulin", "allée des Chênes"],
        "ES" => &["Calle del Olivo", "Calle Mayor", "Paseo de la Peña", "Calle de la Fuente"],
        "PT" => &["Rua das Flores", "Rua da Fonte", "Travessa do Pinhão"],
        "IT" => &["Via dei Tigli", "Via Garibaldi", "Via della Libertà", "Vicolo Lungo"],
        "CZ" | "SK" => &["Lipová", "Školní", "Zahradní", "Nádražní", "Květná"],
        "PL" => &["ul. Lipowa", "ul. Źródlana", "ul. Młyńska", "ul. Słoneczna", "ul. Łąkowa"],
        "HU" => &["Fő utca", "Kossuth utca", "Rózsa utca", "Petőfi utca"],
        "RO" => &["Strada Teilor", "Strada Morii", "Strada Școlii", "Strada Lungă"],
        "BG" => &["ул. Здравец", "ул. Тинтява", "бул. България", "ул. Люляк", "ул. Шипка"],
        "GR" => &["Οδός Ελιάς", "Λεωφόρος Νίκης", "Οδός Αθηνάς"],
        _ => &["Main Street"],
    }
}

/// Six towns with a regional centre.
pub const CENTRES: [City; 6] = [
    city("VEN", "Venlo", "Venlo", "NL", 51.3704, 6.1724, "Europe/Amsterdam", "591# @@"),
    city("LEI", "Leipzig", "Leipzig", "DE", 51.3397, 12.3731, "Europe/Berlin", "041##"),
    city("LYO", "Lyon", "Lyon", "FR", 45.7640, 4.8357, "Europe/Paris", "690##"),
    city("PIA", "Piacenza", "Piacenza", "IT", 45.0526, 9.6930, "Europe/Rome", "2912#"),
    city("LOD", "Łódź", "Łódź", "PL", 51.7592, 19.4560, "Europe/Warsaw", "9#-###"),
    city("SOF", "Sofia", "София", "BG", 42.6977, 23.3219, "Europe/Sofia", "1###"),
];

/// Forty towns with a store.
pub const STORES: [City; 40] = [
    city("AMS", "Amsterdam", "Amsterdam", "NL", 52.3676, 4.9041, "Europe/Amsterdam", "10## @@"),
    city("ROT", "Rotterdam", "Rotterdam", "NL", 51.9244, 4.4777, "Europe/Amsterdam", "30## @@"),
    city("UTR", "Utrecht", "Utrecht", "NL", 52.0907, 5.1214, "Europe/Amsterdam", "35## @@"),
    city("EIN", "Eindhoven", "Eindhoven", "NL", 51.4416, 5.4697, "Europe/Amsterdam", "56## @@"),
    city("ANT", "Antwerp", "Antwerpen", "BE", 51.2194, 4.4025, "Europe/Brussels", "20##"),
    city("GNT", "Ghent", "Gent", "BE", 51.0543, 3.7174, "Europe/Brussels", "90##"),
    city("BRU", "Brussels", "Brussel", "BE", 50.8503, 4.3517, "Europe/Brussels", "10##"),
    city("BER", "Berlin", "Berlin", "DE", 52.5200, 13.4050, "Europe/Berlin", "10###"),
    city("HAM", "Hamburg", "Hamburg", "DE", 53.5511, 9.9937, "Europe/Berlin", "20###"),
    city("MUC", "Munich", "München", "DE", 48.1351, 11.5820, "Europe/Berlin", "80###"),
    city("FRA", "Frankfurt", "Frankfurt am Main", "DE", 50.1109, 8.6821, "Europe/Berlin", "60###"),
    city("DRE", "Dresden", "Dresden", "DE", 51.0504, 13.7373, "Europe/Berlin", "01###"),
    city("CPH", "Copenhagen", "København", "DK", 55.6761, 12.5683, "Europe/Copenhagen", "2###"),
    city("GOT", "Gothenburg", "Göteborg", "SE", 57.7089, 11.9746, "Europe/Stockholm", "41# ##"),
    city("PAR", "Paris", "Paris", "FR", 48.8566, 2.3522, "Europe/Paris", "750##"),
    city("LIL", "Lille", "Lille", "FR", 50.6292, 3.0573, "Europe/Paris", "590##"),
    city("STR", "Strasbourg", "Strasbourg", "FR", 48.5734, 7.7521, "Europe/Paris", "670##"),
    city("MRS", "Marseille", "Marseille", "FR", 43.2965, 5.3698, "Europe/Paris", "130##"),
    city("BOD", "Bordeaux", "Bordeaux", "FR", 44.8378, -0.5792, "Europe/Paris", "330##"),
    city("BCN", "Barcelona", "Barcelona", "ES", 41.3874, 2.1686, "Europe/Madrid", "080##"),
    city("VLC", "Valencia", "València", "ES", 39.4699, -0.3763, "Europe/Madrid", "460##"),
    city("MAD", "Madrid", "Madrid", "ES", 40.4168, -3.7038, "Europe/Madrid", "280##"),
    city("OPO", "Porto", "Porto", "PT", 41.1579, -8.6291, "Europe/Lisbon", "4###-###"),
    city("MIL", "Milan", "Milano", "IT", 45.4642, 9.1900, "Europe/Rome", "201##"),
    city("TRN", "Turin", "Torino", "IT", 45.0703, 7.6869, "Europe/Rome", "101##"),
    city("BLQ", "Bologna", "Bologna", "IT", 44.4949, 11.3426, "Europe/Rome", "401##"),
    city("ROM", "Rome", "Roma", "IT", 41.9028, 12.4964, "Europe/Rome", "001##"),
    city("VIE", "Vienna", "Wien", "AT", 48.2082, 16.3738, "Europe/Vienna", "1##0"),
    city("PRG", "Prague", "Praha", "CZ", 50.0755, 14.4378, "Europe/Prague", "1## 00"),
    city("BRQ", "Brno", "Brno", "CZ", 49.1951, 16.6068, "Europe/Prague", "6## 00"),
    city("BTS", "Bratislava", "Bratislava", "SK", 48.1486, 17.1077, "Europe/Bratislava", "8## 0#"),
    city("WAW", "Warsaw", "Warszawa", "PL", 52.2297, 21.0122, "Europe/Warsaw", "0#-###"),
    city("KRK", "Kraków", "Kraków", "PL", 50.0647, 19.9450, "Europe/Warsaw", "3#-###"),
    city("WRO", "Wrocław", "Wrocław", "PL", 51.1079, 17.0385, "Europe/Warsaw", "5#-###"),
    city("BUD", "Budapest", "Budapest", "HU", 47.4979, 19.0402, "Europe/Budapest", "1###"),
    city("BUC", "Bucharest", "București", "RO", 44.4268, 26.1025, "Europe/Bucharest", "0#####"),
    city("CLJ", "Cluj-Napoca", "Cluj-Napoca", "RO", 46.7712, 23.6236, "Europe/Bucharest", "400###"),
    city("PDV", "Plovdiv", "Пловдив", "BG", 42.1354, 24.7453, "Europe/Sofia", "40##"),
    city("VAR", "Varna", "Варна", "BG", 43.2141, 27.9147, "Europe/Sofia", "90##"),
    city("SKG", "Thessaloniki", "Θεσσαλονίκη", "GR", 40.6401, 22.9444, "Europe/Athens", "54# ##"),
];

/// Towns with customers only.
pub const OTHERS: [City; 8] = [
    city("LUX", "Luxembourg", "Luxembourg", "LU", 49.6116, 6.1319, "Europe/Luxembourg", "1###"),
    city("AAR", "Aarhus", "Aarhus", "DK", 56.1629, 10.2039, "Europe/Copenhagen", "8###"),
    city("MMX", "Malmö", "Malmö", "SE", 55.6050, 13.0038, "Europe/Stockholm", "21# ##"),
    city("CGN", "Cologne", "Köln", "DE", 50.9375, 6.9603, "Europe/Berlin", "50###"),
    city("NTE", "Nantes", "Nantes", "FR", 47.2184, -1.5536, "Europe/Paris", "440##"),
    city("GRZ", "Graz", "Graz", "AT", 47.0707, 15.4395, "Europe/Vienna", "80##"),
    city("BOJ", "Burgas", "Бургас", "BG", 42.5048, 27.4626, "Europe/Sofia", "80##"),
    city("GDN", "Gdańsk", "Gdańsk", "PL", 54.3520, 18.6466, "Europe/Warsaw", "80-###"),
];

#[expect(clippy::too_many_arguments, reason = "one row of the table above")]
const fn city(
    code: &'static str,
    name: &'static str,
    local_name: &'static str,
    country: &'static str,
    latitude: f64,
    longitude: f64,
    time_zone: &'static str,
    postal: &'static str,
) -> City {
    City { code, name, local_name, country, latitude, longitude, time_zone, postal }
}
