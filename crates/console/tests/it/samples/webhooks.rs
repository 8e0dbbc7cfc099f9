//! Webhooks with rich, empty and refused content.

use console::href;
use console::pages::webhooks::{AttemptRow, WebhookForm, WebhookPage, WebhookSummary, Webhooks};

use super::*;

impl Sample {
    pub(super) fn webhooks(&self, is_rich: bool) -> Webhooks {
        let states = WebhookState::ALL.iter().map(|state| summary(*state));
        Webhooks {
            t: self.t.clone(),
            shell: self.shell(Section::Settings, href::WEBHOOKS),
            tabs: self.tabs(href::WEBHOOKS),
            command: text("0123456789abcdef"),
            form: WebhookForm { kinds: kinds(), ..WebhookForm::default() },
            rows: if is_rich { states.collect() } else { vec![] },
        }
    }

    pub(super) fn webhooks_refused(&self) -> Webhooks {
        let form = WebhookForm {
            url: text("http://127.0.0.1/<script>alert(1)</script>"),
            url_error: Some(self.t.text("webhook-bad-url")),
            description: text("Tea & Coffee"),
            description_error: Some(self.t.text("webhook-bad-description")),
            kinds: kinds(),
        };
        Webhooks { form, ..self.webhooks(true) }
    }

    pub(super) fn webhook(&self, is_rich: bool) -> WebhookPage {
        let attempt = |minutes, outcome, status, answer: &str| AttemptRow {
            at: ago(minutes),
            kind: text("order.accepted"),
            message: text("msg_01kaha3v9gf3v8r7a2m6q0t5xw_1204"),
            cause: AttemptCause::Event,
            number: 1,
            outcome,
            status,
            ms: 84,
            answer: text(answer),
        };
        let attempts = AttemptOutcome::ALL.iter().zip(1..).map(|(outcome, minutes)| {
            attempt(
                minutes,
                *outcome,
                Some(503),
                "<script>alert(1)</script>, and much more that the receiver had to say",
            )
        });
        let again = AttemptRow {
            cause: AttemptCause::Replay,
            ..attempt(9, AttemptOutcome::Delivered, Some(204), "")
        };
        let ping = AttemptRow { cause: AttemptCause::Ping, ..attempt(9, AttemptOutcome::TimedOut, None, "") };
        WebhookPage {
            t: self.t.clone(),
            shell: self.shell(Section::Settings, "/settings/webhooks/whe_1"),
            webhook: summary(if is_rich { WebhookState::Retrying } else { WebhookState::Disabled }),
            form: if is_rich {
                self.webhooks_refused().form
            } else {
                WebhookForm { kinds: kinds(), ..WebhookForm::default() }
            },
            version: 7,
            is_operators: false,
            command: text("0123456789abcdef"),
            secret: (!is_rich).then(|| text("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")),
            former_until: is_rich.then(|| ago(-600)),
            head: 1_204,
            replay: is_rich.then_some((17, 1_000)),
            replay_error: is_rich.then(|| self.t.text("webhook-replay-bad")),
            attempts: if is_rich { attempts.chain([again, ping]).collect() } else { vec![] },
        }
    }
}

fn kinds() -> Vec<(&'static str, bool)> {
    vec![("order.accepted", true), ("parcel.dispatched", false)]
}

fn summary(state: WebhookState) -> WebhookSummary {
    let is_retrying = state == WebhookState::Retrying;
    WebhookSummary {
        id: text("whe_1"),
        url: text("https://shop.example/hooks/quartermaster"),
        description: text("Tea & Coffee"),
        kinds: if is_retrying { vec![text("order.accepted"), text("parcel.dispatched")] } else { vec![] },
        state,
        position: 1_198,
        next_attempt: is_retrying.then(|| ago(-30)),
    }
}
