//! Routes that say what they need. There is no other way to add one, so none is open by oversight.

use std::{future::Future, pin::Pin, sync::Arc};

use axum::{
    Router,
    extract::{FromRequestParts, RawPathParams, Request},
    handler::Handler,
    http::{Method, StatusCode, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, on},
};
use db::{Fault, wall};
use kernel::Scope;

use crate::{
    Caller, Permission, Problem, Sees, Viewing,
    layers::Upload,
    openapi,
    openapi::Chapter,
    operation::{Operation, Said},
    problem::Refused,
    problems, seen, version,
};

/// What a route needs of whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Needs {
    /// Nothing: the doors themselves, and what is signed by us.
    Nothing,
    /// A known caller, whoever it is: what concerns only themselves.
    Caller,
    /// The permission for the whole organisation.
    Throughout(Permission),
    /// The permission for some part of it at least: the handler takes a [`Within`] and shows and touches no more.
    Within(Permission),
}

impl Needs {
    /// The permission, where it needs one.
    pub fn permission(self) -> Option<Permission> {
        match self {
            Needs::Nothing | Needs::Caller => None,
            Needs::Throughout(permission) | Needs::Within(permission) => Some(permission),
        }
    }
}

/// A route as it was declared.
#[derive(Debug, Clone)]
pub struct Declared {
    /// `GET`.
    pub method: Method,
    /// The pattern: `/v1/orders/{order_id}`.
    pub path: String,
    pub(crate) operation: Arc<Operation>,
    /// The operation's name in the document: that of the function which handles it.
    pub(crate) name: &'static str,
    pub(crate) chapter: Chapter,
}

impl Declared {
    /// What it needs.
    pub fn needs(&self) -> Needs {
        self.operation.needs
    }
}

/// A router of declared routes.
pub struct Routes<S = ()> {
    router: Router<S>,
    declared: Vec<Declared>,
    chapter: Chapter,
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Routes<S> {
        Routes::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// None.
    pub fn new() -> Routes<S> {
        Routes { router: Router::new(), declared: Vec::new(), chapter: ("Other", "What has no chapter.") }
    }

    /// These; those that are added from here on stand in this chapter of the document.
    pub fn chapter(self, name: &'static str, about: &'static str) -> Routes<S> {
        Routes { chapter: (name, about), ..self }
    }

    /// These, and `GET` at a path.
    pub fn get<H: Handler<T, S>, T: 'static>(
        self,
        path: &str,
        operation: impl Into<Operation>,
        handler: H,
    ) -> Routes<S> {
        self.add(Method::GET, path, operation.into(), name_of::<H>(), on(MethodFilter::GET, handler))
    }

    /// These, and `POST` at a path.
    pub fn post<H: Handler<T, S>, T: 'static>(
        self,
        path: &str,
        operation: impl Into<Operation>,
        handler: H,
    ) -> Routes<S> {
        self.add(Method::POST, path, operation.into(), name_of::<H>(), on(MethodFilter::POST, handler))
    }

    /// These, and `PATCH` at a path.
    pub fn patch<H: Handler<T, S>, T: 'static>(
        self,
        path: &str,
        operation: impl Into<Operation>,
        handler: H,
    ) -> Routes<S> {
        self.add(Method::PATCH, path, operation.into(), name_of::<H>(), on(MethodFilter::PATCH, handler))
    }

    /// These, and `DELETE` at a path.
    pub fn delete<H: Handler<T, S>, T: 'static>(
        self,
        path: &str,
        operation: impl Into<Operation>,
        handler: H,
    ) -> Routes<S> {
        self.add(Method::DELETE, path, operation.into(), name_of::<H>(), on(MethodFilter::DELETE, handler))
    }

    /// Panics over a route of the API that does not say what it does: nobody can add one that the document lacks.
    fn add(
        mut self,
        method: Method,
        path: &str,
        mut operation: Operation,
        name: &'static str,
        route: MethodRouter<S>,
    ) -> Routes<S> {
        let is_api = path.starts_with(openapi::PREFIX);
        assert!(
            is_api == operation.said.is_some(),
            "{method} {path}: routes under /v1 say what they do with `needs.to(…)`, and only they"
        );
        if let Some(said) = &mut operation.said {
            assert!(!said.answers.is_empty(), "{method} {path} does not say what it answers");
            if openapi::path_names(path).next().is_some() {
                said.add_refusal(problems::NOT_FOUND.entry());
            }
            if !method.is_safe() {
                said.add_refusal(problems::CROSS_SITE.entry());
            }
        }
        let operation = Arc::new(operation);
        let guarding = operation.clone();
        let guarded = route
            .route_layer(middleware::from_fn(move |request, next| guard(guarding.clone(), request, next)));
        self.router = self.router.route(path, guarded);
        let (path, chapter) = (path.to_owned(), self.chapter);
        self.declared.push(Declared { method, path, operation, name, chapter });
        self
    }

    /// These and others.
    pub fn merge(mut self, others: Routes<S>) -> Routes<S> {
        self.router = self.router.merge(others.router);
        self.declared.extend(others.declared);
        self
    }

    /// These with something around them all, such as a layer.
    pub fn wrap(self, wrap: impl FnOnce(Router<S>) -> Router<S>) -> Routes<S> {
        Routes { router: wrap(self.router), ..self }
    }

    /// These with what their handlers work with.
    pub fn with_state<S2>(self, state: S) -> Routes<S2> {
        Routes { router: self.router.with_state(state), declared: self.declared, chapter: self.chapter }
    }

    /// Every route, as it was declared: tests ask each of them.
    pub fn declared(&self) -> &[Declared] {
        &self.declared
    }

    /// The router.
    pub fn into_router(self) -> Router<S> {
        self.router
    }
}

