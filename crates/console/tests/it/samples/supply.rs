//! What is held, and what is to come.

use super::*;

impl Sample {
    fn expected_line(&self) -> ExpectedLine {
        ExpectedLine {
            id: text("xpr_1"),
            reference: text("PO & 7"),
            supplier: text("Assam Tea Garden"),
            node: text("Sofia centre"),
            day: text("2026-11-20"),
            is_late: true,
            units: 40,
            outstanding: 25,
        }
    }

    pub(super) fn expected(&self, is_rich: bool) -> ExpectedPage {
        ExpectedPage {
            t: self.t.clone(),
            shell: self.shell(Section::Receive, "/expected"),
            rows: if is_rich { vec![self.expected_line()] } else { vec![] },
            next: is_rich.then(|| text("/expected?after=xpr_1")),
        }
    }

    pub(super) fn expected_one(&self, is_open: bool) -> ExpectedOne {
        let line = ItemLine {
            item: text("itm_1"),
            sku: text("TEA-ASSAM-250"),
            name: text(ASSAM),
            quantity: 40,
            received: 15,
            now: text("25"),
            needs_lot: is_open,
            lot: text("L-2026-07"),
            expires_on: text("2026-12-01"),
        };
        ExpectedOne {
            t: self.t.clone(),
            shell: self.shell(Section::Receive, "/expected/xpr_1"),
            head: self.expected_line(),
            is_open,
            can_receive: true,
            note: text("DN 7"),
            command: text("0123456789abcdef"),
            close: text("0123456789abcdee"),
            lines: vec![line],
            error: is_open.then(|| text("—")),
        }
    }

    pub(super) fn lots(&self, is_rich: bool) -> LotsPage {
        let row = |lot: &str, days_left: Option<i64>, channels: &[&str]| LotLine {
            item: text("itm_1"),
            name: text(ASSAM),
            sku: text("TEA-ASSAM-250"),
            lot: text(lot),
            node_id: text("nod_sof"),
            node: text("Sofia centre"),
            state: StockState::Available,
            quantity: 1_200,
            expires_on: days_left.map(|_| text("2026-12-01")).unwrap_or_default(),
            days_left,
            too_old_for: channels.iter().map(|channel| text(channel)).collect(),
        };
        let rows = vec![
            row("L-1", Some(-2), &["Web shop", "Market & more"]),
            row("L-2", Some(0), &["Market & more"]),
            row("L-3", Some(3), &["Market & more"]),
            row("L-4", Some(1_030), &[]),
            row("L-5", None, &[]),
        ];
        LotsPage {
            t: self.t.clone(),
            shell: self.shell(Section::Stock, "/lots"),
            days: if is_rich { text("30") } else { String::new() },
            node: String::new(),
            nodes: self.choices(),
            rows: if is_rich { rows } else { vec![] },
            next: is_rich.then(|| text("/lots?after=k")),
        }
    }

    pub(super) fn alerts(&self, is_rich: bool) -> AlertsPage {
        let row = |sold_out_on: Option<&str>, left: &[i64], out| AlertLine {
            item: text("itm_1"),
            name: text(ASSAM),
            sku: text("TEA-ASSAM-250"),
            node_id: text("nod_sof"),
            node: text("sofia"),
            free: 1_200,
            per_hundred_days: 20_000,
            expected: 40,
            sold_out_on: sold_out_on.map(text),
            excess: 1_030,
            picture: Outlook::of(&self.t, 1_200, left, out),
        };
        let rows = vec![
            row(Some("2026-12-01"), &[900, 500, 200, 0, 0, 0], Some(4)),
            row(None, &[1_190, 1_180, 1_170], None),
        ];
        AlertsPage {
            t: self.t.clone(),
            shell: self.shell(Section::Stock, "/stock-alerts"),
            rows: if is_rich { rows } else { vec![] },
            next: is_rich.then(|| text("/stock-alerts?after=k")),
        }
    }

    pub(super) fn holds(&self, is_rich: bool) -> HoldsPage {
        let part = |node: &str, quantity| HoldPart {
            item: text("itm_1"),
            name: text(ASSAM),
            node_id: text("nod_sof"),
            node: text(node),
            quantity,
        };
        let row = HoldLine {
            id: text("hld_1"),
            reference: text("cart & 7"),
            channel: text("Web shop"),
            parts: vec![part("Sofia centre", 3), part("Varna", 1)],
            placed_at: ago(1),
            expires_at: now() + 14.minutes(),
            command: text("0123456789abcdef"),
        };
        HoldsPage {
            t: self.t.clone(),
            shell: self.shell(Section::Stock, "/holds"),
            channel: String::new(),
            channels: self.choices(),
            item: if is_rich { text("itm_1") } else { String::new() },
            item_name: if is_rich { text(ASSAM) } else { String::new() },
            can_release: true,
            rows: if is_rich { vec![row] } else { vec![] },
            next: is_rich.then(|| text("/holds?after=hld_1")),
        }
    }
}
