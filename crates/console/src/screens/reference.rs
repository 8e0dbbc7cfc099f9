//! The API as people read it. Open to everybody: it says nothing of this house but how to speak to it.

use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::middleware;
use axum::response::Response;
use jiff::tz::TimeZone;
use serde_json::Value;
use web::{Needs, Routes};

use super::safe;
use crate::desk::{Upset, page};
use crate::href;
use crate::i18n::Texts;
use crate::pages::reference::{Reference, ReferencePage};
use crate::preferences::Preferences;

/// The page of this document.
pub fn reference_routes(document: &Value) -> Routes {
    Routes::new()
        .get(href::REFERENCE, Needs::Nothing, get_reference)
        .wrap(|router| router.layer(middleware::map_response(safe)))
        .with_state(Arc::new(Reference::of(document)))
}

async fn get_reference(
    State(reference): State<Arc<Reference>>,
    preferences: Preferences,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Upset> {
    page(&ReferencePage {
        t: Texts::new(preferences.language, TimeZone::UTC),
        theme: preferences.theme,
        path: uri.path().to_owned(),
        reference: Reference::clone(&reference),
    })
}
