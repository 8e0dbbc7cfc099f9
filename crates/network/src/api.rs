//! Nodes over HTTP.

mod change;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::{Address, NodeId, Page, Place, Timestamp};
use runtime::Runtime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Command, Needs, Path, Permission, Problem, Routes, Within, answered, problems};

use self::change::NodeChangeJson;
use crate::{AddNodesError, NewNode, Node, NodeKind, NodeProblem, SetActiveError, store};

/// The most nodes in one request.
const MAX_MANY: usize = 10_000;

/// `/v1/nodes`.
pub fn routes() -> Routes<Runtime> {
    let (read, write) = (Needs::Within(Permission::NetworkRead), Needs::Within(Permission::NetworkWrite));
    Routes::new()
        .chapter("Nodes", "The places that hold stock and send it.")
        .post(
            "/v1/nodes",
            Needs::Throughout(Permission::NetworkWrite)
                .to("Add nodes")
                .command::<NodesJson>()
                .gives::<NodeIds>(StatusCode::CREATED, "Added; ids in the order of the request.")
                .refuses(problems::DUPLICATE_CODE),
            post_nodes,
        )
        .get("/v1/nodes", read.to("List nodes").gives_all::<NodeJson>("The nodes."), get_nodes)
        .get(
            "/v1/nodes/{node_id}",
            read.to("See a node").gives::<NodeJson>(StatusCode::OK, "The node.").tagged(),
            get_node,
        )
        .patch(
            "/v1/nodes/{node_id}",
            write
                .to("Change a node")
                .about(
                    "A merge patch, also as `application/merge-patch+json`: what is absent stays, also within the \
                     address, and null takes away. The code is what makes it the same node, and stays. Work under way \
                     goes on as it was planned.",
                )
                .guarded::<NodeChangeJson>()
                .gives::<NodeJson>(StatusCode::OK, "The node as it is now."),
            change::patch_node,
        )
        .post(
            "/v1/nodes/{node_id}/activate",
            write
                .to("Activate a node")
                .about("It gets work from now on.")
                .command::<()>()
                .gives::<ActiveJson>(StatusCode::OK, "Active."),
            post_activate,
        )
        .post(
            "/v1/nodes/{node_id}/deactivate",
            write
                .to("Deactivate a node")
                .about("It gets no new work; what it has it finishes.")
                .command::<()>()
                .gives::<ActiveJson>(StatusCode::OK, "Not active."),
            post_deactivate,
        )
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NodeKind)]
enum KindJson {
    RegionalCentre,
    Store,
    Vendor,
    Partner,
}

impl From<KindJson> for NodeKind {
    fn from(kind: KindJson) -> NodeKind {
        match kind {
            KindJson::RegionalCentre => NodeKind::RegionalCentre,
            KindJson::Store => NodeKind::Store,
            KindJson::Vendor => NodeKind::Vendor,
            KindJson::Partner => NodeKind::Partner,
        }
    }
}

