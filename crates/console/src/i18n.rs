//! The five languages of every page, from Fluent files that are part of the binary.
//!
//! A template says `{{ t.text("orders-title") }}`; a test proves that each key exists in all languages, with the
//! same variables and the plural forms its language needs, and that no key is unused.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::tz::TimeZone;
use unic_langid::LanguageIdentifier;

use crate::format::{self, Value};

/// A language the pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Language {
    /// English, British spelling.
    #[default]
    En,
    /// Russian.
    Ru,
    /// Indonesian.
    Id,
    /// Bulgarian.
    Bg,
    /// Chinese in traditional characters.
    ZhHant,
}

impl Language {
    /// All of them, in the order the switch shows them.
    pub const ALL: [Language; 5] = [Language::En, Language::Ru, Language::Id, Language::Bg, Language::ZhHant];

    /// The BCP 47 tag, as in `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Ru => "ru",
            Language::Id => "id",
            Language::Bg => "bg",
            Language::ZhHant => "zh-Hant",
        }
    }

    /// Its name in itself, so that its readers find it on a page they cannot read.
    pub fn endonym(self) -> &'static str {
        match self {
            Language::En => "English",
            Language::Ru => "Русский",
            Language::Id => "Bahasa Indonesia",
            Language::Bg => "Български",
            Language::ZhHant => "繁體中文",
        }
    }

    /// The language a tag asks for. Any Chinese reads the traditional pages, the only Chinese ones there are;
    /// `in` is what old Android devices call Indonesian.
    pub fn parse(tag: &str) -> Option<Language> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        match primary.as_str() {
            "en" => Some(Language::En),
            "ru" => Some(Language::Ru),
            "id" | "in" => Some(Language::Id),
            "bg" => Some(Language::Bg),
            "zh" => Some(Language::ZhHant),
            _ => None,
        }
    }

    /// The best of an `Accept-Language` header: highest weight first, and at equal weight the first named.
    pub fn negotiate(accept_language: &str) -> Option<Language> {
        let mut best: Option<(u32, Language)> = None;
        for wish in accept_language.split(',').take(32) {
            let (tag, weight) = wish.split_once(';').unwrap_or((wish, ""));
            let weight = thousandths(weight);
            let Some(language) = Language::parse(tag.trim()) else { continue };
            if weight > 0 && best.is_none_or(|(highest, _)| weight > highest) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }

    fn source(self) -> &'static str {
        match self {
            Language::En => include_str!("../locales/en.ftl"),
            Language::Ru => include_str!("../locales/ru.ftl"),
            Language::Id => include_str!("../locales/id.ftl"),
            Language::Bg => include_str!("../locales/bg.ftl"),
            Language::ZhHant => include_str!("../locales/zh-Hant.ftl"),
        }
    }

    /// Numbers inside messages are grouped the way the language groups them. Fluent takes plain functions here,
    /// so there is one for each way of grouping.
    fn formatter<M>(self) -> fn(&FluentValue, &M) -> Option<String> {
        fn grouped(value: &FluentValue, language: Language) -> Option<String> {
            match value {
                // Whole numbers only are ever given, and those a double holds exactly up to 2^53.
                FluentValue::Number(number) => Some(format::number(language, number.value as i64)),
                _ => None,
            }
        }
        match self {
            Language::En => |value, _| grouped(value, Language::En),
            Language::Ru => |value, _| grouped(value, Language::Ru),
            Language::Id => |value, _| grouped(value, Language::Id),
            Language::Bg => |value, _| grouped(value, Language::Bg),
            Language::ZhHant => |value, _| grouped(value, Language::ZhHant),
        }
    }
}

/// `q=0.8` as 800; no weight is the full one, an unreadable one none.
fn thousandths(parameter: &str) -> u32 {
    let parameter = parameter.trim();
    if parameter.is_empty() {
        return 1000;
    }
    let Some(number) = parameter.strip_prefix("q=") else { return 0 };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let part = format!("{part:0<3}");
    match (whole.parse::<u32>(), part.get(..3).map(str::parse::<u32>)) {
        (Ok(whole), Some(Ok(part))) => whole * 1000 + part,
        _ => 0,
    }
}

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<[Bundle; 5]> = LazyLock::new(|| Language::ALL.map(bundle));

