//! What is done about several things that need somebody, all together or not at all.

use axum::extract::{Form, State};
use axum::response::Response;
use db::Fault;
use jiff::SignedDuration;
use kernel::EffectId;
use people::CareStep;
use runtime::Cx;
use serde_json::json;
use web::{Needs, Permission, Routes};

use crate::desk::{Console, Desk, Upset, see};
use crate::href;
use crate::pages::problem::Trouble;
use crate::words::{Cause, Inbox};

/// As many as a page shows.
const MOST: usize = 1000;

pub(super) fn routes() -> Routes<Console> {
    Routes::new().post(href::EXCEPTIONS, Needs::Throughout(Permission::OrdersRead), post_step)
}

/// What may safely be done about several of a cause: the step, the key of its name, and what it takes.
pub(super) fn actions_of(cause: Cause) -> &'static [(&'static str, &'static str, Permission)] {
    match cause {
        // A box is closed where it stands, and a receiver is mended before it is switched on again.
        Cause::Boxes | Cause::Webhooks => &[],
        Cause::Invariants => &[("check", "exceptions-check", Permission::OperationsRead)],
        Cause::Parcels => &[("settle", "exceptions-settle", Permission::TrackingWrite)],
        Cause::Outside => &[
            ("hurry", "exceptions-hurry", Permission::OrdersCancel),
            ("dismiss", "exceptions-settle", Permission::OrdersCancel),
        ],
    }
}

/// What a form asks for.
#[derive(Debug, Clone)]
enum Step {
    /// Lets orders without a node be tried again.
    Retry,
    /// The trouble of these parcels is dealt with.
    Settle,
    /// Effects that wait are tried now.
    Hurry,
    /// Effects that were refused are dealt with.
    Dismiss,
    /// Invariants are checked again, now.
    Check,
    /// Who looks after them, or when.
    Care(CareStep),
}

fn read_step(desk: &Desk, step: &str, days: &str) -> Option<Step> {
    let days: i64 = days.parse().ok().filter(|days| (1..=30).contains(days)).unwrap_or(1);
    let step = match step {
        "retry" => Step::Retry,
        "settle" => Step::Settle,
        "hurry" => Step::Hurry,
        "dismiss" => Step::Dismiss,
        "check" => Step::Check,
        "take" => Step::Care(CareStep::Take(desk.caller.user_id.clone()?)),
        "leave" => Step::Care(CareStep::Leave),
        "wake" => Step::Care(CareStep::Wake),
        "snooze" => {
            let until = desk.now.checked_add(SignedDuration::from_hours(24 * days)).ok()?;
            Step::Care(CareStep::Snooze(until))
        }
        _ => return None,
    };
    Some(step)
}

async fn post_step(
    State(console): State<Console>,
    desk: Desk,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Upset> {
    let find = |name: &str| fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value);
    let step = read_step(&desk, find("step"), find("days")).ok_or(Upset::of(Trouble::BadRequest))?;
    let subjects: Vec<String> =
        fields.iter().filter(|(field, _)| field == "subject").map(|(_, value)| value.clone()).collect();
    if subjects.len() > MOST {
        return Err(Upset::of(Trouble::BadRequest));
    }
    if subjects.is_empty() && !matches!(step, Step::Retry) {
        return Err(Upset::refused(Trouble::BadRequest, desk.t.text("inbox-none-ticked")));
    }
    let needed = match step {
        Step::Retry => Permission::OrdersWrite,
        Step::Settle => Permission::TrackingWrite,
        Step::Hurry | Step::Dismiss => Permission::OrdersCancel,
        Step::Check => Permission::OperationsRead,
        Step::Care(_) => Permission::OrdersRead,
    };
    if !desk.caller.access.may_throughout(needed) {
        return Err(Upset::of(Trouble::Forbidden));
    }
    if matches!(step, Step::Retry) {
        console.flows.retry_waiting(desk.caller.call()).await.map_err(Upset::commanding)?;
    } else if matches!(step, Step::Check) {
        // It looks and changes nothing, so it takes no key.
        console.flows.check_again(&subjects).await.map_err(Upset::commanding)?;
    } else {
        let call = desk.call(find("command"), href::EXCEPTIONS, &json!(fields))?;
        let done = console.flows.runtime.command(call, move |cx| {
            let (step, subjects) = (step.clone(), subjects.clone());
            Box::pin(async move { take(cx, &step, &subjects).await })
        });
        if done.await.map_err(Upset::commanding)?.into_result().is_none() {
            return Err(desk.reused());
        }
    }
    let show = Inbox::parse(find("show")).unwrap_or(Inbox::Open);
    Ok(see(&href::with_query(href::EXCEPTIONS, &[("show", show.code())])))
}

async fn take(cx: &mut Cx<'_>, step: &Step, subjects: &[String]) -> Result<(), Fault> {
    match step {
        Step::Retry | Step::Check => {}
        Step::Settle => {
            tracking::settle(cx, subjects).await?;
        }
        Step::Hurry => {
            runtime::effect::hurry(cx, &effects(subjects)).await?;
        }
        Step::Dismiss => {
            runtime::effect::dismiss(cx, &effects(subjects)).await?;
        }
        Step::Care(care) => people::take_care(cx, subjects, care).await?,
    }
    Ok(())
}

fn effects(subjects: &[String]) -> Vec<EffectId> {
    subjects.iter().filter_map(|id| EffectId::parse(id).ok()).collect()
}
