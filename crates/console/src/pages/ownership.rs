//! Who owns what: statements, entitlements, the forms that change them, and swaps instead of trucks.

use askama::Template;
use kernel::{Money, Timestamp};

use crate::href;
use crate::i18n::Texts;
use crate::pages::Choice;
use crate::shell::Shell;

/// A merchant's statement, and what may be done about who owns what.
#[derive(Debug, Template)]
#[template(path = "ownership.html")]
pub struct OwnershipPage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The merchants to choose from.
    pub merchants: Vec<Choice>,
    /// The nodes to choose from.
    pub nodes: Vec<Choice>,
    /// What is looked at.
    pub of: StatementForm,
    /// What it comes to.
    pub totals: Vec<TotalRow>,
    /// The lines of this page, oldest first.
    pub lines: Vec<LineRow>,
    /// The cursor of the next page.
    pub next: Option<String>,
    /// What resellers may sell.
    pub entitlements: Vec<EntitlementRow>,
    /// True where the reader may make goods change hands.
    pub can_trade: bool,
    /// The code of the currency of every price in the forms.
    pub currency: String,
    /// The form by which goods change hands.
    pub sale: SaleForm,
    /// The form by which a reseller is entitled.
    pub grant: GrantForm,
}

/// Whose statement, with whom, of which days.
#[derive(Debug, Clone, Default)]
pub struct StatementForm {
    /// Whose.
    pub merchant: String,
    /// With whom alone; nothing for all.
    pub with: String,
    /// The first day; nothing for the beginning.
    pub from: String,
    /// The last day; nothing for today.
    pub until: String,
    /// The cursor of this page, or nothing for the first.
    pub after: String,
}

impl StatementForm {
    /// The page of the statement that begins after a line.
    pub fn page(&self, after: &str) -> String {
        self.at(href::OWNERSHIP, after)
    }

    /// The whole statement as a file.
    pub fn file(&self) -> String {
        self.at(href::STATEMENT_FILE, "")
    }

    fn at(&self, path: &str, after: &str) -> String {
        let parts = [
            ("merchant", self.merchant.as_str()),
            ("with", &self.with),
            ("from", &self.from),
            ("until", &self.until),
            ("after", after),
        ];
        href::with_query(path, &parts)
    }
}

/// What two merchants owe each other in one currency.
#[derive(Debug, Clone)]
pub struct TotalRow {
    /// The other one.
    pub with: String,
    /// Units given to them.
    pub given_units: i64,
    /// What they owe.
    pub given: Money,
    /// Units got from them.
    pub got_units: i64,
    /// What is owed to them.
    pub got: Money,
    /// What they owe on balance; below zero it is owed to them.
    pub balance: Money,
}

/// Units that changed their owner.
#[derive(Debug, Clone)]
pub struct LineRow {
    /// When.
    pub at: Timestamp,
    /// The item's name.
    pub item: String,
    /// The seller's code for it.
    pub sku: String,
    /// Where.
    pub node: String,
    /// Who gave.
    pub giver: String,
    /// Who got.
    pub taker: String,
    /// How many.
    pub units: i64,
    /// What one costs.
    pub price: Money,
    /// What is owed.
    pub amount: Money,
    /// The giver's reference, or the order's.
    pub cause: String,
    /// The order's page, where it was one.
    pub cause_href: Option<String>,
    /// True where it gives back.
    pub is_reversal: bool,
    /// Who did it.
    pub actor: String,
}

/// What a reseller may sell.
#[derive(Debug, Clone)]
pub struct EntitlementRow {
    /// The item's name.
    pub item: String,
    /// The seller's code for it.
    pub sku: String,
    /// Whose pool.
    pub brand: String,
    /// Who may sell.
    pub reseller: String,
    /// How many, over all.
    pub granted: i64,
    /// How many are sold.
    pub used: i64,
    /// What a unit costs.
    pub price: Money,
}

/// Goods that change hands, as they are typed.
#[derive(Debug, Clone, Default)]
pub struct SaleForm {
    /// The form's key.
    pub command: String,
    /// Who gives.
    pub giver: String,
    /// Who gets.
    pub taker: String,
    /// Where.
    pub node: String,
    /// SKU, barcode or id.
    pub item: String,
    /// How many.
    pub quantity: String,
    /// What one costs.
    pub price: String,
    /// The giver's name for it.
    pub reference: String,
}

/// An entitlement, as it is typed.
#[derive(Debug, Clone, Default)]
pub struct GrantForm {
    /// The form's key.
    pub command: String,
    /// Whose pool.
    pub brand: String,
    /// Who may sell.
    pub reseller: String,
    /// SKU, barcode or id.
    pub item: String,
    /// How many, over all.
    pub granted: String,
    /// What one costs.
    pub price: String,
}

/// Swaps that would save a transport.
#[derive(Debug, Template)]
#[template(path = "swaps.html")]
pub struct SwapsPage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The merchants to choose from.
    pub merchants: Vec<Choice>,
    /// The nodes to choose from.
    pub nodes: Vec<Choice>,
    /// The code of the currency of every price.
    pub currency: String,
    /// What would be carried.
    pub way: WayForm,
    /// What swaps can do; none before it is asked.
    pub found: Option<SwapsFound>,
}

/// Goods that would be carried, as they are typed.
#[derive(Debug, Clone, Default)]
pub struct WayForm {
    /// Whose.
    pub owner: String,
    /// SKU, barcode or id.
    pub item: String,
    /// Where they are.
    pub from: String,
    /// Where they are wanted.
    pub to: String,
    /// How many.
    pub quantity: String,
    /// What 1,000 units cost for a kilometre.
    pub cost: String,
    /// How far goods get in a day.
    pub km: String,
}

/// What swaps can do.
#[derive(Debug, Clone)]
pub struct SwapsFound {
    /// How far it is, in kilometres.
    pub km: i64,
    /// Units that must be carried all the same.
    pub left: i64,
    /// Days earlier.
    pub days: i64,
    /// Each swap.
    pub rows: Vec<SwapRow>,
}

/// A swap that may be made.
#[derive(Debug, Clone)]
pub struct SwapRow {
    /// With whom, as the form sends it.
    pub partner: String,
    /// Their name.
    pub name: String,
    /// How many each gives.
    pub units: i64,
    /// What is saved.
    pub saved: Money,
    /// The form's key, which is its reference too.
    pub command: String,
}
