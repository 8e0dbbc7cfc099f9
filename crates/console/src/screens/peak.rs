//! How orders come in this minute, live; in a demo, the form that plays a peak.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use catalogue::Channel;
use db::Fault;
use flows::peak::{Ask, BUYERS_MAX, PeakError, Played, SECONDS_MAX};
use futures_util::{Stream, stream};
use kernel::Scope;
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, sleep};
use web::{Needs, Permission, Routes};

use super::command::fresh_command;
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::pages::Choice;
use crate::pages::peak::{PeakCheck, PeakForm, PeakPage, PlayedPeak};
use crate::pages::problem::Trouble;
use crate::shell::Section;
use crate::svg::Rush;

/// How often the page is told.
const BEAT: Duration = Duration::from_secs(1);

/// How long a stream lasts. The browser then asks anew, and is asked anew who it is.
const LASTS: Duration = Duration::from_secs(600);

pub(super) fn routes() -> Routes<Console> {
    Routes::new()
        .get(href::PEAK, Needs::Throughout(Permission::OrdersRead), get_peak)
        .post(href::PEAK, Needs::Throughout(Permission::OrdersWrite), post_peak)
        .get(href::PEAK_LIVE, Needs::Throughout(Permission::OrdersRead), get_live)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PlayForm {
    command: String,
    channel: String,
    code: String,
    buyers: String,
    seconds: String,
}

async fn get_peak(State(console): State<Console>, desk: Desk) -> Result<Response, Upset> {
    let form = first_form(&console, &desk).await?;
    page(&view(&console, &desk, form))
}

async fn post_peak(
    State(console): State<Console>,
    desk: Desk,
    form: Result<Form<PlayForm>, FormRejection>,
) -> Result<Response, Upset> {
    let Ok(Form(form)) = form else { return Err(Upset::of(Trouble::BadRequest)) };
    // A form that was sent twice begins one peak: while it goes on there is no other.
    desk.call(&form.command, href::PEAK, &json!([form.channel, form.code, form.buyers, form.seconds]))?;
    let ask = Ask {
        channel: form.channel.clone(),
        external_code: form.code.trim().to_owned(),
        currency: console.organisation.currency,
        buyers: form.buyers.trim().parse().unwrap_or(0),
        seconds: form.seconds.trim().parse().unwrap_or(0),
    };
    let trouble = match console.flows.play_peak(ask).await {
        Ok(_) | Err(PeakError::UnderWay) => return Ok(see(href::PEAK)),
        Err(PeakError::Fault(fault)) => return Err(Upset::commanding(fault)),
        Err(PeakError::NotForShow) => return Err(Upset::of(Trouble::NotFound)),
        Err(PeakError::TooMuch) => {
            let (buyers, seconds) =
                (desk.t.number(i64::from(BUYERS_MAX)), desk.t.number(i64::from(SECONDS_MAX)));
            desk.t.fill2("peak-too-much", ("buyers", buyers), ("seconds", seconds))
        }
        Err(PeakError::NotListed { code, .. }) => desk.t.fill("peak-not-listed", "code", code.as_str()),
    };
    let shown = first_form(&console, &desk).await?.map(|first| PeakForm {
        channel: form.channel,
        code: form.code,
        buyers: form.buyers,
        seconds: form.seconds,
        trouble: Some(trouble),
        ..first
    });
    page(&view(&console, &desk, shown))
}

/// The form as it is first shown, where peaks may be played: something that is listed, few buyers, a short while.
async fn first_form(console: &Console, desk: &Desk) -> Result<Option<PeakForm>, Fault> {
    if !console.flows.is_for_show || !desk.caller.access.may_throughout(Permission::OrdersWrite) {
        return Ok(None);
    }
    let runtime = console.flows.runtime.beside();
    let organisation_id = runtime.organisation_id.clone();
    let (channels, code): (Vec<Channel>, Option<String>) = runtime
        .read::<_, Fault, _>(move |tx| {
            Box::pin(async move {
                let channels = catalogue::list_channels(tx, &organisation_id, &Scope::EVERYTHING).await?;
                let code = match channels.first() {
                    Some(first) => catalogue::first_code(tx, &organisation_id, &first.channel_id).await?,
                    None => None,
                };
                Ok((channels, code))
            })
        })
        .await?;
    Ok(Some(PeakForm {
        command: fresh_command(),
        channel: channels.first().map(|channel| channel.code.clone()).unwrap_or_default(),
        channels: channels.iter().map(|channel| Choice::new(&channel.code, &channel.name)).collect(),
        code: code.unwrap_or_default(),
        buyers: "64".into(),
        seconds: "10".into(),
        trouble: None,
    }))
}

fn view(console: &Console, desk: &Desk, form: Option<PeakForm>) -> PeakPage {
    let beat = console.flows.pulse.beat();
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let seconds: Vec<(i64, i64)> =
        beat.seconds.iter().map(|second| (number(second.accepted), number(second.refused))).collect();
    let (accepted, refused) = seconds.last().copied().unwrap_or_default();
    PeakPage {
        t: desk.t.clone(),
        shell: desk.shell(Section::Overview, None),
        accepted,
        refused,
        p95: beat.p95.map(|wait| (wait.as_secs_f64() * 10_000.0).round() as i64),
        unfiled: console.flows.runtime.filing().map_or(0, |filing| filing.unfiled() as i64),
        picture: Rush::of(&desk.t, &seconds),
        played: console.flows.peak().map(|played| shown(&played)),
        form,
    }
}

fn shown(played: &Played) -> PlayedPeak {
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let says = |name: &str| {
        let known = flows::verify::invariants().into_iter().find(|(known, _)| *known == name);
        known.map_or("", |(_, says)| says)
    };
    PlayedPeak {
        code: played.ask.external_code.clone(),
        channel: played.ask.channel.clone(),
        free_before: played.free_before,
        sold: played.sold,
        free: played.free,
        refused: count(played.refused),
        lost: count(played.lost),
        began_at: played.began_at,
        is_over: played.is_over,
        checks: played
            .checks
            .iter()
            .map(|check| PeakCheck {
                invariant: check.invariant,
                says: says(check.invariant),
                times: check.times.into(),
                breaches: check.breaches as i64,
                at: check.at,
            })
            .collect(),
    }
}

struct Listener {
    console: Console,
    desk: Desk,
    ends: Instant,
}

async fn get_live(State(console): State<Console>, desk: Desk) -> impl IntoResponse {
    let ends = Instant::now() + LASTS;
    Sse::new(messages(Listener { console, desk, ends })).keep_alive(KeepAlive::default())
}

fn messages(listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(listener, async |mut listener| {
        sleep(BEAT).await;
        let message = listener.next().await.unwrap_or_else(|fault| {
            tracing::warn!(error = &fault as &dyn std::error::Error, "the live stream ends");
            None
        })?;
        Some((Ok(Event::default().data(message)), listener))
    })
}

impl Listener {
    /// The next message; none when the time is over or whoever listens may no longer look.
    async fn next(&mut self) -> Result<Option<String>, Fault> {
        let runtime = self.console.flows.runtime.beside();
        if Instant::now() >= self.ends || runtime.is_closing() {
            return Ok(None);
        }
        let access = people::access_of(&runtime, &self.desk.caller.session_id).await?;
        if !access.may_throughout(Permission::OrdersRead) {
            return Ok(None);
        }
        self.desk.now = runtime.now();
        Ok(view(&self.console, &self.desk, None).live().ok())
    }
}
