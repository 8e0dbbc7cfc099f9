//! The API's document: made of the routes when the server starts, and kept in `docs/openapi.json` for reviewers.

use std::sync::Arc;

use axum::{
    Extension,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::Value;
use web::{Needs, Routes, openapi};

const ABOUT: &str = "Orders, stock and their way to the customer. Keys, repeats, pages, money and times are the same \
    everywhere: docs/guide/api.md tells how. Programs must take members, codes and kinds they do not know.";

/// These routes and the one that gives their document, and the document.
pub fn with(api: Routes) -> (Routes, Value) {
    let give = Needs::Nothing
        .to("Read this document")
        .gives_file("application/json", "OpenAPI 3.1: every route, what it takes, gives and refuses.");
    let api = api.chapter("This document", "The API described for programs.").get(
        "/v1/openapi.json",
        give,
        get_document,
    );
    let document = openapi::document(env!("CARGO_PKG_VERSION"), ABOUT, api.declared());
    let text: Arc<str> = document.to_string().into();
    (api.wrap(|router| router.layer(Extension(text))), document)
}

async fn get_document(Extension(text): Extension<Arc<str>>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text.to_string()).into_response()
}
