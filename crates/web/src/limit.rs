//! How often a caller may ask, and what every answer says of it.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::{IntoResponse, Response},
};
use runtime::budget::{Budgets, Quota, Spent};

use crate::{Area, Caller, Problem, problems};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// The quotas, and what is left of them.
#[derive(Clone)]
pub struct Limits {
    budgets: Budgets,
    key: Option<Quota>,
    merchant: Option<Quota>,
}

impl Limits {
    /// For each session or key, and for each merchant; those who work for the whole organisation count as one more.
    pub fn new(budgets: Budgets, key: Option<Quota>, merchant: Option<Quota>) -> Limits {
        Limits { budgets, key, merchant }
    }
}

/// Middleware behind whoever identifies: a caller who asks too often is refused before anything is done. Who is not
/// known is not counted: what they may reach guards itself.
pub async fn limit(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    let Some(caller) = request.extensions().get::<Caller>() else { return next.run(request).await };
    let subjects = [
        ("key", limits.key, format!("key {}", caller.session_id)),
        ("merchant", limits.merchant, group(caller)),
    ];
    let mut told: Vec<(&'static str, Quota, Spent)> = Vec::new();
    for (name, quota, subject) in subjects {
        let Some(quota) = quota else { continue };
        let spent = limits.budgets.spend(&subject, quota).await;
        told.push((name, quota, spent));
        if !spent.is_granted {
            break;
        }
    }
    let refused = told.iter().find(|(_, _, spent)| !spent.is_granted);
    let mut response = match refused {
        Some((name, quota, spent)) => {
            metrics::counter!("quartermaster_rate_limited_total", "policy" => *name).increment(1);
            refusal(name, *quota, *spent).into_response()
        }
        None => next.run(request).await,
    };
    let said = [(POLICY, list(&told, policy)), (LIMIT, list(&told, state))];
    for (name, value) in said.into_iter().filter(|(_, value)| !value.is_empty()) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The merchant somebody works for, where it is one; else the organisation.
fn group(caller: &Caller) -> String {
    let mut merchants = caller.access.grants().iter().map(|grant| match &grant.area {
        Area::Merchant(merchant_id) => Some(merchant_id),
        Area::Everywhere | Area::Node(_) => None,
    });
    let first = merchants.next().flatten();
    match first {
        Some(first) if merchants.all(|other| other == Some(first)) => format!("merchant {first}"),
        _ => "organisation".to_owned(),
    }
}

fn refusal(name: &str, quota: Quota, spent: Spent) -> Problem {
    let (most, seconds) = (quota.most, quota.window.as_secs());
    let detail = format!("More than {most} requests in {seconds} seconds by one {name}. Nothing was done.");
    let after = u32::try_from(seconds_up(spent.retry_in)).unwrap_or(u32::MAX).max(1);
    Problem::too_many_requests(problems::RATE_LIMITED, detail).with("policy", name.to_owned()).after(after)
}

/// A list of structured fields (RFC 9651), one item for each policy.
fn list(told: &[(&'static str, Quota, Spent)], item: fn(Quota, Spent) -> String) -> String {
    let items = told.iter().map(|(name, quota, spent)| format!("\"{name}\";{}", item(*quota, *spent)));
    items.collect::<Vec<_>>().join(", ")
}

fn policy(quota: Quota, _: Spent) -> String {
    format!("q={};w={}", quota.most, quota.window.as_secs())
}

fn state(_: Quota, spent: Spent) -> String {
    format!("r={};t={}", if spent.is_granted { spent.left } else { 0 }, seconds_up(spent.full_in))
}

fn seconds_up(duration: std::time::Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}
