//! What channels may sell.

use super::*;
use console::pages::board::{Board, BoardRow, Cell, MoveForm, PolicyForm, PolicyPage};

impl Sample {
    pub(super) fn board(&self, search: &str, is_rich: bool, can_rule: bool) -> Board {
        let cell = |ats, quota, limit| Some(Cell { ats, quota, limit });
        let row = |item: &str, name: &str, sku: &str, cells| BoardRow {
            item: text(item),
            name: text(name),
            sku: text(sku),
            cells,
        };
        let rows = vec![
            row(
                "itm_1",
                ASSAM,
                "TEA-ASSAM-250",
                vec![
                    cell(1_157, None, Some("limit-set-aside")),
                    cell(30, Some((30, 40)), Some("limit-quota")),
                    cell(8, Some((8, 8)), Some("limit-quota")),
                ],
            ),
            row(
                "itm_2",
                "Чай",
                "TEA-2",
                vec![
                    cell(0, None, Some("limit-off")),
                    cell(5, None, Some("limit-buffer")),
                    cell(3, None, Some("limit-nodes")),
                ],
            ),
            row("itm_3", "Cup", "CUP", vec![cell(12, None, None), cell(12, None, None), None]),
        ];
        Board {
            t: self.t.clone(),
            shell: self.shell(Section::Stock, "/channel-stock"),
            search: text(search),
            after: String::new(),
            next: is_rich.then(|| text("TEA-9")),
            channels: ["web", "market", "till"].map(|code| Choice::new(code, code)).to_vec(),
            rows: if is_rich { rows } else { vec![] },
            position: 1_204,
            can_rule,
            form: MoveForm { item: text("TEA-2"), from: text("market"), ..MoveForm::default() },
            move_command: text("0123456789abcdef"),
            set_command: text("0123456789abcdee"),
        }
    }

    pub(super) fn policy(&self, is_there: bool) -> PolicyPage {
        let nodes = self.choices().into_iter().enumerate();
        PolicyPage {
            t: self.t.clone(),
            shell: self.shell(Section::Stock, "/channel-stock/policy?channel=web"),
            channel: text("web"),
            name: text("Web shop"),
            form: PolicyForm {
                item: if is_there { text("TEA-ASSAM-250") } else { String::new() },
                is_there,
                is_on: true,
                node_rule: text(if is_there { "except" } else { "all" }),
                nodes: nodes.map(|(place, choice)| (choice, is_there && place == 0)).collect(),
                buffer: text("5"),
                min_life_days: text("0"),
                beyond: text(if is_there { "any" } else { "nothing" }),
                beyond_most: text(if is_there { "40" } else { "" }),
                available_from: text(if is_there { "2026-03-09" } else { "" }),
            },
            command: text("0123456789abcdef"),
            own: if is_there { vec![Choice::new("TEA-ASSAM-250", ASSAM)] } else { vec![] },
            can_rule: true,
        }
    }
}
