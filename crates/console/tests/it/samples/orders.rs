//! Orders, one order, cancelling, and the customer's page.

use super::*;

impl Sample {
    pub(super) fn orders(&self, queue: Queue, search: &str, rows: Vec<OrderRow>) -> Orders {
        let counts = [1000, 12, 4, 3, 7, 342, 87, 151, 1000, 1000, 21];
        let has_next = !rows.is_empty();
        Orders {
            t: self.t.clone(),
            shell: self.shell(Section::Orders, "/orders?view=late"),
            filter: Filter {
                queue,
                search: text(search),
                channel: String::new(),
                node: String::new(),
                sort: OrderSort::Newest,
                columns: if search.is_empty() { OrderColumn::ALL.to_vec() } else { Filter::COLUMNS.to_vec() },
                after: if has_next { text("k1") } else { String::new() },
            },
            counts: Queue::ALL.iter().copied().zip(counts).collect(),
            saved: vec![self.saved("Late in Sofia & Varna", true), self.saved("Tea <b>", false)],
            command: text("c1"),
            matching: 1_000,
            can_export: true,
            export: text("c2"),
            can_cancel: true,
            channels: vec![Choice::new("chn_web", "tea.example"), Choice::new("chn_mkt", "Marketplace")],
            nodes: self.choices(),
            rows,
            next: has_next.then(|| text("k2")),
        }
    }

    pub(super) fn bulk(&self, is_rich: bool) -> Bulk {
        let row = |number: &str, units, left, stays| BulkRow {
            id: text("ord_1"),
            number: text(number),
            units,
            left,
            refund: (units > 3).then(|| eur(23_900)),
            stays,
        };
        let stay = vec![row("#10302", 0, 4, Some("bulk-too-late")), row("#10297", 0, 0, Some("bulk-before"))];
        let go = vec![row("#10299", 12, 3, None), row("#10488", 3, 0, None)];
        Bulk {
            t: self.t.clone(),
            shell: self.shell(Section::Orders, "/orders"),
            back: text("/orders?view=late"),
            whole: if is_rich { 31 } else { 0 },
            partly: if is_rich { 2 } else { 0 },
            units: if is_rich { 1204 } else { 0 },
            too_late: 1,
            before: 1,
            rows: stay.into_iter().chain(go.into_iter().filter(|_| is_rich)).collect(),
            is_cut: is_rich,
            order_ids: if is_rich { vec![text("ord_1"), text("ord_2")] } else { vec![] },
            command: text("c1"),
        }
    }

    fn saved(&self, name: &str, is_own: bool) -> Saved {
        Saved {
            id: text("viw_1"),
            name: text(name),
            href: text("/orders?view=late"),
            count: 31,
            is_own,
            is_shared: !is_own,
            is_open: is_own,
        }
    }

    pub(super) fn order_rows(&self) -> Vec<OrderRow> {
        let row =
            |number: &str, customer: &str, place: &str, units: &[(UnitState, i64)], due, total| OrderRow {
                id: format!("ord_{}", &number[1..]),
                number: text(number),
                channel: text("tea.example"),
                placed_at: ago(130),
                customer: text(customer),
                destination: text(place),
                units: units.iter().map(|&(state, units)| count(state, units)).collect(),
                nodes: if units[0].0 == Unallocated { vec![] } else { vec![text("Sofia centre")] },
                due,
                lines: 2,
                total: Some(eur(total)),
            };
        use UnitState::*;
        vec![
            row("#10488", "Георги Иванов", "Русе, BG", &[(Allocated, 3)], Some(now() + 5.hours()), 4_790),
            row(
                "#10463",
                "Maria Papadopoulou",
                "Θεσσαλονίκη, GR",
                &[(Picked, 2), (Allocated, 1)],
                Some(ago(95)),
                12_450,
            ),
            row(
                "#10441",
                "Ion Popescu",
                "București, RO",
                &[(Shipped, 4), (Packed, 2)],
                Some(now() + 26.hours()),
                23_900,
            ),
            row("#10302", "陳美玲", "臺北市, TW", &[(Delivered, 1)], None, 6_400),
            row(
                "#10299",
                "Extraordinarily Long Company Name Tea Importers Gesellschaft mbH",
                "Frankfurt am Main, DE",
                &[(Unallocated, 120)],
                Some(ago(3000)),
                1_284_500,
            ),
            row("#10297", "Siti Rahmawati", "Bandung, ID", &[(Cancelled, 2), (Delivered, 40)], None, 88_020),
        ]
    }

