//! Items from a list where each stands for itself: those that are good are known from now on with these facts, the
//! others are told apart.

use std::collections::HashMap;

use runtime::Cx;

use crate::{
    add_items::{ItemProblem, Standing, decide},
    amend_items::write,
    model::NewItem,
    store,
};

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It was not known.
    Added,
    /// It was known with other facts.
    Amended,
    /// It was known with these.
    Same,
}

/// Takes each item that can be, whatever is wrong with the others; gives the answers in the order given.
pub async fn take_items(
    cx: &mut Cx<'_>,
    items: &[NewItem],
) -> Result<Vec<Result<Taken, Vec<ItemProblem>>>, db::Fault> {
    let known = store::gather_known(cx.tx, &cx.organisation_id, items).await?;
    let mut places: Vec<usize> = (0..items.len()).collect();
    let mut refused: HashMap<usize, Vec<ItemProblem>> = HashMap::new();
    // What is left is looked at anew: a repeat of what was refused stands for itself now.
    let (good, standings) = loop {
        let good: Vec<NewItem> = places.iter().map(|place| items[*place].clone()).collect();
        match decide(&good, &known) {
            Ok(standings) => break (good, standings),
            Err(refusals) => {
                for refusal in refusals {
                    refused.entry(places[refusal.index]).or_default().push(refusal.problem);
                }
                places.retain(|place| !refused.contains_key(place));
            }
        }
    };
    write(cx, &good, &standings).await?;
    let mut taken: HashMap<usize, Taken> = HashMap::new();
    for (place, standing) in places.into_iter().zip(&standings) {
        let became = match standing {
            Standing::New => Taken::Added,
            Standing::Differs(_) => Taken::Amended,
            Standing::Same(_) | Standing::RepeatOf(_) => Taken::Same,
        };
        taken.insert(place, became);
    }
    let answers = (0..items.len()).map(|place| match refused.remove(&place) {
        Some(problems) => Err(problems),
        None => Ok(taken[&place]),
    });
    Ok(answers.collect())
}
