//! The simulated carrier's own books: what it sold, gave up and received. They are the other side's truth, kept apart
//! from ours, in memory and if wanted in an append-only file of JSON lines that outlives our process. Processes on one
//! machine share the file: whoever looks or writes holds its lock, and first reads what the others have written.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use kernel::{Money, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{LabelBought, LabelState, TransitDays};

/// A label in the carrier's books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelRecord {
    /// What the buyer called it.
    pub reference: String,
    /// The carrier's key.
    pub carrier_reference: String,
    /// The parcel id.
    pub tracking_number: String,
    /// The product.
    pub service_code: String,
    /// The town it starts from.
    pub from_city: String,
    /// The town it goes to.
    pub to_city: String,
    /// What it costs.
    pub price: Money,
    /// What was said about its way.
    pub transit_days: TransitDays,
    /// When it was sold.
    pub bought_at: Timestamp,
    /// When it was given up, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voided_at: Option<Timestamp>,
    /// When the parcel was handed over, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_over_at: Option<Timestamp>,
    /// When it arrives, where that is a known history that is replayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrives_at: Option<Timestamp>,
}

impl LabelRecord {
    /// Whether it is owed: not given up.
    pub fn is_live(&self) -> bool {
        self.voided_at.is_none()
    }

    /// What the carrier tells the buyer about it.
    pub fn as_bought(&self) -> LabelBought {
        LabelBought {
            carrier_reference: self.carrier_reference.clone(),
            tracking_number: self.tracking_number.clone(),
            price: self.price,
            transit_days: self.transit_days,
            state: if self.is_live() { LabelState::Live } else { LabelState::Cancelled },
        }
    }
}

/// One line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub(crate) enum Entry {
    Bought(LabelRecord),
    Voided {
        tracking_number: String,
        at: Timestamp,
    },
    HandedOver {
        tracking_number: String,
        at: Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        arrives_at: Option<Timestamp>,
    },
}

#[derive(Debug, Default)]
pub(crate) struct Books {
    labels: Vec<LabelRecord>,
    by_reference: HashMap<String, Vec<usize>>,
    by_tracking_number: HashMap<String, usize>,
    file: Option<File>,
    /// Bytes of whole lines in the file.
    length: u64,
}

impl Books {
    /// Opens the file, making it if needed, and reads what an earlier process wrote there.
    pub(crate) fn open(path: &Path) -> io::Result<Books> {
        let file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
        let mut books = Books { file: Some(file), ..Books::default() };
        books.take_hold()?;
        books.let_go();
        Ok(books)
    }

    /// Waits until no other process has the file, and reads what they wrote; gives those entries.
    pub(crate) fn take_hold(&mut self) -> io::Result<Vec<Entry>> {
        let Some(file) = &mut self.file else { return Ok(Vec::new()) };
        file.lock()?;
        if file.metadata()?.len() == self.length {
            return Ok(Vec::new());
        }
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(self.length))?;
        file.read_to_end(&mut bytes)?;
        // A kill in mid-write leaves half a line at the end. It was never answered for, so it never happened.
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        let entries = bytes[..whole]
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).map_err(io::Error::other))
            .collect::<io::Result<Vec<Entry>>>()?;
        self.length += whole as u64;
        file.set_len(self.length)?;
        for entry in &entries {
            self.apply(entry);
        }
        Ok(entries)
    }

    /// Lets others have the file.
    pub(crate) fn let_go(&self) {
        if let Some(file) = &self.file {
            // It fails only where there is no lock, and then there is nothing to let go.
            let _ = file.unlock();
        }
    }

    /// Writes an entry down, on paper first: what is answered is always written.
    pub(crate) fn post(&mut self, entry: &Entry) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            let mut line = serde_json::to_vec(entry).map_err(io::Error::other)?;
            line.push(b'\n');
            if let Err(error) = file.write_all(&line) {
                // Half a line in the middle would spoil the file for ever.
                file.set_len(self.length)?;
                return Err(error);
            }
            self.length += line.len() as u64;
        }
        self.apply(entry);
        Ok(())
    }

    pub(crate) fn labels(&self) -> &[LabelRecord] {
        &self.labels
    }

    pub(crate) fn by_tracking_number(&self, tracking_number: &str) -> Option<&LabelRecord> {
        self.by_tracking_number.get(tracking_number).map(|&at| &self.labels[at])
    }

    /// Every label with this reference, oldest first.
    pub(crate) fn by_reference(&self, reference: &str) -> impl DoubleEndedIterator<Item = &LabelRecord> {
        self.by_reference.get(reference).into_iter().flatten().map(|&at| &self.labels[at])
    }

    /// References under which more than one label is owed, sorted.
    pub(crate) fn paid_twice(&self) -> Vec<String> {
        let is_twice =
            |reference: &&String| self.by_reference(reference).filter(|label| label.is_live()).count() > 1;
        let mut twice: Vec<String> = self.by_reference.keys().filter(is_twice).cloned().collect();
        twice.sort_unstable();
        twice
    }

    fn apply(&mut self, entry: &Entry) {
        match entry {
            Entry::Bought(label) => {
                let at = self.labels.len();
                self.by_reference.entry(label.reference.clone()).or_default().push(at);
                self.by_tracking_number.insert(label.tracking_number.clone(), at);
                self.labels.push(label.clone());
            }
            Entry::Voided { tracking_number, at } => {
                if let Some(&label) = self.by_tracking_number.get(tracking_number) {
                    self.labels[label].voided_at = Some(*at);
                }
            }
            Entry::HandedOver { tracking_number, at, arrives_at } => {
                if let Some(&label) = self.by_tracking_number.get(tracking_number) {
                    self.labels[label].handed_over_at = Some(*at);
                    self.labels[label].arrives_at = *arrives_at;
                }
            }
        }
    }
}
