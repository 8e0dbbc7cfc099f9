//! Who owns what.

use console::href;
use console::pages::Choice;
use console::pages::ownership::{
    EntitlementRow, GrantForm, LineRow, OwnershipPage, SaleForm, StatementForm, SwapRow, SwapsFound,
    SwapsPage, TotalRow, WayForm,
};
use kernel::{Currency, Money};

use super::{Sample, Section, text};

fn euros(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

impl Sample {
    fn parties(&self) -> Vec<Choice> {
        vec![Choice::new("mer_1", "Balkan Tea & Coffee"), Choice::new("mer_2", "Northern <Trade>")]
    }

    pub fn ownership(&self, has_any: bool) -> OwnershipPage {
        let line = |is_reversal: bool| LineRow {
            at: super::now(),
            item: text("Assam <b>loose</b>"),
            sku: text("TEA-ASSAM-250"),
            node: text("Sofia centre"),
            giver: text("Balkan Tea & Coffee"),
            taker: text("Northern <Trade>"),
            units: 500,
            price: euros(450),
            amount: euros(225_000),
            cause: text("PO 7"),
            cause_href: is_reversal.then(|| href::order("ord_1")),
            is_reversal,
            actor: text("Ada"),
        };
        let total = TotalRow {
            with: text("Northern <Trade>"),
            given_units: 500,
            given: euros(225_000),
            got_units: 2,
            got: euros(1_200),
            balance: euros(223_800),
        };
        let entitlement = EntitlementRow {
            item: text("Assam <b>loose</b>"),
            sku: text("TEA-ASSAM-250"),
            brand: text("Balkan Tea & Coffee"),
            reseller: text("Northern <Trade>"),
            granted: 1_200,
            used: 1,
            price: euros(600),
        };
        OwnershipPage {
            t: self.t.clone(),
            shell: self.shell(Section::Stock, href::OWNERSHIP),
            merchants: self.parties(),
            nodes: vec![Choice::new("nod_sof", "Sofia centre")],
            of: StatementForm {
                merchant: text("mer_1"),
                after: if has_any { text("x") } else { String::new() },
                ..StatementForm::default()
            },
            totals: if has_any { vec![total] } else { vec![] },
            lines: if has_any { vec![line(false), line(true)] } else { vec![] },
            next: has_any.then(|| text("2026-11-22T08:00:00Z/stl_1")),
            entitlements: if has_any { vec![entitlement] } else { vec![] },
            can_trade: has_any,
            currency: text("EUR"),
            sale: SaleForm { command: text("c0ffee"), ..SaleForm::default() },
            grant: GrantForm { command: text("c0ffed"), ..GrantForm::default() },
        }
    }

    pub fn swaps(&self, found: Option<bool>) -> SwapsPage {
        let row = SwapRow {
            partner: text("mer_2"),
            name: text("Northern <Trade>"),
            units: 70,
            saved: euros(12_000),
            command: text("c0ffee"),
        };
        SwapsPage {
            t: self.t.clone(),
            shell: self.shell(Section::Stock, href::SWAPS),
            merchants: self.parties(),
            nodes: vec![Choice::new("nod_sof", "Sofia centre"), Choice::new("nod_tpe", "Taipei")],
            currency: text("EUR"),
            way: WayForm { item: text("TEA-ASSAM-250"), km: text("500"), ..WayForm::default() },
            found: found.map(|has_any| SwapsFound {
                km: 270,
                left: 10,
                days: 2,
                rows: if has_any { vec![row] } else { vec![] },
            }),
        }
    }
}
