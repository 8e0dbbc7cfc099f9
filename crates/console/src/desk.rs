//! Who sits before a screen: the state all pages share, the person who asks, and the answers every page can give.

use askama::Template;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use db::Fault;
use flows::Flows;
use jiff::tz::TimeZone;
use kernel::Timestamp;
use people::{Attempts, Journeys, Organisation, Role};
use runtime::Call;
use serde_json::Value;
use web::{Area, Caller, Key, Permission, Problem, Sees, Viewing, fingerprint, problems};

use crate::href;
use crate::i18n::{Language, Texts};
use crate::look::Look;
use crate::pages::problem::{Effect, Trouble};
use crate::preferences::{Density, Preferences, Theme};
use crate::rights::role_key;
use crate::shell::{Notice, Person, Section, Shell};
use crate::unread::{self, Reader};

/// What every screen works with; cheap to clone.
#[derive(Clone)]
pub struct Console {
    /// The processes, and through them the database and the clock.
    pub flows: Flows,
    /// For whom.
    pub organisation: Organisation,
    /// Failed sign-ins, counted together with those over the API.
    pub attempts: Attempts,
    /// Journeys to identity providers.
    pub journeys: Journeys,
}

impl Console {
    /// A console over these processes.
    pub fn new(flows: Flows, organisation: Organisation, attempts: Attempts) -> Console {
        let journeys = Journeys::by(flows.outside.courier.clone());
        Console { flows, organisation, attempts, journeys }
    }

    /// How pages speak in a language that have no clock on them.
    pub fn texts(&self, language: Language) -> Texts {
        Texts::new(language, TimeZone::UTC)
    }
}

/// The time zone of a name that was checked when it was kept.
pub(crate) fn zone_of(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// A signed-in person's request for a page. Whoever is not signed in is led to the door and back.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Who asks.
    pub caller: Caller,
    /// Their name and address.
    pub person: Person,
    /// How pages speak to them.
    pub t: Texts,
    /// Their colours.
    pub theme: Theme,
    /// The page's own path and query.
    pub path: String,
    /// When they asked.
    pub now: Timestamp,
    /// Which fields of what they may see are shown to them.
    pub sees: Sees,
    /// How much they have not read of what happened; none for a machine.
    pub unread: Option<i64>,
    /// The time zone of their own; empty where they take the organisation's.
    pub own_zone: String,
    /// The organisation's time zone.
    pub house_zone: String,
    density: Density,
    organisation: String,
    look: Look,
    zone: String,
    viewing: Option<String>,
}

impl Desk {
    /// The frame of a page, with something to tell once or nothing.
    pub fn shell(&self, section: Section, notice: Option<Notice>) -> Shell {
        Shell {
            organisation: self.organisation.clone(),
            look: self.look.clone(),
            person: self.person.clone(),
            section,
            theme: self.theme,
            density: self.density,
            zone: self.zone.clone(),
            path: self.path.clone(),
            now: self.now,
            sections: self.sections(),
            can_find: self.caller.access.may(Permission::OrdersRead),
            viewing: self.viewing.clone(),
            unread: self.unread,
            notice,
        }
    }

    /// True where it is shown who ordered.
    pub fn shows_customers(&self) -> bool {
        self.sees.shows(Permission::CustomersRead)
    }

    /// True where it is shown what things cost.
    pub fn shows_money(&self) -> bool {
        self.sees.shows(Permission::MoneyRead)
    }

    /// The same at a node: clocks on its pages are those on its walls, but for people who chose their own.
    pub fn at_node(mut self, time_zone: &str) -> Desk {
        if self.own_zone.is_empty() {
            self.t.zone = zone_of(time_zone);
            time_zone.clone_into(&mut self.zone);
        }
        self
    }

    /// Who hears of what happened.
    pub(crate) fn reader(&self) -> Option<Reader> {
        reader_of(&self.caller)
    }

    fn sections(&self) -> Vec<Section> {
        let access = &self.caller.access;
        Section::ALL.iter().copied().filter(|section| section.is_open_to(access)).collect()
    }

    /// A call under the key a form carries. `scope` names the form, `said` is what it asks: a repeat of both changes
    /// nothing more.
    pub fn call(&self, command: &str, scope: &str, said: &Value) -> Result<Call, Upset> {
        let key = Key::parse(command).ok_or(Upset::of(Trouble::BadRequest))?;
        Ok(key.call(&self.caller, scope, &fingerprint(said)))
    }

    /// The key was used for another form: a page that was sent twice with other content.
    pub fn reused(&self) -> Upset {
        Upset::refused(Trouble::Conflict, self.t.text("command-reused"))
    }
}

