//! Stock, nodes, stations, receiving and importing.

use super::*;

impl Sample {
    pub(super) fn stock(&self, search: &str, items: Vec<ItemRows>) -> StockGrid {
        let has_next = !items.is_empty();
        StockGrid {
            item: String::new(),
            t: self.t.clone(),
            shell: self.shell(Section::Stock, "/stock"),
            search: text(search),
            node: String::new(),
            after: if has_next { text("k1") } else { String::new() },
            can_export: true,
            export: text("c2"),
            can_see_money: true,
            can_set: true,
            can_rename: true,
            can_see_holds: true,
            nodes: self.choices(),
            shares: items
                .iter()
                .take(1)
                .map(|item| ShareRow {
                    node: text("Sofia centre"),
                    owner: text("Demo & Sons"),
                    lot: text("L-2026-07"),
                    balances: item.total,
                })
                .collect(),
            items,
            next: has_next.then(|| text("k2")),
        }
    }

    pub(super) fn exceptions(&self, is_rich: bool) -> Exceptions {
        let row = |subject: &str, name: &str, milestone, word, carer: Option<&str>| Row {
            subject: text(subject),
            name: text(name),
            href: console::href::order("ord_1"),
            detail: text("DP000000012BG"),
            milestone,
            word,
            at: ago(1_500),
            carer: carer.map(text),
            until: carer.map(|_| now() + 20.hours()),
        };
        let groups = vec![
            Group {
                cause: Cause::Boxes,
                actions: vec![],
                rows: vec![row("par_1", "#10441", None, None, None)],
            },
            Group {
                cause: Cause::Parcels,
                actions: vec![("settle", "exceptions-settle")],
                rows: vec![
                    row("DP1", "#10398", Some(Milestone::Delayed), None, Some("Ada & Bob")),
                    row("DP2", "#10399", Some(Milestone::Lost), None, None),
                ],
            },
            Group {
                cause: Cause::Outside,
                actions: vec![("hurry", "exceptions-hurry"), ("dismiss", "exceptions-settle")],
                rows: vec![row("eff_1", "#10400", None, Some("effect-payment-refused"), None)],
            },
        ];
        Exceptions {
            t: self.t.clone(),
            shell: self.shell(Section::Overview, "/exceptions"),
            inbox: if is_rich { Inbox::Open } else { Inbox::Mine },
            counts: Inbox::ALL.iter().copied().zip([4, 1, 0]).collect(),
            unallocated: if is_rich { 3 } else { 0 },
            can_retry: is_rich,
            groups: if is_rich { groups } else { vec![] },
            command: text("c1"),
        }
    }

    pub(super) fn notifications(&self, is_rich: bool) -> Notifications {
        let entry = |what, subject: &str| Recent {
            at: ago(40),
            what,
            subject: text(subject),
            href: console::href::order("ord_1"),
        };
        let entries = vec![
            entry(Happening::OrderRefused, "#10441"),
            entry(Happening::ShortPicked, "Tea & Coffee"),
            entry(Happening::PaymentFailed, "#10398"),
        ];
        Notifications {
            t: self.t.clone(),
            shell: self.shell(Section::Overview, "/notifications"),
            since: ago(900),
            until: text("2026-11-22T12:40:00.000000Z"),
            ended: if is_rich { vec![self.operation_line(1_000, 8)] } else { vec![] },
            late: if is_rich { 1000 } else { 0 },
            entries: if is_rich { entries } else { vec![] },
            position: 41,
            command: text("c1"),
        }
    }

    pub(super) fn palette(&self, is_rich: bool) -> Palette {
        let entry = |icon, name: &str, hint: &str| Destination {
            icon,
            name: text(name),
            hint: text(hint),
            href: console::href::order("ord_1"),
        };
        let groups = vec![
            PaletteGroup {
                key: "nav-orders",
                entries: vec![entry("orders", "#10441", "Ana <script>alert(1)</script>")],
            },
            PaletteGroup { key: "palette-pages", entries: vec![entry("stock", "Tea & Coffee", "g s")] },
        ];
        Palette {
            t: self.t.clone(),
            shell: self.shell(Section::Overview, "/palette"),
            query: text("10"),
            groups: if is_rich { groups } else { vec![] },
        }
    }