impl From<NodeKind> for KindJson {
    fn from(kind: NodeKind) -> KindJson {
        match kind {
            NodeKind::RegionalCentre => KindJson::RegionalCentre,
            NodeKind::Store => KindJson::Store,
            NodeKind::Vendor => KindJson::Vendor,
            NodeKind::Partner => KindJson::Partner,
        }
    }
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewNodeJson {
    #[schema(min_length = 1, max_length = 200)]
    code: String,
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    kind: KindJson,
    address: Address,
    place: Place,
    /// Which rates hold from here.
    #[schema(min_length = 1, max_length = 200)]
    zone: String,
    /// An IANA name.
    #[schema(example = "Europe/Sofia")]
    time_zone: String,
    /// True where it sends parcels.
    #[serde(default = "yes")]
    can_ship: bool,
    /// True where customers collect.
    #[serde(default)]
    can_pickup: bool,
}

fn yes() -> bool {
    true
}

impl From<NewNodeJson> for NewNode {
    fn from(json: NewNodeJson) -> NewNode {
        let NewNodeJson { code, name, kind, address, place, zone, time_zone, can_ship, can_pickup } = json;
        let kind = kind.into();
        NewNode { code, name, kind, address, place, zone, time_zone, can_ship, can_pickup }
    }
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NodesJson {
    #[schema(max_items = 10_000)]
    nodes: Vec<NewNodeJson>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct NodeIds {
    node_ids: Vec<NodeId>,
}

async fn post_nodes(State(rt): State<Runtime>, command: Command<NodesJson>) -> Result<Response, Problem> {
    let given = command.body.nodes.len();
    if given > MAX_MANY {
        let says = format!("{given} nodes at once; at most {MAX_MANY}.");
        let problem = Problem::unprocessable(problems::INVALID_FIELD, &says);
        return Err(problem.at("/nodes", problems::INVALID_FIELD.slug(), &says));
    }
    let nodes: Vec<NewNode> = command.body.nodes.into_iter().map(NewNode::from).collect();
    let answer = rt
        .command(command.call, move |cx| {
            let nodes = nodes.clone();
            Box::pin(async move {
                let node_ids = crate::add_nodes(cx, &nodes).await?;
                Ok::<_, AddNodesError>(NodeIds { node_ids })
            })
        })
        .await?;
    answered(StatusCode::CREATED, answer)
}

impl From<AddNodesError> for Problem {
    fn from(error: AddNodesError) -> Problem {
        let says = error.to_string();
        let (index, field) = match error {
            AddNodesError::BadNode { index, problem } => (index, place_of(&problem)),
            AddNodesError::DuplicateCode { index, .. } => {
                let kind = problems::DUPLICATE_CODE;
                return Problem::conflict(kind, &says).at(format!("/nodes/{index}/code"), kind.slug(), &says);
            }
            AddNodesError::Fault(fault) => return Problem::fault(fault),
        };
        let kind = problems::INVALID_FIELD;
        Problem::unprocessable(kind, &says).at(format!("/nodes/{index}/{field}"), kind.slug(), &says)
    }
}

/// The field that is wrong.
fn place_of(problem: &NodeProblem) -> &'static str {
    match problem {
        NodeProblem::BadText { field } => field,
        NodeProblem::BadCountry { .. } => "address/country",
        NodeProblem::BadPlace { field } => field,
        NodeProblem::BadTimeZone { .. } => "time_zone",
    }
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct NodeJson {
    node_id: NodeId,
    code: String,
    name: String,
    kind: KindJson,
    address: Address,
    place: Place,
    zone: String,
    time_zone: String,
    can_ship: bool,
    can_pickup: bool,
    is_active: bool,
    /// Moved on by one with every change; in quotes it is good as `If-Match`.
    version: i64,
    created_at: Timestamp,
}

impl From<Node> for NodeJson {
    fn from(node: Node) -> NodeJson {
        let Node { node_id, code, name, kind, address, place, zone, time_zone, .. } = node;
        let Node { can_ship, can_pickup, is_active, version, created_at, .. } = node;
        let kind = kind.into();
        NodeJson {
            node_id,
            code,
            name,
            kind,
            address,
            place,
            zone,
            time_zone,
            can_ship,
            can_pickup,
            is_active,
            version,
            created_at,
        }
    }
}

async fn get_nodes(State(rt): State<Runtime>, Within(scope): Within) -> Result<Response, Problem> {
    let organisation_id = rt.organisation_id.clone();
    let nodes = rt
        .read(move |tx| Box::pin(async move { store::list_nodes(tx, &organisation_id, &scope).await }))
        .await
        .map_err(Problem::fault)?;
    let rows: Vec<NodeJson> = nodes.into_iter().map(NodeJson::from).collect();
    Ok(axum::Json(Page { rows, next: None }).into_response())
}

async fn get_node(State(rt): State<Runtime>, Path(node_id): Path<NodeId>) -> Result<Response, Problem> {
    let (organisation_id, wanted) = (rt.organisation_id.clone(), node_id.clone());
    let node = rt
        .read(move |tx| Box::pin(async move { store::find_node(tx, &organisation_id, &wanted).await }))
        .await
        .map_err(Problem::fault)?;
    let node = node.ok_or_else(|| no_node(&node_id))?;
    Ok(web::versioned(node.version, axum::Json(NodeJson::from(node))))
}

fn no_node(node_id: &NodeId) -> Problem {
    Problem::not_found(problems::NOT_FOUND, format!("There is no node {node_id}."))
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = NodeActive)]
struct ActiveJson {
    node_id: NodeId,
    is_active: bool,
}

async fn post_activate(
    State(rt): State<Runtime>,
    Path(node_id): Path<NodeId>,
    command: Command<()>,
) -> Result<Response, Problem> {
    let answer = rt
        .command(command.call, move |cx| {
            let node_id = node_id.clone();
            Box::pin(async move {
                crate::activate(cx, &node_id).await?;
                Ok::<_, SetActiveError>(ActiveJson { node_id, is_active: true })
            })
        })
        .await?;
    answered(StatusCode::OK, answer)
}

async fn post_deactivate(
    State(rt): State<Runtime>,
    Path(node_id): Path<NodeId>,
    command: Command<()>,
) -> Result<Response, Problem> {
    let answer = rt
        .command(command.call, move |cx| {
            let node_id = node_id.clone();
            Box::pin(async move {
                crate::deactivate(cx, &node_id).await?;
                Ok::<_, SetActiveError>(ActiveJson { node_id, is_active: false })
            })
        })
        .await?;
    answered(StatusCode::OK, answer)
}

impl From<SetActiveError> for Problem {
    fn from(error: SetActiveError) -> Problem {
        match error {
            SetActiveError::UnknownNode { node_id } => no_node(&node_id),
            SetActiveError::Fault(fault) => Problem::fault(fault),
        }
    }
}
