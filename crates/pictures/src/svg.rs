//! SVG, written anew from the elements that draw. What acts, fetches or links is not written; a document that declares
//! entities is refused. Whoever serves one says besides that nothing in it may run: see the console's policy.

use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::PictureError;

/// How deep elements may stand in one another.
const DEPTH_MOST: usize = 64;

const NAMESPACE: &str = "http://www.w3.org/2000/svg";

/// The elements that draw, or say how.
const DRAWS: &[&str] = &[
    "circle",
    "clipPath",
    "defs",
    "desc",
    "ellipse",
    "g",
    "line",
    "linearGradient",
    "marker",
    "mask",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "stop",
    "style",
    "svg",
    "symbol",
    "text",
    "title",
    "tspan",
    "use",
];

/// The same drawing as a document of our own.
pub(crate) fn rewrite(text: &str) -> Result<String, PictureError> {
    let damaged = |error: &dyn std::fmt::Display| PictureError::Damaged(error.to_string());
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut drawing = Drawing::default();
    loop {
        match reader.read_event().map_err(|error| damaged(&error))? {
            Event::Start(element) => drawing.open(&element)?,
            Event::Empty(element) => {
                drawing.open(&element)?;
                drawing.close();
            }
            Event::End(_) => drawing.close(),
            Event::Text(text) => drawing.say(&text),
            Event::CData(text) => drawing.say(&text),
            Event::GeneralRef(reference) => {
                let known = match reference.resolve_char_ref().map_err(|error| damaged(&error))? {
                    Some(letter) => letter,
                    None => entity(&reference).ok_or_else(|| damaged(&"it declares entities"))?,
                };
                drawing.say(&known.to_string());
            }
            Event::DocType(kind) if kind.contains('[') => return Err(damaged(&"it declares entities")),
            Event::Eof => return drawing.end(),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

/// The five letters that XML has names for.
fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

/// What is written so far, and where in the document we are.
#[derive(Default)]
struct Drawing {
    out: String,
    /// The elements that are open; of those that are not written, only that.
    open: Vec<Option<String>>,
    /// The words of a style sheet, whole: a part tells nothing about the rest.
    sheet: String,
    is_over: bool,
}

impl Drawing {
    fn open(&mut self, element: &BytesStart<'_>) -> Result<(), PictureError> {
        let name = element.name().0.to_owned();
        if self.open.len() == DEPTH_MOST {
            return Err(PictureError::TooLong);
        }
        if self.open.is_empty() && (name != "svg" || self.is_over) {
            return Err(PictureError::Unknown);
        }
        if self.is_hidden() || !DRAWS.contains(&name.as_str()) {
            self.open.push(None);
            return Ok(());
        }
        self.out.push('<');
        self.out.push_str(&name);
        if self.open.is_empty() {
            self.put("xmlns", NAMESPACE);
        }
        let mut has_link = false;
        for attribute in element.attributes() {
            let attribute = attribute.map_err(|error| PictureError::Damaged(error.to_string()))?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|error| PictureError::Damaged(error.to_string()))?;
            let name = attribute.key.0;
            match name {
                // To itself only, and once, under the name that is good today.
                "href" | "xlink:href" if has_link || !value.starts_with('#') => {}
                "href" | "xlink:href" => {
                    self.put("href", &value);
                    has_link = true;
                }
                _ if is_plain(name) && stays_here(&value) => self.put(name, &value),
                _ => {}
            }
        }
        self.out.push('>');
        self.open.push(Some(name));
        Ok(())
    }

    fn put(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        self.out.push_str(&escape(value));
        self.out.push('"');
    }

    fn say(&mut self, text: &str) {
        match self.open.last() {
            Some(Some(name)) if name == "style" => self.sheet.push_str(text),
            Some(Some(_)) => self.out.push_str(&escape(text)),
            _ => {}
        }
    }

    fn close(&mut self) {
        if let Some(Some(name)) = self.open.pop() {
            if name == "style" {
                let sheet = std::mem::take(&mut self.sheet);
                if stays_here(&sheet) && !sheet.contains('@') {
                    self.out.push_str(&escape(&sheet));
                }
            }
            self.out.push_str("</");
            self.out.push_str(&name);
            self.out.push('>');
        }
        self.is_over = self.open.is_empty();
    }

    fn is_hidden(&self) -> bool {
        self.open.last().is_some_and(Option::is_none)
    }

    fn end(self) -> Result<String, PictureError> {
        match (self.is_over, self.out.is_empty()) {
            (true, _) => Ok(self.out),
            (false, true) => Err(PictureError::Unknown),
            (false, false) => Err(PictureError::Damaged("it ends too early".to_owned())),
        }
    }
}

/// True for an attribute that draws: of no other vocabulary, and no handler.
fn is_plain(name: &str) -> bool {
    name != "xmlns"
        && !name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("on"))
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// True for words that name nothing outside the document. An escape of CSS could hide a name, so none may be there.
fn stays_here(value: &str) -> bool {
    let small = value.to_ascii_lowercase();
    let mut addresses = small.split("url(").skip(1).map(|rest| rest.trim_start_matches([' ', '"', '\'']));
    !small.contains('\\')
        && !["image(", "image-set(", "src(", "javascript:", "data:"].iter().any(|word| small.contains(word))
        && addresses.all(|address| address.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_stays_as_it_is() {
        let drawn = "<?xml version='1.0'?><!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'svg11.dtd'>\
             <!-- by hand --><svg xmlns='http://www.w3.org/2000/svg' xmlns:i='urn:i' i:note='x' viewBox='0 0 9 9'>\
             <style><![CDATA[ .a > path { fill: url(#g) } ]]></style><defs><linearGradient id='g'/></defs>\
             <g class='a' fill='url(#g)'><path d='M0 0h9'/></g><use xlink:href='#g'/><text>Tea &amp; &#67;o</text></svg>";
        let kept = rewrite(drawn).unwrap();
        assert_eq!(
            kept,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><style> .a &gt; path { fill: url(#g) } </style>\
             <defs><linearGradient id=\"g\"></linearGradient></defs><g class=\"a\" fill=\"url(#g)\"><path d=\"M0 0h9\"></path></g>\
             <use href=\"#g\"></use><text>Tea &amp; Co</text></svg>"
        );
        assert_eq!(rewrite(&kept).unwrap(), kept, "it is at rest");
    }

    #[test]
    fn what_acts_fetches_or_links_is_not_written() {
        for hidden in [
            "<script>alert(1)</script>",
            "<g onload='alert(1)' ONCLICK='alert(1)'/>",
            "<a href='javascript:alert(1)'><path d='M0'/></a>",
            "<foreignObject><body onload='alert(1)'/></foreignObject>",
            "<image href='https://evil.example/x.png'/>",
            "<use href='https://evil.example/x.svg#a'/>",
            "<rect fill='url(https://evil.example/a)'/>",
            "<rect fill='url( &quot;//evil.example/a&quot;)'/>",
            "<rect style='background: u\\72l(//evil.example)'/>",
            "<style>@import 'https://evil.example/a.css';</style>",
            "<style>a{b:url(//evil.example)}</style>",
            "<style>a{b:u</style><style>rl(//evil.example)}@x</style>",
            "<set attributeName='href' to='javascript:alert(1)'/>",
            "<animate attributeName='href' values='javascript:alert(1)'/>",
            "<SCRIPT>alert(1)</SCRIPT>",
            "<svg:script xmlns:svg='http://www.w3.org/2000/svg'>alert(1)</svg:script>",
            "<?xml-stylesheet href='https://evil.example/a.css'?>",
            "<metadata><script>alert(1)</script><rect onload='alert(1)'/></metadata>",
        ] {
            let kept = rewrite(&format!("<svg viewBox='0 0 1 1'>{hidden}</svg>")).unwrap();
            for word in ["alert", "evil", "script", "import"] {
                assert!(!kept.to_lowercase().contains(word), "{hidden}: {kept}");
            }
        }
        let words = rewrite("<svg><text>&lt;script&gt;</text></svg>").unwrap();
        assert!(words.contains("<text>&lt;script&gt;</text>"), "words stay words: {words}");
    }

    #[test]
    fn a_document_that_is_none_is_refused() {
        for text in [
            "",
            "tea",
            "<html><svg/></html>",
            "<svg><g></svg>",
            "<svg>",
            "<svg/><svg/>",
            "<svg a='1' a='2'/>",
        ] {
            assert!(rewrite(text).is_err(), "{text}");
        }
        let laughs = "<!DOCTYPE svg [<!ENTITY a 'ha'>]><svg><text>&a;&a;</text></svg>";
        assert!(matches!(rewrite(laughs), Err(PictureError::Damaged(_))));
        assert!(matches!(rewrite("<svg><text>&a;</text></svg>"), Err(PictureError::Damaged(_))));
        let deep = format!("<svg>{}{}</svg>", "<g>".repeat(70), "</g>".repeat(70));
        assert_eq!(rewrite(&deep), Err(PictureError::TooLong));
    }
}
