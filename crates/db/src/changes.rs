//! What changed since when, for whoever keeps in memory what was read.
//!
//! A **topic** is what kept knowledge hangs on: a table by its name, or one thing by its id where its table changes too
//! often for all that was read of it to be dropped. Each committed transaction moves the [`Moment`] on and marks its
//! topics with it. What was read after a moment is true as long as no topic it hangs on was marked later.
//!
//! On SQLite one process writes. Its statements tell which table they write to, verbs name things by [`Tx::touch`], and
//! all of it is marked after the commit and before anybody hears of it. On PostgreSQL others write too: triggers leave
//! the topics in a table, and whoever asks fetches what was committed since it last did, see `runtime::watch`.
//!
//! [`Tx::touch`]: crate::Tx::touch

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, Weak},
};

/// How many topics are remembered. Beyond it all are forgotten at once, and what is kept is read anew.
const TOPICS_MOST: usize = 200_000;

/// A point in the history of commits as this process knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

/// What a transaction changes.
#[derive(Debug, Default)]
pub struct Notes {
    /// Where everything may have changed.
    is_everything: bool,
    tables: Vec<Arc<str>>,
    touched: Vec<String>,
    /// How far organisations' streams of events go after it.
    ends: Vec<(String, i64)>,
}

impl Notes {
    /// Everything may have changed.
    pub fn everything() -> Notes {
        Notes { is_everything: true, ..Notes::default() }
    }

    /// These topics changed.
    pub fn of(topics: Vec<String>) -> Notes {
        Notes { touched: topics, ..Notes::default() }
    }

    /// The same, and an organisation's stream goes so far.
    pub fn ending(mut self, organisation: &str, end: i64) -> Notes {
        self.end_at(organisation, end);
        self
    }

    pub(crate) fn note_everything(&mut self) {
        self.is_everything = true;
    }

    pub(crate) fn note_table(&mut self, table: &Arc<str>) {
        if !self.tables.iter().any(|noted| noted == table) {
            self.tables.push(table.clone());
        }
    }

    pub(crate) fn touch(&mut self, topic: &str) {
        self.touched.push(topic.to_owned());
    }

    pub(crate) fn end_at(&mut self, organisation: &str, end: i64) {
        self.ends.push((organisation.to_owned(), end));
    }

    /// With what a later transaction of the same commit changes.
    pub(crate) fn add(&mut self, later: Notes) {
        self.is_everything |= later.is_everything;
        for table in &later.tables {
            self.note_table(table);
        }
        self.touched.extend(later.touched);
        self.ends.extend(later.ends);
    }
}

/// The history of commits as this process knows it.
#[derive(Default)]
pub struct Changes {
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    moment: u64,
    /// What happened up to here is forgotten.
    floor: u64,
    topics: HashMap<String, u64>,
    ends: HashMap<String, i64>,
    followers: Vec<Weak<Mutex<Heard>>>,
}

/// What changed since somebody who follows last asked.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Where everything may have changed.
    pub is_everything: bool,
    /// What did.
    pub topics: BTreeSet<String>,
}

/// Hears of every topic that is marked, once.
pub struct Follower(Arc<Mutex<Heard>>);

impl Follower {
    /// What was marked since the last time.
    pub fn take(&self) -> Heard {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Changes {
    /// Marks what was committed.
    pub fn publish(&self, notes: Notes) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.moment += 1;
        let moment = known.moment;
        if notes.is_everything || known.topics.len() > TOPICS_MOST {
            known.topics.clear();
            known.floor = moment;
        }
        known.followers.retain(|follower| follower.strong_count() > 0);
        for follower in known.followers.iter().filter_map(Weak::upgrade) {
            let mut heard = follower.lock().unwrap_or_else(PoisonError::into_inner);
            heard.is_everything |= notes.is_everything;
            heard.topics.extend(notes.tables.iter().map(|table| table.to_string()));
            heard.topics.extend(notes.touched.iter().cloned());
            if heard.topics.len() > TOPICS_MOST {
                *heard = Heard { is_everything: true, topics: BTreeSet::new() };
            }
        }
        for table in notes.tables {
            match known.topics.get_mut(&*table) {
                Some(marked) => *marked = moment,
                None => drop(known.topics.insert(table.to_string(), moment)),
            }
        }
        known.topics.extend(notes.touched.into_iter().map(|topic| (topic, moment)));
        known.ends.extend(notes.ends);
    }

    /// Follows it from now on.
    pub fn follow(&self) -> Follower {
        let heard = Arc::<Mutex<Heard>>::default();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.followers.push(Arc::downgrade(&heard));
        Follower(heard)
    }

    /// Looks at one instant of it; nothing is marked meanwhile.
    pub fn look(&self) -> Look<'_> {
        Look(self.known.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The history of commits, held still.
pub struct Look<'c>(RwLockReadGuard<'c, Known>);

impl Look<'_> {
    /// The last moment: what is read from now on is true after it.
    pub fn moment(&self) -> Moment {
        Moment(self.0.moment)
    }

    /// True where nothing of the topic was committed after a moment.
    pub fn is_still(&self, topic: &str, since: Moment) -> bool {
        since.0 >= self.0.floor && self.0.topics.get(topic).is_none_or(|marked| *marked <= since.0)
    }

    /// The same of several topics.
    pub fn are_still(&self, topics: &[&str], since: Moment) -> bool {
        topics.iter().all(|topic| self.is_still(topic, since))
    }

    /// How far an organisation's stream of events goes at this instant, where that is known.
    pub fn end(&self, organisation: &str) -> Option<i64> {
        self.0.ends.get(organisation).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_stands_until_its_topic_is_marked() {
        let changes = Changes::default();
        let read = changes.look().moment();
        changes.publish(Notes::of(vec!["tea".into()]).ending("us", 7));
        let look = changes.look();
        assert!(!look.is_still("tea", read) && look.is_still("cup", read));
        assert!(look.is_still("tea", look.moment()));
        assert_eq!((look.end("us"), look.end("them")), (Some(7), None));
        let (later, before) = (look.moment(), read);
        drop(look);
        changes.publish(Notes::everything());
        let look = changes.look();
        assert!(!look.are_still(&["cup"], later) && !look.is_still("cup", before));
        assert!(look.is_still("cup", look.moment()));
        assert_eq!(look.end("us"), Some(7), "nothing was told of it");
    }

    #[test]
    fn transactions_of_one_commit_are_noted_together() {
        let (mut one, mut other) = (Notes::default(), Notes::default());
        one.note_table(&"item".into());
        one.end_at("us", 3);
        other.note_table(&"item".into());
        other.touch("tea");
        other.end_at("us", 5);
        one.add(other);
        let changes = Changes::default();
        let before = changes.look().moment();
        let follower = changes.follow();
        changes.publish(one);
        assert_eq!(Vec::from_iter(follower.take().topics), ["item", "tea"]);
        assert_eq!(follower.take(), Heard::default(), "it was told");
        let look = changes.look();
        assert!(!look.is_still("item", before) && !look.is_still("tea", before));
        assert_eq!(look.end("us"), Some(5));
    }
}