    pub(super) fn line(
        &self,
        number: i64,
        sku: &str,
        name: &str,
        units: &[(UnitState, i64)],
        price: i64,
    ) -> Line {
        let units: Vec<UnitCount> = units.iter().map(|&(state, units)| count(state, units)).collect();
        Line {
            number,
            sku: text(sku),
            name: text(name),
            kit: None,
            ordered: units.iter().map(|count| count.units).sum(),
            cancellable: units
                .iter()
                .filter(|count| count.state < UnitState::Shipped)
                .map(|count| count.units)
                .sum(),
            strip: StateStrip::of(&self.t, &units),
            units,
            price: Some(eur(price)),
        }
    }

    pub(super) fn order(&self, is_rich: bool) -> OrderPage {
        use UnitState::*;
        let marks = [
            Mark { at: ago(2900), what: Happening::OrderPlaced },
            Mark { at: ago(2898), what: Happening::OrderAllocated },
            Mark { at: ago(1600), what: Happening::ShortPicked },
            Mark { at: ago(1500), what: Happening::Packed },
            Mark { at: ago(1300), what: Happening::Dispatched },
            Mark { at: ago(300), what: Happening::ParcelScanned },
        ];
        let entry = |minutes, what, detail: &str, actor: &str| Entry {
            at: ago(minutes),
            what,
            detail: text(detail),
            actor: text(actor),
        };
        let scan = |minutes, milestone, place: &str| Scan { at: ago(minutes), milestone, place: text(place) };
        let placed = Mark { at: ago(2), what: Happening::OrderPlaced };
        OrderPage {
            t: self.t.clone(),
            shell: self.shell(Section::Orders, "/orders/ord_10441"),
            id: text("ord_10441"),
            number: text("#10441"),
            channel: text("tea.example"),
            external_ref: text("gid-5519284710"),
            placed_at: ago(2900),
            units: if is_rich {
                vec![
                    count(Shipped, 4),
                    count(Packed, 2),
                    count(Picked, 1),
                    count(Lost, 1),
                    count(Cancelled, 1),
                    count(Backordered, 1),
                ]
            } else {
                vec![count(Unallocated, 3)]
            },
            promised_by: is_rich.then(|| now() + 29.hours()),
            lifeline: if is_rich {
                Lifeline::of(&self.t, &marks, Some(now() + 29.hours()), None, now())
            } else {
                Lifeline::of(&self.t, &[placed], None, None, now())
            },
            lines: vec![
                self.line(
                    1,
                    "TEA-ASSAM-250",
                    ASSAM,
                    if is_rich { &[(Shipped, 4), (Packed, 2), (Cancelled, 1)] } else { &[(Unallocated, 3)] },
                    1_290,
                ),
                self.line(
                    2,
                    "TEA-SENCHA-100",
                    SENCHA,
                    &[(Picked, 1), (Backordered, 1), (Lost, 1), (Returned, 1), (ReadyForPickup, 1)],
                    990,
                ),
                self.line(3, "POT-IRON-08-BLK", POT, &[(Delivered, 600), (Allocated, 24)], 8_900),
            ],
            customer: Some(Customer {
                name: text("Ion Popescu"),
                email: text("ion.popescu@mail.example"),
                phone: text("+40 721 000 000"),
                address: vec![text("Strada Lipscani 25, ap. 4"), text("030031 București"), text("RO")],
            }),
            fulfilments: if is_rich { self.fulfilments() } else { vec![] },
            parcels: if is_rich {
                vec![
                    Parcel {
                        id: text("par_01"),
                        carrier: text("Simulated Carrier"),
                        service: text("Standard"),
                        tracking_number: text("QM000000017BG"),
                        weight_grams: 1_240,
                        cost: Some(eur(612)),
                        milestone: Some(Milestone::InTransit),
                        scans: vec![
                            scan(300, Milestone::InTransit, "Ruse"),
                            scan(1280, Milestone::PickedUp, "Sofia"),
                            scan(1490, Milestone::LabelCreated, ""),
                        ],
                        has_label: true,
                    },
                    Parcel {
                        id: text("par_02"),
                        carrier: text("Simulated Carrier"),
                        service: text("Standard"),
                        tracking_number: String::new(),
                        weight_grams: 640,
                        cost: None,
                        milestone: Some(Milestone::LabelCreated),
                        scans: vec![],
                        has_label: false,
                    },
                ]
            } else {
                vec![]
            },
            money: Some(Ledger {
                total: eur(23_900),
                authorised: eur(23_900),
                captured: eur(15_480),
                refunded: eur(-0),
            }),
            timeline: vec![
                entry(300, Happening::ParcelScanned, "QM000000017BG, Ruse", "Simulated Carrier"),
                entry(1300, Happening::Dispatched, "QM000000017BG", "Nikolay D."),
                entry(1600, Happening::ShortPicked, "1 × TEA-SENCHA-100", "Nikolay D."),
                entry(2898, Happening::OrderAllocated, "Sofia centre", "Quartermaster"),
                entry(2900, Happening::OrderPlaced, "", "tea.example"),
            ],
            decisions: Some(if is_rich { self.decisions() } else { vec![] }),
            raw: is_rich
                .then(|| text("{\n  \"name\": \"#10441\",\n  \"note\": \"<script>alert(1)</script>\"\n}")),
            tracking_href: is_rich.then(|| console::href::tracking("v1.ord_10441.sig")),
        }
    }

