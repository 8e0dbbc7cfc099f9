//! Keeping views of the orders, and forgetting them.

use axum::extract::{Form, State};
use axum::response::Response;
use kernel::{UserId, ViewId};
use people::{NewView, SaveViewError, forget_view, save_view};
use serde::Deserialize;
use serde_json::json;
use web::{Needs, Path, Permission, Routes};

use crate::desk::{Console, Desk, Upset, see};
use crate::href;
use crate::pages::problem::Trouble;

pub(super) fn routes() -> Routes<Console> {
    let look = Needs::Within(Permission::OrdersRead);
    Routes::new()
        .post(href::ORDER_VIEWS, look, post_view)
        // A view is its owner's, and one that is not theirs is not there.
        .post("/orders/views/{view_id}/forget", Needs::Caller, post_forget)
}

#[derive(Debug, Deserialize)]
struct ViewForm {
    command: String,
    name: String,
    query: String,
    #[serde(default)]
    shared: String,
}

async fn post_view(
    State(console): State<Console>,
    desk: Desk,
    Form(form): Form<ViewForm>,
) -> Result<Response, Upset> {
    let user_id = person(&desk)?;
    let said = json!([form.name, form.query, form.shared]);
    let call = desk.call(&form.command, href::ORDER_VIEWS, &said)?;
    let view = NewView { name: form.name, query: form.query, is_shared: form.shared == "yes" };
    let path = format!("{}?{}", href::ORDERS, view.query);
    let kept = console.flows.runtime.command(call, move |cx| {
        let (user_id, view) = (user_id.clone(), view.clone());
        Box::pin(async move { save_view(cx, &user_id, &view).await })
    });
    let kept = kept.await.map_err(|error| match error {
        SaveViewError::Name => Upset::refused(Trouble::BadRequest, desk.t.text("flaw-view-name")),
        SaveViewError::Query => Upset::of(Trouble::BadRequest),
        SaveViewError::TooMany => Upset::refused(Trouble::Conflict, desk.t.text("flaw-view-many")),
        SaveViewError::Fault(fault) => Upset::commanding(fault),
    })?;
    if kept.into_result().is_none() {
        return Err(desk.reused());
    }
    Ok(see(&path))
}

async fn post_forget(
    State(console): State<Console>,
    desk: Desk,
    Path(view_id): Path<ViewId>,
) -> Result<Response, Upset> {
    let user_id = person(&desk)?;
    let forgotten = console.flows.runtime.run(desk.caller.call(), move |cx| {
        let (user_id, view_id) = (user_id.clone(), view_id.clone());
        Box::pin(async move { forget_view(cx, &user_id, &view_id).await })
    });
    if !forgotten.await.map_err(Upset::commanding)? {
        return Err(Upset::of(Trouble::NotFound));
    }
    Ok(see(href::ORDERS))
}

fn person(desk: &Desk) -> Result<UserId, Upset> {
    desk.caller.user_id.clone().ok_or(Upset::of(Trouble::Forbidden))
}
