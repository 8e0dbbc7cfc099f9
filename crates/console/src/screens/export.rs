//! A list as a file: what its filters show, written by an operation.

use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use db::Fault;
use flows::files::export::{Export, Form as FileForm, Request, Wanted};
use kernel::{NodeId, Scope};
use serde::Deserialize;
use serde_json::json;
use web::{Needs, Permission, Routes};

use super::exceptions::Troubles;
use super::orders::{question, read_query};
use crate::desk::{Console, Desk, Upset, see};
use crate::href;
use crate::pages::problem::Trouble;

pub(super) fn routes() -> Routes<Console> {
    Routes::new().post("/exports/{kind}", Needs::Throughout(Permission::DataExport), post_export)
}

/// What a form says; the query is that of the list's address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    command: String,
    query: String,
    form: String,
}

/// The address of the grid of stock, as far as it says what is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct GridQuery {
    q: String,
    node: String,
}

async fn post_export(
    State(console): State<Console>,
    desk: Desk,
    Path(kind): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response, Upset> {
    let export = Export::parse(&kind).ok_or(Upset::of(Trouble::NotFound))?;
    let form = FileForm::parse(&said.form).ok_or(Upset::of(Trouble::BadRequest))?;
    let call = desk.call(&said.command, &href::export(&kind), &json!([said.query, said.form]))?;
    let wanted = match export {
        Export::Orders => shown_orders(&console, &desk, &said.query).await?,
        Export::Stock | Export::Items | Export::Listings => shown_stock(&said.query),
        Export::Nodes | Export::Events => Wanted::default(),
    };
    let new = Request { export, form, wanted }.into_operation();
    let started = console.flows.runtime.command(call, move |cx| {
        let new = new.clone();
        Box::pin(async move { operations::start(cx, &new).await })
    });
    match started.await.map_err(Upset::commanding)?.into_result() {
        Some(operation_id) => Ok(see(&href::operation(operation_id.as_str()))),
        None => Err(desk.reused()),
    }
}

/// What the list of orders shows at such an address.
async fn shown_orders(console: &Console, desk: &Desk, query: &str) -> Result<Wanted, Upset> {
    let organisation_id = console.organisation.organisation_id.clone();
    let (filter, now) = (read_query(query), desk.now);
    let wanted: Result<Wanted, Fault> = console
        .flows
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                let nodes = network::list_nodes(tx, &organisation_id, &Scope::EVERYTHING).await?;
                let troubled =
                    Troubles::read(tx, &organisation_id, &nodes, &web::Access::default()).await?.order_ids();
                Ok(Wanted::from(question(&filter, &troubled, now, true)))
            })
        })
        .await;
    Ok(wanted?)
}

/// What the grid of stock shows at such an address.
fn shown_stock(query: &str) -> Wanted {
    let uri = format!("/?{query}").parse().unwrap_or_default();
    let asked = Query::<GridQuery>::try_from_uri(&uri).map(|Query(asked)| asked).unwrap_or_default();
    let search = asked.q.trim().chars().take(100).collect();
    Wanted { search, node_id: NodeId::parse(&asked.node).ok(), ..Wanted::default() }
}
