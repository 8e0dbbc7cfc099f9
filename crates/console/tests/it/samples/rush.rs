//! The page of orders a second.

use console::pages::peak::{PeakCheck, PeakForm, PeakPage, PlayedPeak};
use console::svg::Rush;

use super::*;

impl Sample {
    pub(super) fn peak(&self, is_rich: bool) -> PeakPage {
        let seconds: Vec<(i64, i64)> =
            (0..60).map(|n| if is_rich && n > 40 { (n * 30, (n - 40) * 90) } else { (0, 0) }).collect();
        let now = self.shell(Section::Overview, "/peak").now;
        let check = |invariant, breaches| PeakCheck {
            invariant,
            says: "no balance of goods present is below zero (I2)",
            times: 12,
            breaches,
            at: now,
        };
        let form = PeakForm {
            command: text("0123456789abcdef0123456789abcdef"),
            channels: vec![Choice::new("web", "Web shop"), Choice::new("market", "Market & more")],
            channel: text("web"),
            code: text("TEA-250"),
            buyers: text("900"),
            seconds: text("10"),
            trouble: Some(self.t.fill2("peak-too-much", ("buyers", "500"), ("seconds", "60"))),
        };
        PeakPage {
            t: self.t.clone(),
            shell: self.shell(Section::Overview, "/peak"),
            accepted: if is_rich { 1_770 } else { 0 },
            refused: if is_rich { 1_710 } else { 0 },
            p95: is_rich.then_some(123),
            unfiled: if is_rich { 4_210 } else { 0 },
            picture: Rush::of(&self.t, &seconds),
            played: is_rich.then(|| PlayedPeak {
                code: text("TEA-250"),
                channel: text("web"),
                free_before: 1_200,
                sold: 1_200,
                free: 0,
                refused: 48_310,
                lost: 2,
                began_at: now,
                is_over: false,
                checks: vec![check("stock.never_negative", 0), check("stock.held_for_orders", 2)],
            }),
            form: is_rich.then_some(form),
        }
    }
}
