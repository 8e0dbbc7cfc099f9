//! A company at work, and somebody with a browser who looks at it.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::{Extension, Router, middleware};
use console::Console;
use http_body_util::BodyExt;
use outbound::Courier;
use people::{Assignment, Attempts, Journeys, NewStaff, Role, Secret};
use runtime::Call;
use stories::Story;
use testkit::TestDb;
use tower::ServiceExt;
use web::Access;

pub const EMAIL: &str = "ada@shop.example";
pub const PASSWORD: &str = "correct horse battery";

/// A company whose pages can be asked for.
pub struct Office {
    pub shop: Story,
    router: Router,
}

/// What the browser got.
pub struct Seen {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// Where the browser is sent.
    #[track_caller]
    pub fn goes_to(&self) -> &str {
        assert!(self.status.is_redirection(), "{} {}", self.status, self.text());
        self.headers[header::LOCATION].to_str().unwrap()
    }

    /// A page without holes that says all this.
    #[track_caller]
    pub fn says(&self, words: &[&str]) {
        let text = self.text();
        assert!(!text.contains('⟦'), "a text is missing: {text}");
        for word in words {
            assert!(text.contains(word), "{} without `{word}`: {text}", self.status);
        }
    }

    #[track_caller]
    pub fn does_not_say(&self, words: &[&str]) {
        let text = self.text();
        for word in words {
            assert!(!text.contains(word), "`{word}` in {text}");
        }
    }

    /// The key that the page's form carries.
    #[track_caller]
    pub fn command(&self) -> String {
        let text = self.text();
        let (_, rest) = text.split_once("name=\"command\" value=\"").expect("a form with a key");
        rest.split('"').next().unwrap().to_owned()
    }
}

impl Office {
    pub async fn open(db: TestDb) -> Office {
        Office::with_courier(db, Courier::default()).await
    }

    /// The same with a courier who goes so far to identity providers.
    pub async fn with_courier(db: TestDb, courier: Courier) -> Office {
        let shop = Story::open(db).await;
        let mut console = Console::new(shop.flows.clone(), shop.organisation.clone(), Attempts::default());
        console.journeys = Journeys::by(courier);
        let reach = Extension(flows::reach::reach(&shop.runtime));
        let identify =
            middleware::from_fn_with_state(people::Doorkeeper::of(&shop.runtime), people::identify);
        let routes = console::routes(console)
            .merge(console::open_routes())
            .wrap(|router| router.layer(reach).layer(identify));
        Office { router: web::layers(routes.into_router()), shop }
    }

    /// Opens it, with Ada on the staff and tea for sale; gives her cookie.
    pub async fn with_ada(db: TestDb) -> (Office, String) {
        Office::open(db).await.staffed().await
    }

    /// The same for an office that is open.
    pub async fn staffed(self) -> (Office, String) {
        let office = self;
        let ada = NewStaff {
            email: EMAIL.into(),
            name: "Ada".into(),
            password: Secret::new(PASSWORD),
            language: "en".into(),
        };
        let owner = vec![Assignment::everywhere(Role::Owner)];
        people::enrol(&office.shop.runtime, Call::by("test"), &Access::full(), ada, owner).await.unwrap();
        office.shop.sells("TEA").await;
        let cookie = office.comes_in().await;
        (office, cookie)
    }

    /// Ada signs in; gives her cookie.
    pub async fn comes_in(&self) -> String {
        let entered = self.sign_in(PASSWORD, "").await;
        entered.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
    }

    /// A colleague of hers signs in; gives the cookie.
    pub async fn comes_in_as(&self, email: &str) -> String {
        let password = PASSWORD.replace(' ', "+");
        let entered = self.send("", "/sign-in", &format!("email={email}&password={password}&next=")).await;
        entered.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
    }

    pub async fn sign_in(&self, password: &str, next: &str) -> Seen {
        let password = password.replace(' ', "+");
        self.send("", "/sign-in", &format!("email={EMAIL}&password={password}&next={next}")).await
    }

    pub async fn see(&self, cookie: &str, path: &str) -> Seen {
        self.ask(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
    }

    pub async fn send(&self, cookie: &str, path: &str, form: &str) -> Seen {
        let request = Request::post(path)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()));
        self.ask(request.unwrap()).await
    }

    pub async fn ask(&self, request: Request<Body>) -> Seen {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Seen { status: parts.status, headers: parts.headers, body }
    }

    /// An answer that does not end, to be read piece by piece.
    pub async fn follow(&self, cookie: &str, path: &str) -> Body {
        let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
        self.router.clone().oneshot(request).await.unwrap().into_body()
    }

    /// The first piece of an answer that does not end.
    pub async fn listen(&self, cookie: &str, path: &str) -> String {
        let mut body = self.follow(cookie, path).await;
        let frame = body.frame().await.unwrap().unwrap();
        String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()
    }
}