/// The last part of a function's name.
fn name_of<H>() -> &'static str {
    let name = std::any::type_name::<H>();
    name.rsplit("::").next().unwrap_or(name)
}

/// Where the caller may do what the route needs; the guard of the route puts it on the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Within(
    /// The part of the organisation.
    pub Scope,
);

impl<S: Send + Sync> FromRequestParts<S> for Within {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Within, Problem> {
        Ok(parts.extensions.get::<Within>().cloned().unwrap_or(Within(Scope::NOTHING)))
    }
}

/// An id in a path, asked for by somebody who may see a part of the organisation only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name in the pattern: `order_id`.
    pub name: String,
    /// What stands there.
    pub value: String,
    /// True for a request that changes something.
    pub is_change: bool,
}

type Answer = Pin<Box<dyn Future<Output = Result<bool, Fault>> + Send>>;

/// Finds out whether all that a path names lies within a scope. The one who knows all contexts puts it on every
/// request as an extension; without it nothing is within a part.
#[derive(Clone)]
pub struct Reach(Arc<dyn Fn(Scope, Vec<Named>) -> Answer + Send + Sync>);

impl Reach {
    /// By this question.
    pub fn by<F, A>(question: F) -> Reach
    where
        F: Fn(Scope, Vec<Named>) -> A + Send + Sync + 'static,
        A: Future<Output = Result<bool, Fault>> + Send + 'static,
    {
        Reach(Arc::new(move |scope, named| Box::pin(question(scope, named))))
    }
}

/// Why a route was not entered: whoever dresses answers as pages finds it on the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barred {
    /// Nobody is signed in.
    Unknown,
    /// The caller lacks this.
    Lacks(Permission),
    /// What is named is not theirs, or not there.
    NotTheirs,
    /// They view as another role, and this would change something.
    Viewing,
}

