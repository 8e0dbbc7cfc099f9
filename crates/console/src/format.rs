//! Numbers, money, weights and times the way each language writes them (after CLDR).

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use kernel::{Money, Timestamp};

use crate::i18n::{Language, Texts};

/// A plain value or a reference to one, however deep: what a template has at hand.
pub trait Value<T> {
    /// The value.
    fn value(&self) -> T;
}

impl<T, V: Value<T>> Value<T> for &V {
    fn value(&self) -> T {
        (**self).value()
    }
}

impl Value<i64> for i64 {
    fn value(&self) -> i64 {
        *self
    }
}

impl Value<Money> for Money {
    fn value(&self) -> Money {
        *self
    }
}

impl Value<Timestamp> for Timestamp {
    fn value(&self) -> Timestamp {
        *self
    }
}

impl Value<Date> for Date {
    fn value(&self) -> Date {
        *self
    }
}

const NO_BREAK: char = '\u{a0}';

/// A whole number with its thousands grouped.
pub fn number(language: Language, value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let sign = if value < 0 { "−" } else { "" };
    format!("{sign}{}", group(language, &digits))
}

fn group(language: Language, digits: &str) -> String {
    let (separator, shortest) = match language {
        Language::En | Language::ZhHant => (',', 4),
        Language::Id => ('.', 4),
        Language::Ru => (NO_BREAK, 4),
        Language::Bg => (NO_BREAK, 5), // Bulgarian leaves four digits together.
    };
    if digits.len() < shortest {
        return digits.to_owned();
    }
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

fn decimal_mark(language: Language) -> char {
    match language {
        Language::En | Language::ZhHant => '.',
        Language::Ru | Language::Id | Language::Bg => ',',
    }
}

const MONTHS_EN: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTHS_RU: [&str; 12] =
    ["янв.", "февр.", "мар.", "апр.", "мая", "июн.", "июл.", "авг.", "сент.", "окт.", "нояб.", "дек."];
const MONTHS_ID: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"];
const MONTHS_BG: [&str; 12] =
    ["яну", "фев", "март", "апр", "май", "юни", "юли", "авг", "септ", "окт", "ное", "дек"];

const DAYS_EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const DAYS_RU: [&str; 7] = ["пн", "вт", "ср", "чт", "пт", "сб", "вс"];
const DAYS_ID: [&str; 7] = ["Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"];
const DAYS_BG: [&str; 7] = ["пн", "вт", "ср", "чт", "пт", "сб", "нд"];
const DAYS_ZH: [&str; 7] = ["週一", "週二", "週三", "週四", "週五", "週六", "週日"];

fn clock(language: Language, at: DateTime) -> String {
    let mark = if language == Language::Id { '.' } else { ':' };
    format!("{:02}{mark}{:02}", at.hour(), at.minute())
}

fn day(language: Language, date: Date) -> String {
    let (day, month) = (date.day(), date.month());
    let name = usize::from(month.unsigned_abs() - 1);
    match language {
        Language::En => format!("{day}{NO_BREAK}{}", MONTHS_EN[name]),
        Language::Ru => format!("{day}{NO_BREAK}{}", MONTHS_RU[name]),
        Language::Id => format!("{day}{NO_BREAK}{}", MONTHS_ID[name]),
        Language::Bg => format!("{day}{NO_BREAK}{}", MONTHS_BG[name]),
        Language::ZhHant => format!("{month}月{day}日"),
    }
}

fn day_of_year(language: Language, date: Date) -> String {
    let (day, year) = (day(language, date), date.year());
    match language {
        Language::En | Language::Id => format!("{day}{NO_BREAK}{year}"),
        Language::Ru | Language::Bg => format!("{day}{NO_BREAK}{year}{NO_BREAK}г."),
        Language::ZhHant => format!("{year}年{day}"),
    }
}

impl Texts {
    /// A whole number with its thousands grouped.
    pub fn number(&self, value: impl Value<i64>) -> String {
        number(self.language, value.value())
    }

    /// A number that was counted up to a thousand: what is more is many.
    pub fn tally(&self, value: impl Value<i64>) -> String {
        let value = value.value();
        if value >= 1000 { format!("{}+", number(self.language, 999)) } else { number(self.language, value) }
    }

    /// A number small enough for a badge; nothing for none.
    pub fn badge(&self, value: impl Value<i64>) -> String {
        match value.value() {
            0 => String::new(),
            value if value >= 100 => "99+".to_owned(),
            value => number(self.language, value),
        }
    }

    /// An amount with its currency's code: exact, never rounded, and never guessing what `$` means.
    pub fn money(&self, money: impl Value<Money>) -> String {
        let money = money.value();
        let decimal = money.to_decimal();
        let (sign, digits) = match decimal.strip_prefix('-') {
            Some(digits) => ("−", digits),
            None => ("", decimal.as_str()),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let mut amount = format!("{sign}{}", group(self.language, whole));
        if !part.is_empty() {
            amount.push(decimal_mark(self.language));
            amount.push_str(part);
        }
        match self.language {
            Language::En | Language::Id | Language::ZhHant => {
                format!("{}{NO_BREAK}{amount}", money.currency)
            }
            Language::Ru | Language::Bg => format!("{amount}{NO_BREAK}{}", money.currency),
        }
    }

    /// A weight: grams below a kilogram, else kilograms with no more decimals than it has.
    pub fn weight(&self, grams: impl Value<i64>) -> String {
        let grams = grams.value();
        if grams < 1000 {
            return self.count("weight-grams", grams);
        }
        let mut text = group(self.language, &(grams / 1000).to_string());
        let part = format!("{:03}", grams % 1000);
        let part = part.trim_end_matches('0');
        if !part.is_empty() {
            text.push(decimal_mark(self.language));
            text.push_str(part);
        }
        self.fill("weight-kilograms", "amount", text)
    }

    /// Day and time of day, without the year: for rows of recent things.
    pub fn moment(&self, at: impl Value<Timestamp>) -> String {
        let at = at.value().to_zoned(self.zone.clone()).datetime();
        let (day, clock) = (day(self.language, at.date()), clock(self.language, at));
        match self.language {
            Language::ZhHant => format!("{day} {clock}"),
            _ => format!("{day}, {clock}"),
        }
    }

    /// The moment with its year and zone: what a pointer resting on a short time shows.
    pub fn moment_in_full(&self, at: impl Value<Timestamp>) -> String {
        let zoned = at.value().to_zoned(self.zone.clone());
        let at = zoned.datetime();
        let day = day_of_year(self.language, at.date());
        let short = zoned.strftime("%Z").to_string();
        let place = zoned.time_zone().iana_name().filter(|place| *place != short);
        let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
        format!("{day}, {} {short}{place}", clock(self.language, at))
    }

    /// The time of day only.
    pub fn time_of_day(&self, at: impl Value<Timestamp>) -> String {
        clock(self.language, at.value().to_zoned(self.zone.clone()).datetime())
    }

    /// A date people plan with: the day of the week, the day, the month.
    pub fn date(&self, date: impl Value<Date>) -> String {
        let date = date.value();
        let weekday = date.weekday().to_monday_zero_offset();
        let weekday = usize::from(weekday.unsigned_abs());
        let day = day(self.language, date);
        match self.language {
            Language::En => format!("{} {day}", DAYS_EN[weekday]),
            Language::Ru => format!("{}, {day}", DAYS_RU[weekday]),
            Language::Id => format!("{}, {day}", DAYS_ID[weekday]),
            Language::Bg => format!("{}, {day}", DAYS_BG[weekday]),
            Language::ZhHant => format!("{day}（{}）", DAYS_ZH[weekday]),
        }
    }

    /// How far `at` lies from `now`, in the largest unit that says enough: "in 3 h", "12 min ago".
    pub fn distance(&self, at: impl Value<Timestamp>, now: impl Value<Timestamp>) -> String {
        let ahead: SignedDuration = at.value().duration_since(now.value());
        let minutes = ahead.as_mins().abs();
        let is_past = ahead.is_negative();
        match (minutes, is_past) {
            (0, _) => self.text("time-now"),
            (1..=59, true) => self.count("time-minutes-ago", minutes),
            (1..=59, false) => self.count("time-in-minutes", minutes),
            (60..=2879, true) => self.count("time-hours-ago", minutes / 60),
            (60..=2879, false) => self.count("time-in-hours", minutes / 60),
            (_, true) => self.count("time-days-ago", minutes / 1440),
            (_, false) => self.count("time-in-days", minutes / 1440),
        }
    }
}

/// The instant for machines, in `<time datetime>`.
pub fn iso(at: impl Value<Timestamp>) -> String {
    format!("{:.0}", at.value())
}

/// The instant for a form of ours that sends it back, to the microsecond.
pub fn iso_exact(at: impl Value<Timestamp>) -> String {
    kernel::time::to_text(at.value())
}

#[cfg(test)]
mod tests {
    use jiff::tz::{TimeZone, offset};
    use kernel::Currency;

    use super::*;

    fn texts(language: Language) -> Texts {
        Texts::new(language, TimeZone::fixed(offset(2)))
    }

    fn in_all(write: impl Fn(&Texts) -> String) -> [String; 5] {
        Language::ALL.map(|language| write(&texts(language)))
    }

    #[test]
    fn numbers_are_grouped_as_each_language_does() {
        let shown = in_all(|t| t.number(-1_234_567));
        assert_eq!(
            shown,
            ["−1,234,567", "−1\u{a0}234\u{a0}567", "−1.234.567", "−1\u{a0}234\u{a0}567", "−1,234,567"]
        );
        assert_eq!(
            in_all(|t| t.number(4321)),
            ["4,321", "4\u{a0}321", "4.321", "4321", "4,321"].map(str::to_owned)
        );
        assert_eq!(number(Language::En, i64::MIN), "−9,223,372,036,854,775,808");
    }

    #[test]
    fn money_keeps_every_minor_unit() {
        let price = Money::new(-1_234_505, Currency::EUR);
        assert_eq!(
            in_all(|t| t.money(price)),
            [
                "EUR\u{a0}−12,345.05",
                "−12\u{a0}345,05\u{a0}EUR",
                "EUR\u{a0}−12.345,05",
                "−12\u{a0}345,05\u{a0}EUR",
                "EUR\u{a0}−12,345.05"
            ]
            .map(str::to_owned)
        );
        let rupiah = Money::new(150_000, Currency::parse("JPY").unwrap());
        assert_eq!(texts(Language::Id).money(rupiah), "JPY\u{a0}150.000");
    }

    #[test]
    fn a_weight_is_exact_in_grams_or_kilograms() {
        let t = texts(Language::En);
        assert_eq!(t.weight(850), "850\u{a0}g");
        assert_eq!(t.weight(1_000), "1\u{a0}kg");
        assert_eq!(t.weight(12_340), "12.34\u{a0}kg");
        assert_eq!(texts(Language::Bg).weight(1_005), "1,005\u{a0}кг");
    }

    #[test]
    fn times_are_read_in_the_zone_of_the_page() {
        let at: Timestamp = "2026-11-22T21:05:00Z".parse().unwrap();
        assert_eq!(
            in_all(|t| t.moment(at)),
            [
                "22\u{a0}Nov, 23:05",
                "22\u{a0}нояб., 23:05",
                "22\u{a0}Nov, 23.05",
                "22\u{a0}ное, 23:05",
                "11月22日 23:05"
            ]
            .map(str::to_owned)
        );
        let date: Date = "2026-12-03".parse().unwrap();
        assert_eq!(texts(Language::ZhHant).date(date), "12月3日（週四）");
        assert_eq!(texts(Language::Ru).date(date), "чт, 3\u{a0}дек.");
    }

    #[test]
    fn distances_in_time_use_the_largest_telling_unit() {
        let t = texts(Language::En);
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        for (at, text) in [
            ("2026-11-22T12:00:20Z", "now"),
            ("2026-11-22T11:48:00Z", "12\u{a0}min ago"),
            ("2026-11-22T15:10:00Z", "in 3\u{a0}h"),
            ("2026-11-24T11:59:00Z", "in 47\u{a0}h"),
            ("2026-11-17T12:00:00Z", "5\u{a0}days ago"),
        ] {
            let at: Timestamp = at.parse().unwrap();
            assert_eq!(t.distance(at, now), text);
        }
    }
}
