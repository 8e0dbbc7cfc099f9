//! Nodes from a file. A node that is known with other facts is refused: it is changed on its page, where one sees what
//! hangs on it.

use std::collections::HashSet;

use db::Fault;
use kernel::{Address, Place};
use network::{AddNodesError, NewNode, Node, NodeKind, NodeProblem};
use operations::{Outcome, RowResult};
use runtime::Cx;

use super::line::Line;

/// Takes nodes; each line has its own answer.
pub(super) async fn take(cx: &mut Cx<'_>, mut lines: Vec<Line>) -> Result<Vec<RowResult>, Fault> {
    let codes: Vec<String> = lines.iter().map(|line| line.text("code").to_owned()).collect();
    let known = network::find_nodes_by_code(cx.tx, &cx.organisation_id, &codes).await?;
    let mut outcomes = vec![Outcome::Failed; lines.len()];
    let (mut new, mut places, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for (place, line) in lines.iter_mut().enumerate() {
        let Some(node) = read(line) else { continue };
        if !seen.insert(node.code.clone()) {
            line.refuse("code", "contradiction", "the same code stands in this part of the file twice");
        }
        match known.get(&node.code) {
            Some(known) if is_same(known, &node) => outcomes[place] = Outcome::Unchanged,
            Some(_) => line.refuse("code", "conflict", "the node is known with other facts"),
            None if line.is_good() => {
                new.push(node);
                places.push(place);
            }
            None => {}
        }
    }
    // One that is refused is left out, and the others are asked for again.
    loop {
        match network::add_nodes(cx, &new).await {
            Ok(_) => break,
            Err(AddNodesError::Fault(fault)) => return Err(fault),
            Err(refusal) => {
                let (index, column, code) = told(&refusal);
                lines[places[index]].refuse(column, code, refusal);
                new.remove(index);
                places.remove(index);
            }
        }
    }
    places.into_iter().for_each(|place| outcomes[place] = Outcome::Done);
    let results = lines.into_iter().zip(outcomes).map(|(line, outcome)| {
        let subject = line.text("code").to_owned();
        line.into_result(subject, outcome)
    });
    Ok(results.collect())
}

fn read(line: &mut Line) -> Option<NewNode> {
    let (code, name) = (line.required("code"), line.required("name"));
    let kind = line.required("kind");
    let kind = NodeKind::parse(&kind);
    if kind.is_none() {
        line.refuse("kind", "bad_text", "one of regional_centre, store, vendor, partner");
    }
    let country = line.required("country");
    let mut degrees = |column: &str| {
        let number = line.required(column).replace(',', ".").parse::<f64>().ok();
        if number.is_none() {
            line.refuse(column, "bad_address", "degrees, such as 42.6977");
        }
        number
    };
    let place = degrees("latitude").zip(degrees("longitude"));
    let place = place.and_then(|(latitude, longitude)| match Place::from_degrees(latitude, longitude) {
        Ok(place) => Some(place),
        Err(error) => {
            line.refuse("latitude", "bad_address", error);
            None
        }
    });
    let time_zone = line.required("time_zone");
    let (can_ship, can_pickup) = (line.flag("can_ship", true), line.flag("can_pickup", false));
    let text = |column: &str| line.text(column).to_owned();
    let zone = Some(text("zone")).filter(|zone| !zone.is_empty()).unwrap_or_else(|| country.clone());
    let address = Address {
        name: text("address_name"),
        line1: text("line1"),
        line2: text("line2"),
        postal_code: text("postal_code"),
        city: text("city"),
        region: text("region"),
        phone: text("phone"),
        country,
        place: None,
    };
    let (kind, place) = (kind?, place?);
    Some(NewNode { code, name, kind, address, place, zone, time_zone, can_ship, can_pickup })
}

fn is_same(known: &Node, new: &NewNode) -> bool {
    let address = Address { place: None, ..known.address.clone() };
    let facts = (&known.name, known.kind, &address, known.place, &known.zone, &known.time_zone);
    let wanted = (&new.name, new.kind, &new.address, new.place, &new.zone, &new.time_zone);
    facts == wanted && (known.can_ship, known.can_pickup) == (new.can_ship, new.can_pickup)
}

fn told(refusal: &AddNodesError) -> (usize, &'static str, &'static str) {
    match refusal {
        AddNodesError::BadNode { index, problem } => match problem {
            NodeProblem::BadText { field } => (*index, *field, "bad_text"),
            NodeProblem::BadCountry { .. } => (*index, "country", "bad_address"),
            NodeProblem::BadPlace { .. } => (*index, "latitude", "bad_address"),
            NodeProblem::BadTimeZone { .. } => (*index, "time_zone", "bad_time"),
        },
        AddNodesError::DuplicateCode { index, .. } => (*index, "code", "conflict"),
        AddNodesError::Fault(_) => (0, "", "lost"),
    }
}