impl FromRequestParts<Console> for Desk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Desk, Response> {
        let path = own_path(parts);
        let sees = Sees::from_request_parts(parts, console).await.map_err(IntoResponse::into_response)?;
        let Some(caller) = parts.extensions.get::<Caller>().cloned() else {
            let next = if parts.method.is_safe() && path != href::OVERVIEW { path.as_str() } else { "" };
            return Err(Redirect::to(&href::with_query(href::SIGN_IN, &[("next", next)])).into_response());
        };
        let runtime = &console.flows.runtime;
        let organisation_id = runtime.organisation_id.clone();
        let user_id = caller.user_id.clone();
        let area = parts.extensions.get::<Viewing>().map(|viewing| viewing.area.clone());
        let now = runtime.now();
        let reader = reader_of(&caller);
        let (organisation, brand, staff, place, unread) = runtime
            .read(move |tx| {
                Box::pin(async move {
                    let organisation = people::find_organisation(tx).await?;
                    let brand = people::find_brand(tx, &organisation_id, None).await?;
                    let staff = match &user_id {
                        Some(user_id) => people::find_staff(tx, &organisation_id, user_id).await?,
                        None => None,
                    };
                    let place = match area {
                        Some(Area::Node(node_id)) => {
                            let node = network::find_node(tx, &organisation_id, &node_id).await?;
                            node.map(|node| node.name)
                        }
                        Some(Area::Merchant(merchant_id)) => {
                            let merchant = people::find_merchant(tx, &organisation_id, &merchant_id).await?;
                            merchant.map(|merchant| merchant.name)
                        }
                        Some(Area::Everywhere) | None => None,
                    };
                    let unread = match &reader {
                        Some(reader) => Some(unread::count(tx, &organisation_id, reader, now).await?),
                        None => None,
                    };
                    Ok((organisation, brand, staff, place, unread))
                })
            })
            .await
            .map_err(|fault: Fault| Upset::reading(fault).into_response())?;
        // Its name and its zone may have changed since the server started.
        let organisation = organisation.unwrap_or_else(|| console.organisation.clone());
        let look = Look::of(&brand);
        let preferences = Preferences::of_person(&parts.headers, Language::parse(&caller.language));
        let (mut theme, mut density, mut own_zone) = (preferences.theme, Density::default(), String::new());
        let person = match staff {
            Some(staff) => {
                theme = Theme::parse(&staff.theme).unwrap_or(theme);
                density = Density::parse(&staff.density).unwrap_or(density);
                own_zone = staff.time_zone;
                Person { name: staff.name, email: staff.email }
            }
            None => Person { name: caller.actor.clone(), email: String::new() },
        };
        let zone = if own_zone.is_empty() { organisation.time_zone.clone() } else { own_zone.clone() };
        let viewing = parts.extensions.get::<Viewing>();
        let viewing = viewing
            .map(|viewing| role_and_place(&console.texts(preferences.language), viewing, place.as_deref()));
        Ok(Desk {
            person,
            t: Texts::new(preferences.language, zone_of(&zone)),
            theme,
            density,
            own_zone,
            house_zone: organisation.time_zone,
            path,
            sees,
            now,
            unread,
            organisation: brand.name_or(organisation.name),
            look,
            zone,
            viewing,
            caller,
        })
    }
}

/// Who hears of what happened; nobody for a machine.
fn reader_of(caller: &Caller) -> Option<Reader> {
    let user_id = caller.user_id.clone().filter(|_| !caller.is_machine)?;
    let hears_all = caller.access.may_throughout(Permission::OrdersRead);
    Some(Reader { user_id, actor: caller.actor.clone(), hears_all })
}

/// As whom somebody sees a page, in words.
fn role_and_place(t: &Texts, viewing: &Viewing, place: Option<&str>) -> String {
    let role = Role::parse(&viewing.role).map(|role| t.text(role_key(role))).unwrap_or_default();
    match place {
        Some(place) => format!("{role} · {place}"),
        None => role,
    }
}

/// The path and query a page was asked under, to come back to; a form's answer has none.
pub(crate) fn own_path(parts: &Parts) -> String {
    if !parts.method.is_safe() {
        return href::OVERVIEW.to_owned();
    }
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |uri| &uri.0);
    uri.path_and_query().map_or(href::OVERVIEW, |path| path.as_str()).to_owned()
}

/// Why there is no page. [`crate::screens::routes`] makes a page of it in the reader's language.
#[derive(Debug, Clone)]
pub struct Upset {
    /// What went wrong.
    pub trouble: Trouble,
    /// The particular facts, in the reader's language, if there are any to tell.
    pub detail: Option<String>,
    /// What became of the command, if there was one.
    pub effect: Effect,
}

impl Upset {
    /// Trouble with a page that was asked for.
    pub fn of(trouble: Trouble) -> Upset {
        Upset { trouble, detail: None, effect: Effect::NoCommand }
    }

    /// A command that was refused: nothing happened, and here is why.
    pub fn refused(trouble: Trouble, detail: impl Into<String>) -> Upset {
        Upset { trouble, detail: Some(detail.into()), effect: Effect::NothingHappened }
    }

    /// The machine's trouble while reading.
    pub fn reading(fault: Fault) -> Upset {
        let _ = Problem::fault(fault); // Logs it.
        Upset::of(Trouble::Fault)
    }

    /// The machine's trouble with a command.
    pub fn commanding(fault: Fault) -> Upset {
        let problem = Problem::fault(fault);
        let is_unknown = problem.code() == problems::OUTCOME_UNKNOWN.slug();
        let effect = if is_unknown { Effect::Unknown } else { Effect::NothingHappened };
        Upset { trouble: Trouble::Fault, detail: None, effect }
    }
}

impl From<Fault> for Upset {
    fn from(fault: Fault) -> Upset {
        Upset::reading(fault)
    }
}

impl From<askama::Error> for Upset {
    fn from(error: askama::Error) -> Upset {
        tracing::error!(%error, "a page cannot be written");
        Upset::of(Trouble::Fault)
    }
}

impl IntoResponse for Upset {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.trouble.status()).expect("trouble has a status of HTTP");
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A finished page.
pub fn page(template: &impl Template) -> Result<Response, Upset> {
    Ok(Html(template.render()?).into_response())
}

/// After a form: the page to look at now.
pub fn see(path: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path.to_owned())]).into_response()
}
