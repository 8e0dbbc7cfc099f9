//! One file a page: what it reads, in one transaction, and what its forms do. Facts become view structs here;
//! nothing is decided, and nothing is added up that a context or a process has not added up.

mod actors;
mod alerts;
mod backorders;
mod badge;
mod board;
mod brand;
mod bulk;
mod cancel;
mod command;
mod counts;
mod design;
mod discrepancies;
mod door;
mod exceptions;
mod expected;
mod export;
mod find;
mod happenings;
mod holds;
mod import;
mod label;
mod lots;
mod mishap;
mod nodes;
mod notifications;
mod operations;
mod order;
mod orders;
mod overview;
mod ownership;
mod pack;
mod palette;
mod peak;
mod pick;
mod queue;
mod receive;
mod reference;
mod rename;
mod settings;
mod station;
mod stock;
mod stuck;
mod tracking;
mod views;
mod webhooks;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware;
use axum::response::Response;

use web::Routes;

use crate::CONTENT_SECURITY_POLICY;
use crate::desk::Console;
use crate::preferences;

pub use reference::reference_routes;

/// All pages and their forms, and the page for an address that leads nowhere.
pub fn routes(console: Console) -> Routes {
    let dress = middleware::from_fn_with_state(console.clone(), mishap::dress);
    let safe = middleware::map_response(safe);
    pages()
        .wrap(|router| {
            router
                .fallback(mishap::no_such_page)
                .method_not_allowed_fallback(mishap::wrong_method)
                .layer(dress)
                .layer(safe)
        })
        .with_state(console)
}

fn pages() -> Routes<Console> {
    Routes::new()
        .merge(door::routes())
        .merge(badge::routes())
        .merge(brand::routes())
        .merge(overview::routes())
        .merge(exceptions::routes())
        .merge(notifications::routes())
        .merge(orders::routes())
        .merge(bulk::routes())
        .merge(views::routes())
        .merge(order::routes())
        .merge(cancel::routes())
        .merge(label::routes())
        .merge(tracking::routes())
        .merge(stock::routes())
        .merge(ownership::routes())
        .merge(holds::routes())
        .merge(peak::routes())
        .merge(lots::routes())
        .merge(counts::routes())
        .merge(stuck::routes())
        .merge(discrepancies::routes())
        .merge(backorders::routes())
        .merge(alerts::routes())
        .merge(board::routes())
        .merge(nodes::routes())
        .merge(rename::routes())
        .merge(station::routes())
        .merge(receive::routes())
        .merge(expected::routes())
        .merge(import::routes())
        .merge(operations::routes())
        .merge(webhooks::routes())
        .merge(export::routes())
        .merge(find::routes())
        .merge(palette::routes())
        .merge(settings::routes())
        .merge(design::routes())
        .merge(preferences::routes())
}

async fn safe(mut response: Response) -> Response {
    let policy = HeaderValue::from_static(CONTENT_SECURITY_POLICY);
    // What has a stricter one of its own keeps it.
    response.headers_mut().entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    response
}

/// True where a script asks for a part of a page, to put it into the page that is open.
fn is_part(headers: &HeaderMap) -> bool {
    headers.contains_key("hx-request")
}