impl IntoResponse for Barred {
    fn into_response(self) -> Response {
        let problem = match self {
            Barred::Unknown => Problem::unauthorised(
                problems::UNAUTHORISED,
                "Sign in, or send `Authorization: Bearer` with a token that is still good.",
            ),
            Barred::Lacks(permission) => Problem::forbidden(
                problems::PERMISSION_MISSING,
                format!("This needs the permission `{permission}`. {}", permission.says()),
            )
            .with("permission", permission.code()),
            Barred::Viewing => Problem::forbidden(
                problems::VIEWING_ONLY,
                "You view as another role, so nothing can be changed.",
            ),
            Barred::NotTheirs => Problem::not_found(
                problems::NOT_FOUND,
                "There is no such thing, or it is not within what you may see.",
            ),
        };
        let mut response = problem.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

async fn guard(operation: Arc<Operation>, request: Request, next: Next) -> Response {
    if let Some(refusal) = refuse_nul(&request) {
        return refusal;
    }
    let is_read = request.method().is_safe();
    let had = request.headers().get(header::IF_NONE_MATCH).filter(|_| is_read).cloned();
    let spoken = operation.said.as_ref().map(|_| version::spoken(&request)).transpose();
    let mut response = match spoken {
        Err(ref problem) => problem.clone().into_response(),
        Ok(_) => match admit(operation.needs, request).await {
            Ok(request) => bound(operation.needs, patient(&operation, request), next).await,
            Err(refusal) => refusal,
        },
    };
    if let Ok(Some(spoken)) = spoken {
        response.extensions_mut().insert(spoken);
    }
    let is_tagged = operation.said.as_ref().is_some_and(|said| said.is_tagged);
    let response = if is_tagged { seen::tag(had.as_ref(), response).await } else { response };
    if cfg!(debug_assertions)
        && let Some(said) = &operation.said
    {
        keep_promise(said, is_read, &response);
    }
    response
}

/// Answers so that nothing beyond the caller's own part is read, whatever the handler asks for: the second wall.
/// What the caller may not see of it is left out.
async fn bound(needs: Needs, mut request: Request, next: Next) -> Response {
    match request.extensions().get::<Caller>().filter(|_| needs != Needs::Nothing) {
        Some(caller) => {
            let (reach, actor) = (caller.access.reach(), caller.actor.clone());
            let sees = Sees::of(&caller.access, needs);
            request.extensions_mut().insert(sees);
            sees.keep(wall::within(reach, &actor, next.run(request)).await).await
        }
        None => next.run(request).await,
    }
}

/// The character NUL is in no name and no text of ours, and PostgreSQL keeps none.
fn refuse_nul(request: &Request) -> Option<Response> {
    let has_nul = |text: &str| text.contains("%00");
    if has_nul(request.uri().path()) {
        return Some(Barred::NotTheirs.into_response());
    }
    let is_asked = request.uri().query().is_some_and(has_nul);
    let says = "There is a character NUL in it.";
    is_asked.then(|| Problem::bad_request(problems::INVALID_QUERY, says).into_response())
}

/// A file may take its time, once its caller was let in.
fn patient(operation: &Operation, request: Request) -> Request {
    let takes_file = operation.said.as_ref().is_some_and(|said| said.takes_file);
    match request.extensions().get::<Upload>().cloned() {
        Some(upload) if takes_file => upload.take(request),
        _ => request,
    }
}

/// While we build, an answer that the document does not have is a mistake of ours.
fn keep_promise(said: &Said, is_read: bool, response: &Response) {
    let status = response.status();
    match response.extensions().get::<Refused>() {
        Some(Refused(code)) => {
            assert!(said.may_refuse(code), "{}: `{code}` is not promised: add `.refuses(…)`", said.summary);
        }
        // A reader that has it already gets no body.
        None if is_read && status == StatusCode::NOT_MODIFIED => {}
        None => assert!(said.may_answer(status), "{}: {status} is not promised", said.summary),
    }
}

async fn admit(needs: Needs, request: Request) -> Result<Request, Response> {
    if needs == Needs::Nothing {
        return Ok(request);
    }
    let (mut parts, body) = request.into_parts();
    let caller = parts.extensions.get::<Caller>().ok_or_else(|| Barred::Unknown.into_response())?;
    if parts.extensions.get::<Viewing>().is_some() && !parts.method.is_safe() {
        return Err(Barred::Viewing.into_response());
    }
    let lacks = |permission| Barred::Lacks(permission).into_response();
    match needs {
        Needs::Nothing | Needs::Caller => {}
        Needs::Throughout(permission) => {
            if !caller.access.may_throughout(permission) {
                return Err(lacks(permission));
            }
            parts.extensions.insert(Within(Scope::EVERYTHING));
        }
        Needs::Within(permission) => {
            let scope = caller.access.scope(permission);
            if scope == Scope::NOTHING {
                return Err(lacks(permission));
            }
            if !scope.is_everything() && !is_within(&mut parts, scope.clone()).await? {
                return Err(Barred::NotTheirs.into_response());
            }
            parts.extensions.insert(Within(scope));
        }
    }
    Ok(Request::from_parts(parts, body))
}

async fn is_within(parts: &mut Parts, scope: Scope) -> Result<bool, Response> {
    let params = RawPathParams::from_request_parts(parts, &()).await.map_err(IntoResponse::into_response)?;
    let is_change = !parts.method.is_safe();
    let named: Vec<Named> = params
        .iter()
        .map(|(name, value)| Named { name: name.to_owned(), value: value.to_owned(), is_change })
        .collect();
    if named.is_empty() {
        return Ok(true);
    }
    let Some(Reach(question)) = parts.extensions.get::<Reach>().cloned() else { return Ok(false) };
    question(scope, named).await.map_err(|fault| Problem::fault(fault).into_response())
}