    pub(super) fn items(&self) -> Vec<ItemRows> {
        let balances = |on_hand, available, allocated, picked, packed, damaged, incoming| Balances {
            on_hand,
            available,
            held: 0,
            allocated,
            picked,
            packed,
            damaged,
            incoming,
        };
        let row = |node: &str, name: &str, balances| NodeRow { node: text(node), name: text(name), balances };
        let item = |sku: &str, name: &str, total, nodes| ItemRows {
            more: 5,
            item: format!("itm_{}", sku.to_lowercase()),
            sku: text(sku),
            name: text(name),
            total,
            nodes,
        };
        vec![
            item(
                "TEA-ASSAM-250",
                ASSAM,
                balances(12_480, 11_902, 430, 88, 51, 9, 2_000),
                vec![
                    row("nod_sof", "Sofia centre", balances(12_300, 11_760, 398, 85, 48, 9, 2_000)),
                    row("nod_pdv", "Plovdiv", balances(180, 142, 32, 3, 3, 0, 0)),
                    row("nod_var", "Varna", balances(0, 0, 0, 0, 0, 0, 0)),
                ],
            ),
            item(
                "TEA-SENCHA-100",
                SENCHA,
                balances(3, 0, 3, 0, 0, 0, 600),
                vec![row("nod_sof", "Sofia centre", balances(3, 0, 3, 0, 0, 0, 600))],
            ),
            item(
                "POT-IRON-08-BLK",
                POT,
                balances(41, 38, 2, 1, 0, 0, 0),
                vec![row("nod_otp", "București Nord", balances(41, 38, 2, 1, 0, 0, 0))],
            ),
        ]
    }

    pub(super) fn ledger(&self, transfers: Vec<Transfer>) -> LedgerPage {
        let has_older = !transfers.is_empty();
        LedgerPage {
            t: self.t.clone(),
            shell: self.shell(Section::Stock, "/stock/ledger?item=itm_1"),
            item: text(ASSAM),
            sku: text("TEA-ASSAM-250"),
            node: has_older.then(|| text("Sofia centre")),
            state: StockState::Available,
            balance: 11_760,
            transfers,
            older: has_older.then(|| console::href::ledger("itm_1", "nod_sof", "available")),
            item_id: text("itm_1"),
            node_id: text("nod_sof"),
            is_by_lot: !has_older,
            level: has_older.then(|| LevelForm {
                command: text("0123456789abcdef"),
                change_from: 11_760,
                quantity: text("11800"),
                reason: text("count"),
                reasons: LevelCause::ALL
                    .iter()
                    .map(|cause| Choice { value: text(cause.code()), name: self.t.text(cause.key()) })
                    .collect(),
                note: String::new(),
                error: Some(self.t.text("level-bad-quantity")),
                is_stale: true,
                undo: Some(LevelUndo { before: 12_000, command: text("0123456789abcdee") }),
            }),
            holds: vec![HoldHere {
                reference: text("cart & 7"),
                quantity: 3,
                expires_at: now() + 14.minutes(),
            }],
        }
    }

    pub(super) fn transfers(&self) -> Vec<Transfer> {
        let account = |state, node: Option<&str>| Account { state, node: node.map(text) };
        let mut after = 11_760;
        TransferReason::ALL
            .iter()
            .zip(StockState::ALL.iter().skip(2).chain(StockState::ALL))
            .enumerate()
            .map(|(place, (reason, other))| {
                let change = if place.is_multiple_of(3) { 2_000 } else { -3 };
                let transfer = Transfer {
                    at: ago(30 * place as i64),
                    from: account(*other, (place > 1).then_some("Sofia centre")),
                    to: account(StockState::Available, Some("Sofia centre")),
                    change,
                    after,
                    reason: *reason,
                    cause: text("#10441"),
                    cause_href: place.is_multiple_of(2).then(|| console::href::order("ord_10441")),
                    actor: text("Nikolay D."),
                };
                after -= change;
                transfer
            })
            .collect()
    }

