//! Taking goods in: scan or type the item, say how many and under which note.

use askama::Template;
use kernel::Timestamp;

use crate::i18n::Texts;
use crate::pages::Choice;
use crate::shell::Shell;

/// The form, with what was received last.
#[derive(Debug, Template)]
#[template(path = "receive.html")]
pub struct Receive {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The nodes that take goods in.
    pub nodes: Vec<Choice>,
    /// What the form holds.
    pub form: ReceiveForm,
    /// The key under which this is done once.
    pub command: String,
    /// What was received last, newest first.
    pub receipts: Vec<Receipt>,
}

/// What was entered, and what is wrong with it, in the reader's language.
#[derive(Debug, Clone, Default)]
pub struct ReceiveForm {
    /// The chosen node.
    pub node: String,
    /// The barcode or the seller's code.
    pub code: String,
    /// Why the code is refused.
    pub code_error: Option<String>,
    /// How many, as typed.
    pub quantity: String,
    /// Why the number is refused.
    pub quantity_error: Option<String>,
    /// The lot, or nothing.
    pub lot: String,
    /// Why the lot is refused.
    pub lot_error: Option<String>,
    /// The lot's last good day, or nothing.
    pub expires_on: String,
    /// Why that day is refused.
    pub expiry_error: Option<String>,
    /// The delivery note, or nothing.
    pub reference: String,
    /// Why the delivery note is refused.
    pub reference_error: Option<String>,
}

impl ReceiveForm {
    /// True where something of it is refused.
    pub fn is_refused(&self) -> bool {
        let errors = [
            &self.code_error,
            &self.quantity_error,
            &self.lot_error,
            &self.expiry_error,
            &self.reference_error,
        ];
        errors.into_iter().any(Option::is_some)
    }
}

/// Goods taken in.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// When.
    pub at: Timestamp,
    /// The item's name.
    pub item: String,
    /// The seller's code.
    pub sku: String,
    /// How many.
    pub units: i64,
    /// Where.
    pub node: String,
    /// Who took them in.
    pub actor: String,
    /// The ledger of that balance.
    pub ledger: String,
}