    pub(super) fn fulfilments(&self) -> Vec<Fulfilment> {
        let part = |id: &str, node: &str, work, picked, short| Fulfilment {
            id: text(id),
            node_id: text("nod_sof"),
            node: text(node),
            method: if work == Work::Rejected { Method::Pickup } else { Method::Ship },
            work,
            due: Some(now() + 5.hours()),
            picks: vec![
                Pick { sku: text("TEA-ASSAM-250"), name: text(ASSAM), asked: 6, picked, short: 0 },
                Pick { sku: text("TEA-SENCHA-100"), name: text(SENCHA), asked: 2, picked: 1, short },
            ],
        };
        vec![
            part("ful_1", "Sofia centre", Work::ToPack, 6, 1),
            part("ful_2", "Plovdiv", Work::ToPick, 0, 0),
            part("ful_3", "București Nord", Work::Shipped, 6, 0),
            part("ful_4", "Varna", Work::Rejected, 0, 2),
        ]
    }

    pub(super) fn decisions(&self) -> Vec<Decision> {
        let candidate =
            |node: &str, distance_km, verdict| Candidate { node: text(node), distance_km, verdict };
        vec![
            Decision {
                id: text("dec_02"),
                at: ago(1599),
                cause: DecisionCause::ReSource,
                is_exact: true,
                terms: vec![
                    (CostTerm::Packages, eur(240)),
                    (CostTerm::Weight, eur(81)),
                    (CostTerm::Lines, eur(35)),
                ],
                total: eur(356),
                candidates: vec![
                    candidate("Plovdiv", Some(228), Verdict::Chosen { units: 1 }),
                    candidate(
                        "București Nord",
                        Some(12),
                        Verdict::Dearer { extra: eur(0), is_lower_bound: false },
                    ),
                    candidate("Varna", Some(226), Verdict::Dearer { extra: eur(124), is_lower_bound: false }),
                    candidate(
                        "Београд",
                        Some(448),
                        Verdict::Dearer { extra: eur(310), is_lower_bound: true },
                    ),
                    candidate("Θεσσαλονίκη", None, Verdict::Incomplete),
                    candidate("Burgas", Some(254), Verdict::NoStock),
                    candidate("Pleven", Some(310), Verdict::Unexplored),
                    candidate(
                        "Sofia centre",
                        Some(296),
                        Verdict::Excluded(vec![Exclusion::Rejected, Exclusion::OutOfArea]),
                    ),
                ],
            },
            Decision {
                id: text("dec_01"),
                at: ago(2898),
                cause: DecisionCause::Accept,
                is_exact: false,
                terms: vec![(CostTerm::Packages, eur(480))],
                total: eur(480),
                candidates: vec![candidate("Sofia centre", Some(296), Verdict::Chosen { units: 8 })],
            },
        ]
    }

