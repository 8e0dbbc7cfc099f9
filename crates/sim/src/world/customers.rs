//! People who buy. Given and family names are common ones put together by chance; nobody in particular is meant.

use kernel::Address;
use rand::RngExt;

use super::cities::{CENTRES, City, OTHERS, STORES};
use crate::chance::{dice, happens, one_of};

/// How many people there are.
pub const CUSTOMERS: u32 = 5_000;

/// Somebody who buys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Their name.
    pub name: String,
    /// Where to write; the domain is one that can have no mailbox (RFC 2606).
    pub email: String,
    /// Where to send.
    pub address: Address,
}

/// The customer with a number below [`CUSTOMERS`]: always the same one.
pub fn customer(seed: u64, number: u32) -> Customer {
    let mut dice = dice(seed, &format!("customer {number}"));
    let towns = CENTRES.len() + STORES.len() + OTHERS.len();
    let town = town(dice.random_range(0..towns));
    // One in eight has moved there from elsewhere, and keeps the name in the letters it is written in.
    let names = if happens(&mut dice, 125) { one_of(&mut dice, &FROM_ELSEWHERE) } else { of(town.country) };
    let (given, family) = (one_of(&mut dice, names.given), one_of(&mut dice, names.family));
    let name = match names.order {
        Order::GivenFirst => format!("{given} {family}"),
        Order::FamilyFirst => format!("{family} {given}"),
        Order::FamilyFirstUnspaced => format!("{family}{given}"),
    };
    let address = town.address(&name, &mut dice);
    Customer { name, email: format!("customer{number:05}@mail.example"), address }
}

fn town(place: usize) -> &'static City {
    CENTRES.iter().chain(&STORES).chain(&OTHERS).nth(place).expect("the place is below the number of towns")
}

#[derive(Debug, Clone, Copy)]
enum Order {
    GivenFirst,
    FamilyFirst,
    FamilyFirstUnspaced,
}

#[derive(Debug)]
struct Names {
    given: &'static [&'static str],
    family: &'static [&'static str],
    order: Order,
}

const fn names(given: &'static [&'static str], family: &'static [&'static str]) -> Names {
    Names { given, family, order: Order::GivenFirst }
}

static DUTCH: Names = names(
    &["Sanne", "Daan", "Femke", "Joost", "Lieke", "Thijs", "Noor", "Bram"],
    &["de Vries", "Jansen", "van der Linden", "Peeters", "Bakker", "Claes", "Visser"],
);
static GERMAN: Names = names(
    &["Anneliese", "Jürgen", "Käthe", "Moritz", "Lena", "Björn", "Sören", "Greta"],
    &["Müller", "Schröder", "Weiß", "Köhler", "Bauer", "Lindner", "Groß"],
);
static NORDIC: Names = names(
    &["Åsa", "Søren", "Freja", "Lærke", "Göran", "Maja", "Øyvind", "Signe"],
    &["Nørgaard", "Sjöberg", "Kjær", "Lindström", "Østergaard", "Åkesson"],
);
static FRENCH: Names = names(
    &["Chloé", "Françoise", "Hélène", "Noël", "Jérôme", "Maëlle", "Théo", "Inès"],
    &["Lefèvre", "Garçon", "Bénard", "Dupuis", "L’Hermitte", "Gauthier", "Moreau"],
);
static IBERIAN: Names = names(
    &["Íñigo", "Begoña", "João", "Conceição", "Martín", "Núria", "Ramón", "Inês"],
    &["Muñoz", "Peña", "Gonçalves", "García Ibáñez", "Simões", "Vázquez", "Ordóñez"],
);
static ITALIAN: Names = names(
    &["Niccolò", "Chiara", "Giosuè", "Beatrice", "Matteo", "Francesca", "Ilaria"],
    &["D’Angelo", "Ricci", "De Luca", "Ferrari", "Colombo", "Mazzà"],
);
static CZECH: Names = names(
    &["Jiří", "Zdeněk", "Božena", "Šárka", "Ľubica", "Tomáš", "Růžena"],
    &["Dvořák", "Šťastný", "Kovář", "Novotný", "Hruška", "Černý"],
);
static POLISH: Names = names(
    &["Małgorzata", "Paweł", "Łukasz", "Bożena", "Wojciech", "Zofia", "Święcisława"],
    &["Wójcik", "Kowalczyk", "Jabłoński", "Śliwa", "Żak", "Dąbek"],
);
static HUNGARIAN: Names = Names {
    given: &["László", "Zsófia", "Ákos", "Győző", "Réka", "Eszter"],
    family: &["Szűcs", "Kovács", "Tóth", "Fehér", "Őri", "Vörös"],
    order: Order::FamilyFirst,
};
static ROMANIAN: Names = names(
    &["Ștefan", "Ioana", "Mădălina", "Răzvan", "Andreea", "Costel"],
    &["Țurcanu", "Popa", "Munteanu", "Bălan", "Șerban", "Ionescu"],
);
static BULGARIAN: Names = names(
    &["Иван", "Десислава", "Георги", "Цветелина", "Йордан", "Мария", "Щерю"],
    &["Иванова", "Тодоров", "Николов", "Димитрова", "Желязкова", "Ангелов"],
);
static GREEK: Names = names(
    &["Ελένη", "Γιώργος", "Άννα", "Νίκος", "Χρύσα", "Ιωάννης"],
    &["Παπαδάκη", "Ιωάννου", "Αντωνίου", "Βλάχος", "Καρρά"],
);
static FROM_ELSEWHERE: [Names; 5] = [
    Names {
        given: &["小红", "伟", "芳", "建国", "雅婷", "明"],
        family: &["王", "陳", "李", "張", "欧阳", "林"],
        order: Order::FamilyFirstUnspaced,
    },
    names(&["Олена", "Сергій", "Юрій", "Наталія"], &["Шевчук", "Коваленко", "Гнатюк"]),
    names(&["Gökçe", "İbrahim", "Ayşe", "Çağrı"], &["Yılmaz", "Şahin", "Öztürk"]),
    names(&["Thị Hằng", "Văn Đức", "Quỳnh"], &["Nguyễn", "Phạm", "Trần"]),
    names(&["Siti", "Budi", "Putri", "Agung"], &["Wijaya", "Santoso", "Hartono"]),
];

fn of(country: &str) -> &'static Names {
    match country {
        "NL" | "BE" => &DUTCH,
        "DE" | "AT" => &GERMAN,
        "DK" | "SE" => &NORDIC,
        "FR" | "LU" => &FRENCH,
        "ES" | "PT" => &IBERIAN,
        "IT" => &ITALIAN,
        "CZ" | "SK" => &CZECH,
        "PL" => &POLISH,
        "HU" => &HUNGARIAN,
        "RO" => &ROMANIAN,
        "BG" => &BULGARIAN,
        _ => &GREEK,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_customer_is_the_same_one_each_time_and_another_in_another_world() {
        assert_eq!(customer(1, 42), customer(1, 42));
        assert_ne!(customer(1, 42), customer(2, 42));
    }

    #[test]
    fn customers_write_their_names_in_several_alphabets() {
        let names: String = (0..CUSTOMERS).map(|number| customer(1, number).name).collect();
        let letters: BTreeSet<char> = names.chars().collect();
        for letter in ['ř', 'Ж', '陳', 'ß', 'Ş', 'λ', 'ễ'] {
            assert!(letters.contains(&letter), "{letter}");
        }
    }
}
