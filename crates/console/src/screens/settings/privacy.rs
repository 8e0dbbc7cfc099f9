//! Customers are forgotten: first what that would touch, then the doing of it.

use axum::extract::{Form, State};
use axum::response::Response;
use flows::erase::{Standing, Touched, Whom};
use serde::Deserialize;
use web::{Needs, Permission, Routes};

use super::tabs;
use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::pages::problem::Trouble;
use crate::pages::settings::{Done, Privacy, TouchedRow};
use crate::shell::Section;

pub(super) fn routes() -> Routes<Console> {
    let may = Needs::Throughout(Permission::CustomersErase);
    Routes::new().get(href::PRIVACY, may, get_form).post(href::PRIVACY, may, post_preview).post(
        href::ERASURE,
        may,
        post_erasure,
    )
}

// An e-mail address in an address bar would stay in logs and histories, so all of this is posted.
#[derive(Debug, Deserialize)]
struct WhomForm {
    whom: String,
}

async fn get_form(State(_): State<Console>, desk: Desk) -> Result<Response, Upset> {
    page(&empty(desk, String::new()))
}

async fn post_preview(
    State(console): State<Console>,
    desk: Desk,
    Form(form): Form<WhomForm>,
) -> Result<Response, Upset> {
    let Some(whom) = Whom::parse(&form.whom) else {
        let error = Some(desk.t.text("privacy-wrong"));
        return page(&Privacy { error, ..empty(desk, form.whom) });
    };
    let touched = console.flows.preview_erasure(whom).await?;
    let ready = touched.iter().filter(|order| order.standing == Standing::Ready).count() as i64;
    let rows = touched.into_iter().map(row).collect();
    page(&Privacy { rows: Some(rows), ready, ..empty(desk, form.whom) })
}

async fn post_erasure(
    State(console): State<Console>,
    desk: Desk,
    Form(form): Form<WhomForm>,
) -> Result<Response, Upset> {
    let whom = Whom::parse(&form.whom)
        .ok_or_else(|| Upset::refused(Trouble::BadRequest, desk.t.text("privacy-wrong")))?;
    let erasure = console.flows.erase(desk.caller.call(), whom).await.map_err(Upset::commanding)?;
    let under_way = erasure.under_way.iter().map(|order_id| order_id.as_str().to_owned()).collect();
    let done = Some(Done { erased: erasure.erased.len() as i64, under_way });
    page(&Privacy { done, ..empty(desk, String::new()) })
}

fn empty(desk: Desk, whom: String) -> Privacy {
    Privacy {
        tabs: tabs(&desk, href::PRIVACY),
        whom,
        error: None,
        rows: None,
        ready: 0,
        done: None,
        shell: desk.shell(Section::Settings, None),
        t: desk.t,
    }
}

fn row(order: Touched) -> TouchedRow {
    let standing = match order.standing {
        Standing::Ready => "privacy-ready",
        Standing::UnderWay => "privacy-under-way",
        Standing::Erased => "privacy-erased",
    };
    TouchedRow {
        order_id: order.order_id.as_str().to_owned(),
        reference: order.external_reference,
        placed_at: order.placed_at,
        parcels: order.parcels,
        standing,
    }
}