    pub(super) fn cancel(&self, is_whole: bool) -> CancelPreview {
        CancelPreview {
            t: self.t.clone(),
            shell: self.shell(Section::Orders, "/orders/ord_10441/cancel"),
            id: text("ord_10441"),
            number: text("#10441"),
            command: text("0123456789abcdef"),
            reason: CancelReason::Customer,
            lines: vec![
                CancelLine { number: 1, name: text(ASSAM), units: 2, back_to: Some(text("Sofia centre")) },
                CancelLine { number: 2, name: text(SENCHA), units: 1, back_to: None },
            ],
            refund: (!is_whole).then(|| eur(3_570)),
            released: is_whole.then(|| eur(8_420)),
            is_whole,
        }
    }

    pub(super) fn tracking(&self, promise: Promise, parcels: Vec<TrackedParcel>) -> TrackingPage {
        TrackingPage {
            t: self.t.clone(),
            theme: self.theme,
            path: text("/track/v1.ord_10441.sig"),
            shop: text("Balkan Tea & Coffee"),
            look: Look { sheet: Some(text("/brand/colour/7a1f6b")), logo: Some(text("/brand/logo/1f")) },
            support: Support {
                email: text("help@tea.example"),
                phone: text("+359 2 123 456"),
                link: if parcels.is_empty() {
                    String::new()
                } else {
                    text("https://tea.example/help?a=1&b=2")
                },
            },
            number: text("#10441"),
            recipient: text("I., București"),
            promise,
            units_in_preparation: if parcels.len() == 1 { 0 } else { 2 },
            parcels,
            updated_at: ago(300),
        }
    }

    pub(super) fn parcel(&self, milestone: Milestone, scans: &[(i64, Milestone, &str)]) -> TrackedParcel {
        TrackedParcel {
            carrier: text("Simulated Carrier"),
            tracking_number: text("QM000000017BG"),
            milestone,
            contents: vec![(4, text(ASSAM)), (1, text(POT))],
            scans: scans
                .iter()
                .map(|&(minutes, milestone, place)| TrackedScan {
                    at: ago(minutes),
                    milestone,
                    place: text(place),
                })
                .collect(),
        }
    }

    pub(super) fn tracked(&self) -> Vec<TrackedParcel> {
        let scans = [
            (300, Milestone::InTransit, "Ruse"),
            (1280, Milestone::PickedUp, "Sofia"),
            (1490, Milestone::LabelCreated, ""),
        ];
        vec![self.parcel(Milestone::InTransit, &scans), self.parcel(Milestone::LabelCreated, &[])]
    }

    /// One parcel for each milestone there is, with the way it may have come.
    pub(super) fn troubled(&self) -> Vec<TrackedParcel> {
        Milestone::ALL
            .iter()
            .map(|milestone| {
                self.parcel(*milestone, &[(200, *milestone, "Ruse"), (1280, Milestone::InTransit, "")])
            })
            .collect()
    }
}
