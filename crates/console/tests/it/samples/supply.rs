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

    pub(super) fn counts(&self, is_rich: bool) -> CountsPage {
        let row = |id: &str, is_own: bool, reason: Option<LevelCause>| ProposalLine {
            id: text(id),
            name: text(ASSAM),
            sku: text("TEA-ASSAM-250"),
            node: text("Sofia centre"),
            lot: if is_own { text("L-1") } else { String::new() },
            from: StockState::Available,
            to: StockState::Loss,
            quantity: 1_200,
            reason,
            note: text("water & fire"),
            by: text("Ада"),
            at: now(),
            is_own,
            command: text("0123456789abcdef"),
        };
        let form = CountForm {
            command: text("0123456789abcdee"),
            node: text("nod_sof"),
            code: text("TEA-ASSAM-250"),
            counted: text("x"),
            error: Some(text("—")),
            ..CountForm::default()
        };
        let rows = vec![row("adj_1", false, LevelCause::parse("count")), row("adj_2", true, None)];
        CountsPage {
            t: self.t.clone(),
            shell: self.shell(Section::Stock, "/counts"),
            nodes: self.choices(),
            form: is_rich.then_some(form),
            can_approve: is_rich,
            rows: if is_rich { rows } else { Vec::new() },
            next: is_rich.then(|| text("/counts?after=adj_1")),
        }
    }

    pub(super) fn stuck(&self, is_rich: bool) -> StuckPage {
        let row = |state: StockState| StuckLine {
            name: text(ASSAM),
            sku: text("TEA-ASSAM-250"),
            node: text("Sofia centre"),
            lot: if state == StockState::Damaged { text("L-1") } else { String::new() },
            state,
            quantity: 1_200,
            since: now(),
            reference: if state == StockState::Damaged { String::new() } else { text("W & 1") },
            held: (state != StockState::Damaged).then(|| text("/orders/ord_1")),
            freed: text("/stations/nod_sof"),
        };
        let states = [
            StockState::Allocated,
            StockState::Picked,
            StockState::Packed,
            StockState::Damaged,
            StockState::Incoming,
        ];
        StuckPage {
            t: self.t.clone(),
            shell: self.shell(Section::Stock, "/stuck"),
            days: text("3"),
            rows: if is_rich { states.into_iter().map(row).collect() } else { Vec::new() },
        }
    }

    pub(super) fn discrepancies(&self, is_rich: bool) -> DiscrepanciesPage {
        let row = |kind: Difference, state: DifferenceState, is_settled: bool| DifferenceLine {
            id: format!("dsc_{}", kind.code()),
            kind,
            name: text(ASSAM),
            sku: text("TEA-ASSAM-250"),
            ledger: text("/stock/ledger?item=itm_1"),
            place: text("Sofia centre"),
            order: is_settled.then(|| (text("W-1001"), text("/orders/ord_1"))),
            expected: 1_200,
            found: 3,
            cause: text("L1-0007"),
            state,
            at: now(),
            by: text("till"),
            reason: if is_settled { text("counted & found") } else { String::new() },
            command: (!is_settled).then(|| text("0123456789abcdef")),
        };
        let states = DifferenceState::ALL.iter().zip(Difference::ALL.iter().cycle());
        let rows = states.enumerate().map(|(place, (state, kind))| row(*kind, *state, place > 2));
        DiscrepanciesPage {
            t: self.t.clone(),
            shell: self.shell(Section::Stock, "/discrepancies"),
            is_open: !is_rich,
            can_resolve: is_rich,
            rows: if is_rich { rows.collect() } else { Vec::new() },
            next: is_rich.then(|| text("/discrepancies?after=dsc_1")),
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

    pub(super) fn backorders(&self, is_rich: bool) -> BackordersPage {
        let row = |reference: &str, day: Option<i8>| BackorderLine {
            order_id: text("ord_1"),
            reference: text(reference),
            channel: text("Market & more"),
            name: text(ASSAM),
            sku: text("TEA-ASSAM-250"),
            units: 1_200,
            placed_at: self.shell(Section::Stock, "/backorders").now,
            expected_on: day.map(|day| Date::constant(2026, 12, day)),
            is_late: day.is_none(),
            is_moved_up: day == Some(1),
            command: format!("0123456789abc{reference}"),
        };
        let coming = [(Date::constant(2026, 12, 1), 1_500), (Date::constant(2026, 12, 9), 2_000)];
        let rows = vec![row("W1", Some(1)), row("W2", Some(9)), row("W3", None)];
        BackordersPage {
            t: self.t.clone(),
            shell: self.shell(Section::Stock, "/backorders"),
            item: if is_rich { text("TEA-ASSAM-250") } else { String::new() },
            item_name: if is_rich { text(ASSAM) } else { String::new() },
            cover: is_rich.then(|| Cover::new(&self.t, 3_600, &coming)),
            can_move: true,
            rows: if is_rich { rows } else { vec![] },
            next: is_rich.then(|| text("/backorders?after=k")),
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
