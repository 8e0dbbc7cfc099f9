//! An office where Ada has signed in, and what she does there with plain links and forms.

use std::ops::Deref;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use testkit::TestDb;

use crate::office::{Office, Seen};

/// The office with Ada in it.
pub struct House {
    office: Office,
    cookie: String,
}

impl Deref for House {
    type Target = Office;

    fn deref(&self) -> &Office {
        &self.office
    }
}

/// An answer.
pub struct Heard {
    pub status: StatusCode,
    pub location: String,
    pub text: String,
}

impl From<Seen> for Heard {
    fn from(seen: Seen) -> Heard {
        let location = seen.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap());
        Heard { status: seen.status, location: location.to_owned(), text: seen.text() }
    }
}

impl Heard {
    /// A page without holes that says all of this.
    #[track_caller]
    pub fn says(&self, words: &[&str]) -> &Heard {
        assert!(!self.text.contains('⟦'), "a text is missing: {}", self.text);
        for word in words {
            assert!(self.text.contains(word), "no {word:?} in {} {}", self.status, self.text);
        }
        self
    }

    /// The value of the first field of this name.
    #[track_caller]
    pub fn field(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\"");
        let tag = self.text.split('<').find(|tag| tag.contains(&mark));
        let value = tag.and_then(|tag| tag.split("value=\"").nth(1)?.split('"').next());
        value.unwrap_or_else(|| panic!("no field {name} in {}", self.text)).to_owned()
    }
}

impl House {
    pub async fn open(db: TestDb) -> House {
        let (office, cookie) = Office::with_ada(db).await;
        House { office, cookie }
    }

    /// Ada looks at a page.
    pub async fn sees(&self, path: &str) -> Heard {
        self.office.see(&self.cookie, path).await.into()
    }

    /// Ada's browser puts a part into the page that is open.
    pub async fn sees_part(&self, path: &str) -> Heard {
        let request = Request::get(path).header("hx-request", "true").header(header::COOKIE, &self.cookie);
        self.office.ask(request.body(Body::empty()).unwrap()).await.into()
    }

    /// Ada sends a form.
    pub async fn sends(&self, path: &str, fields: &[(&str, &str)]) -> Heard {
        let fields: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", console::href::encode(value))).collect();
        self.office.send(&self.cookie, path, &fields.join("&")).await.into()
    }

    /// Ada sends a form from a drawer.
    pub async fn sends_part(&self, path: &str, fields: &[(&str, &str)]) -> Heard {
        let fields: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", console::href::encode(value))).collect();
        let request = Request::post(path)
            .header("hx-request", "true")
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.office.ask(request.body(Body::from(fields.join("&"))).unwrap()).await.into()
    }

    /// Ada sends a file with the fields of its form.
    pub async fn uploads(&self, path: &str, fields: &[(&str, &str)], name: &str, file: &str) -> Heard {
        let mut body = String::new();
        for (field, value) in fields {
            body.push_str(&format!(
                "--line\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"
            ));
        }
        body.push_str(&format!(
            "--line\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             content-type: text/csv\r\n\r\n{file}\r\n--line--\r\n"
        ));
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=line")
            .header(header::COOKIE, &self.cookie);
        self.office.ask(request.body(Body::from(body)).unwrap()).await.into()
    }
}