    pub(super) fn summaries(&self) -> Vec<NodeSummary> {
        self.map_nodes()
            .into_iter()
            .map(|node| NodeSummary {
                code: node.id[4..].to_uppercase(),
                id: node.id,
                name: node.name,
                kind: node.kind,
                place: text("Sofia, BG"),
                capabilities: if node.kind == NodeKind::Store {
                    Capability::ALL.to_vec()
                } else {
                    vec![Capability::Ship]
                },
                backlog: node.backlog,
                late: node.late,
                on_hand: node.backlog * 131 + 17,
            })
            .collect()
    }

    pub(super) fn nodes(&self, is_rich: bool) -> Nodes {
        let nodes = if is_rich { self.map_nodes() } else { vec![] };
        Nodes {
            t: self.t.clone(),
            shell: self.shell(Section::Nodes, "/nodes"),
            map: Map::of(&self.t, &nodes, MapSize::Full),
            small_map: Map::of(&self.t, &nodes, MapSize::Thumbnail),
            rows: if is_rich { self.summaries() } else { vec![] },
            can_export: is_rich,
            export: "key-9".into(),
        }
    }

    pub(super) fn queue(&self) -> Vec<QueueRow> {
        Work::ALL
            .iter()
            .enumerate()
            .map(|(place, work)| QueueRow {
                id: format!("ful_{place}"),
                order_id: format!("ord_{place}"),
                order: format!("#1044{place}"),
                work: *work,
                lines: 2,
                units: 1 + 4 * place as i64,
                due: (place < 5).then(|| ago(90 - 120 * place as i64)),
            })
            .collect()
    }

    pub(super) fn node(&self, queue: Vec<QueueRow>) -> NodePage {
        let stages = [Work::ToPick, Work::Picking, Work::ToPack, Work::ToShip];
        NodePage {
            can_rename: true,
            t: self.t.clone(),
            shell: self.shell(Section::Nodes, "/nodes/nod_sof"),
            node: self.summaries().remove(0),
            zone: text("Europe/Sofia"),
            stages: stages.into_iter().zip([42, 3, 11, 0]).collect(),
            queue,
        }
    }

    pub(super) fn stations(&self, is_rich: bool) -> Stations {
        let nodes = self.map_nodes().into_iter().map(|node| StationNode {
            id: node.id,
            name: node.name,
            to_pick: node.backlog,
            to_pack: node.backlog / 9,
        });
        Stations {
            t: self.t.clone(),
            shell: self.shell(Section::Stations, "/stations"),
            nodes: if is_rich { nodes.collect() } else { vec![] },
        }
    }

    pub(super) fn station(&self, queue: Vec<QueueRow>) -> Station {
        Station {
            t: self.t.clone(),
            shell: self.shell(Section::Stations, "/stations/nod_sof"),
            node_id: text("nod_sof"),
            node: text("Sofia centre"),
            queue,
        }
    }

    /// The first `done` units are scanned: the first item asks three, the second one, of which none is found.
    pub(super) fn task(&self, done: i64) -> Vec<TaskLine> {
        let line = |line_no, sku: &str, name: &str, location: &str, asked, scanned, short| TaskLine {
            line_no,
            sku: text(sku),
            name: text(name),
            location: text(location),
            asked,
            scanned,
            short,
            lots: vec![TaskLot { code: text("L-2026-07"), expires_on: text("2026-12-01"), quantity: asked }],
        };
        vec![
            line(1, "TEA-ASSAM-250", ASSAM, "A-12-3", 3, done.min(3), 0),
            line(2, "TEA-SENCHA-100", SENCHA, "", 1, 0, i64::from(done > 3)),
        ]
    }

    pub(super) fn outcome(&self, outcome: Option<(Feedback, &str)>) -> Option<Outcome> {
        outcome.map(|(feedback, code)| Outcome { feedback, code: text(code), about: text(ASSAM) })
    }

