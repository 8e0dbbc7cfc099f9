//! The simulated provider's own books: the other side's truth, in memory and if wanted in an append-only file of JSON
//! lines that outlives our process. Processes on one machine share the file: whoever looks or writes holds its lock, and
//! first reads what the others have written.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use kernel::Money;
use serde::{Deserialize, Serialize};

use crate::{Totals, Transaction, TransactionKind};

/// One line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub(crate) enum Entry {
    Done(Transaction),
    /// A refusal is kept too, for the same key must get the same answer.
    Declined {
        reference: String,
        code: String,
        reason: String,
    },
}

#[derive(Debug, Default)]
pub(crate) struct Books {
    transactions: Vec<Transaction>,
    by_reference: HashMap<String, usize>,
    declined: HashMap<String, (String, String)>,
    totals: HashMap<String, Totals>,
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

    /// Waits until no other process has the file, and reads what they wrote.
    pub(crate) fn take_hold(&mut self) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        file.lock()?;
        if file.metadata()?.len() == self.length {
            return Ok(());
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
        for entry in entries {
            self.apply(entry);
        }
        Ok(())
    }

    /// Lets others have the file.
    pub(crate) fn let_go(&self) {
        if let Some(file) = &self.file {
            // It fails only where there is no lock, and then there is nothing to let go.
            let _ = file.unlock();
        }
    }

    /// Writes an entry down, on paper first: what is answered is always written.
    pub(crate) fn post(&mut self, entry: Entry) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            let mut line = serde_json::to_vec(&entry).map_err(io::Error::other)?;
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

    pub(crate) fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    pub(crate) fn find(&self, reference: &str) -> Option<&Transaction> {
        self.by_reference.get(reference).map(|&at| &self.transactions[at])
    }

    pub(crate) fn declined(&self, reference: &str) -> Option<&(String, String)> {
        self.declined.get(reference)
    }

    pub(crate) fn totals(&self, authorisation: &str) -> Option<&Totals> {
        self.totals.get(authorisation)
    }

    fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::Done(transaction) => {
                self.add_up(&transaction);
                self.by_reference.insert(transaction.reference.clone(), self.transactions.len());
                self.transactions.push(transaction);
            }
            Entry::Declined { reference, code, reason } => {
                self.declined.insert(reference, (code, reason));
            }
        }
    }

    fn add_up(&mut self, transaction: &Transaction) {
        let amount = transaction.amount;
        let nothing = Money::new(0, amount.currency);
        let totals = self.totals.entry(transaction.authorisation.clone()).or_insert(Totals {
            authorised: nothing,
            captured: nothing,
            refunded: nothing,
            is_released: false,
        });
        match transaction.kind {
            TransactionKind::Authorised => totals.authorised = amount,
            TransactionKind::Captured => totals.captured.minor += amount.minor,
            TransactionKind::Refunded => totals.refunded.minor += amount.minor,
            TransactionKind::Released => totals.is_released = true,
        }
    }
}