fn bundle(language: Language) -> Bundle {
    let id: LanguageIdentifier = language.tag().parse().expect("our own tags are well formed");
    let resource = FluentResource::try_new(language.source().to_owned())
        .map_err(|(_, errors)| errors)
        .expect("a test reads every file of messages");
    let mut bundle = Bundle::new_concurrent(vec![id]);
    bundle.set_use_isolating(false); // All five are written from left to right.
    bundle.set_formatter(Some(language.formatter()));
    bundle.add_resource(resource).expect("a test finds repeated keys");
    bundle
}

/// How a page speaks to its reader: the language, and the zone in which clocks are read.
#[derive(Debug, Clone)]
pub struct Texts {
    /// The language of every text.
    pub language: Language,
    /// The zone of every time of day.
    pub zone: TimeZone,
}

impl Texts {
    /// Texts in this language with clocks in this zone.
    pub fn new(language: Language, zone: TimeZone) -> Texts {
        Texts { language, zone }
    }

    /// A message without variables.
    pub fn text(&self, key: &str) -> String {
        self.message(key, None)
    }

    /// A message about a number: its variable is `$count`, which also chooses the plural form.
    pub fn count(&self, key: &str, count: impl Value<i64>) -> String {
        let mut args = FluentArgs::new();
        args.set("count", count.value());
        self.message(key, Some(&args))
    }

    /// A message with one variable.
    pub fn fill(&self, key: &str, name: &str, value: impl AsRef<str>) -> String {
        let mut args = FluentArgs::new();
        args.set(name, value.as_ref());
        self.message(key, Some(&args))
    }

    /// A message with two variables.
    pub fn fill2(
        &self,
        key: &str,
        (name, value): (&str, impl AsRef<str>),
        (other, second): (&str, impl AsRef<str>),
    ) -> String {
        let mut args = FluentArgs::new();
        args.set(name, value.as_ref());
        args.set(other, second.as_ref());
        self.message(key, Some(&args))
    }

    /// A message about part of a number: its variables are `$count` (the part) and `$total`, both numbers.
    pub fn part(&self, key: &str, count: impl Value<i64>, total: impl Value<i64>) -> String {
        let mut args = FluentArgs::new();
        args.set("count", count.value());
        args.set("total", total.value());
        self.message(key, Some(&args))
    }

    /// A missing key or variable shows as `⟦key⟧`, which the tests of every page refuse.
    fn message(&self, key: &str, args: Option<&FluentArgs>) -> String {
        let bundle = &BUNDLES[self.language as usize];
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return format!("⟦{key}⟧");
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, args, &mut errors).into_owned();
        if errors.is_empty() { text } else { format!("⟦{key}⟧") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_gets_the_language_the_browser_prefers() {
        for (header, language) in [
            ("ru-RU,ru;q=0.9,en;q=0.8", Some(Language::Ru)),
            ("de, bg;q=0.4, id;q=0.7", Some(Language::Id)),
            ("zh-TW", Some(Language::ZhHant)),
            ("en;q=0, bg;q=0.001", Some(Language::Bg)),
            ("de-DE,fr", None),
            ("", None),
            ("en;q=x", None),
        ] {
            assert_eq!(Language::negotiate(header), language, "{header}");
        }
    }

    #[test]
    fn each_language_is_found_by_its_own_tag_and_holds_its_own_place() {
        for (place, language) in Language::ALL.into_iter().enumerate() {
            assert_eq!(Language::parse(language.tag()), Some(language));
            assert_eq!(language as usize, place);
        }
    }

    #[test]
    fn russian_has_its_plural_forms_and_its_grouping() {
        let t = Texts::new(Language::Ru, TimeZone::UTC);
        assert_eq!(t.count("units", 1), "1 единица");
        assert_eq!(t.count("units", 3), "3 единицы");
        assert_eq!(t.count("units", 11), "11 единиц");
        assert_eq!(t.count("units", 12_345), "12\u{a0}345 единиц");
    }

    #[test]
    fn a_missing_text_is_seen() {
        let t = Texts::new(Language::En, TimeZone::UTC);
        assert_eq!(t.text("no-such-key"), "⟦no-such-key⟧");
        assert_eq!(t.text("units"), "⟦units⟧");
    }
}