    pub(super) fn pick(&self, done: i64, outcome: Option<(Feedback, &str)>) -> PickPage {
        PickPage {
            t: self.t.clone(),
            shell: self.shell(Section::Stations, "/stations/nod_sof/pick/ful_1"),
            node_id: text("nod_sof"),
            node: text("Sofia centre"),
            id: text("ful_1"),
            order: text("#10441"),
            due: Some(now() + 95.minutes()),
            lines: self.task(done),
            outcome: self.outcome(outcome),
            command: text("0123456789abcdef"),
        }
    }

    pub(super) fn pack(&self, done: i64, boxes: Vec<ClosedBox>, outcome: Option<(Feedback, &str)>) -> Pack {
        Pack {
            t: self.t.clone(),
            shell: self.shell(Section::Stations, "/stations/nod_sof/pack/ful_1"),
            node_id: text("nod_sof"),
            node: text("Sofia centre"),
            id: text("ful_1"),
            order: text("#10441"),
            lines: self.task(done),
            in_box: done,
            next: None,
            outcome: self.outcome(outcome),
            expected_grams: (done > 0).then_some(310),
            expected_size_mm: [300, 200, 120],
            boxes,
            command: text("0123456789abcdef"),
        }
    }

    pub(super) fn pack_done(&self) -> Pack {
        let closed = |id: &str, label| ClosedBox { parcel: text(id), units: 2, weight_grams: 1_240, label };
        let boxes = vec![
            closed("par_1", BoxLabel::Ready),
            closed("par_2", BoxLabel::Waiting),
            closed("par_3", BoxLabel::Failed(self.t.text("row-bad-address"))),
        ];
        let mut page = self.pack(0, boxes, Some((Feedback::Done, "4820012345678")));
        page.lines.iter_mut().for_each(|line| line.scanned = line.asked);
        page
    }

    pub(super) fn receive(&self, form: ReceiveForm, is_rich: bool) -> Receive {
        let receipt = |minutes, units| Receipt {
            at: ago(minutes),
            item: text(ASSAM),
            sku: text("TEA-ASSAM-250"),
            units,
            node: text("Sofia centre"),
            actor: text("Nikolay D."),
            ledger: console::href::ledger("itm_1", "nod_sof", "on_hand"),
        };
        let mut shell = self.shell(Section::Receive, "/receive");
        if is_rich {
            shell.notice = Some(Notice { tone: Tone::Good, text: format!("+2,000 × {ASSAM}") });
        }
        Receive {
            t: self.t.clone(),
            shell,
            nodes: self.choices(),
            form,
            command: text("0123456789abcdef"),
            receipts: if is_rich { vec![receipt(3, 2_000), receipt(55, 24)] } else { vec![] },
        }
    }

    pub(super) fn receive_refused(&self) -> Receive {
        let form = ReceiveForm {
            node: text("nod_pdv"),
            code: text("482001234"),
            code_error: Some(self.t.text("row-unknown-item")),
            quantity: text("0"),
            quantity_error: Some(self.t.text("row-bad-quantity")),
            lot: String::new(),
            lot_error: Some(self.t.text("receive-needs-lot")),
            expires_on: text("2026-12-01"),
            expiry_error: Some(self.t.fill("receive-other-expiry", "known", "2026-11-30")),
            reference: text("DN-7"),
            reference_error: None,
        };
        self.receive(form, false)
    }

    pub(super) fn table(&self, is_rich: bool) -> TablePage {
        let column = |name: &str, is_required, chosen: &str| ColumnChoice {
            name: text(name),
            is_required,
            chosen: text(chosen),
        };
        TablePage {
            t: self.t.clone(),
            shell: self.shell(Section::Import, "/import/fil_1?kind=items"),
            command: text("0123456789abcdef"),
            file: text("fil_1"),
            name: text("items-2026-11-22.xlsx"),
            kind: if is_rich { ImportKind::Items } else { ImportKind::Stock },
            columns: vec![column("sku", true, "Variant SKU"), column("title", false, "")],
            header: if is_rich { vec![text("Variant SKU"), text("Name")] } else { vec![] },
            lines: if is_rich { vec![vec![text("TEA-ASSAM-250"), text(ASSAM)]] } else { vec![] },
            merchants: self.choices(),
            error: (!is_rich).then(|| self.t.fill("file-missing-columns", "columns", "sku")),
        }
    }

    pub(super) fn rename(&self, is_stale: bool) -> Rename {
        Rename {
            t: self.t.clone(),
            shell: self.shell(Section::Stock, "/items/itm_1/title"),
            action: text("/items/itm_1/title"),
            back: text("/stock?item=itm_1"),
            code: text("TEA-ASSAM-250"),
            name: text(ASSAM),
            seen: 7,
            typed: text("Assam <b> & more"),
            command: text("0123456789abcdef"),
            error: is_stale.then(|| self.t.fill("rename-stale", "name", ASSAM)),
            theirs: is_stale.then(|| Theirs { actor: text("Elena Petrova"), at: ago(2) }),
            undo: (!is_stale).then(|| Undo { name: text("Assam"), command: text("0123456789abcdee") }),
        }
    }

    pub(super) fn operation_line(&self, told: i64, failed: i64) -> OperationLine {
        let state = match (told, failed) {
            (0, _) => OperationState::Planned,
            (1_000, 0) => OperationState::Succeeded,
            (1_000, _) => OperationState::Partly,
            _ => OperationState::Running,
        };
        OperationLine {
            id: text("opr_1"),
            kind: self.t.text("operation-import-orders"),
            about: text("orders-2026-11-22-morning.csv"),
            at: ago(2),
            actor: text("Elena Petrova"),
            state,
            total: Some(1_000),
            done: (told - failed - 6).max(0),
            unchanged: 4.min(told),
            skipped: 2.min(told),
            failed,
        }
    }

    pub(super) fn operations(&self, is_rich: bool) -> OperationsPage {
        let lines = [(0, 0), (640, 0), (1_000, 8), (1_000, 0)];
        OperationsPage {
            t: self.t.clone(),
            shell: self.shell(Section::Import, "/operations"),
            rows: lines
                .iter()
                .map(|&(told, failed)| self.operation_line(told, failed))
                .filter(|_| is_rich)
                .collect(),
            next: is_rich.then(|| text("/operations?before=opr_0")),
        }
    }

    pub(super) fn import(&self, is_rich: bool) -> ImportPage {
        let columns = [
            ("order_reference", true),
            ("placed_at", false),
            ("sku", true),
            ("quantity", true),
            ("country", true),
        ];
        ImportPage {
            t: self.t.clone(),
            shell: self.shell(Section::Import, "/import"),
            command: text("0123456789abcdef"),
            file_error: (!is_rich).then(|| self.t.text("file-none")),
            channels: self.choices(),
            columns: columns.iter().map(|&(name, is_required)| (text(name), is_required)).collect(),
            kinds: ImportKind::ALL
                .iter()
                .map(|kind| Choice { value: text(kind.code()), name: self.t.text(kind.key()) })
                .collect(),
            exports: if is_rich { self.choices() } else { vec![] },
            imports: if is_rich {
                vec![self.operation_line(640, 0), self.operation_line(1_000, 8)]
            } else {
                vec![]
            },
        }
    }

    pub(super) fn row_errors(&self) -> Vec<RowError> {
        RowProblem::ALL
            .iter()
            .enumerate()
            .map(|(place, problem)| RowError {
                line: 17 + 211 * place as i64,
                subject: format!("B-{place}01"),
                column: text("quantity"),
                value: text("5.01E+12"),
                problem: self.t.text(problem.key()),
            })
            .collect()
    }

    pub(super) fn operation(&self, told: i64, errors: Vec<RowError>) -> OperationPage {
        let is_over = told == 1_000;
        OperationPage {
            t: self.t.clone(),
            shell: self.shell(Section::Import, "/operations/opr_1"),
            command: text("0123456789abcdef"),
            operation: self.operation_line(told, errors.len() as i64),
            problem: (!errors.is_empty()).then(|| self.t.text("operation-file-broken")),
            file: is_over.then(|| text("/operations/opr_1/file")),
            results: is_over.then(|| text("/operations/opr_1/results.csv")),
            trial: is_over.then(|| text("/import/fil_1?kind=items")),
            may_cancel: true,
            errors,
        }
    }
}
