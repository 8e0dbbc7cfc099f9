//! How orders come in this minute, and the peak that is played.

use askama::Template;
use kernel::Timestamp;

use crate::i18n::Texts;
use crate::pages::Choice;
use crate::shell::Shell;
use crate::svg::Rush;
use crate::words::Tone;

/// The page.
#[derive(Debug, Template)]
#[template(path = "peak.html", blocks = ["now", "picture", "played"])]
pub struct PeakPage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// Orders of the last second that is over.
    pub accepted: i64,
    /// Refused ones.
    pub refused: i64,
    /// How long nineteen of twenty waited at most, in tenths of milliseconds; none where none came.
    pub p95: Option<i64>,
    /// Orders that are accepted and not filed yet.
    pub unfiled: i64,
    /// The last minute.
    pub picture: Rush,
    /// The last peak, if one was played.
    pub played: Option<PlayedPeak>,
    /// The form, where peaks may be played.
    pub form: Option<PeakForm>,
}

/// The form that begins one.
#[derive(Debug, Clone)]
pub struct PeakForm {
    /// Under which it is done once.
    pub command: String,
    /// The channels.
    pub channels: Vec<Choice>,
    /// The one that was chosen.
    pub channel: String,
    /// What all want.
    pub code: String,
    /// How many buy at once.
    pub buyers: String,
    /// For how long.
    pub seconds: String,
    /// Why it did not begin.
    pub trouble: Option<String>,
}

/// A peak as it stands.
#[derive(Debug, Clone)]
pub struct PlayedPeak {
    /// What all wanted.
    pub code: String,
    /// On which channel.
    pub channel: String,
    /// Units that were free before.
    pub free_before: i64,
    /// Units sold.
    pub sold: i64,
    /// Units free now.
    pub free: i64,
    /// Orders refused.
    pub refused: i64,
    /// Orders that met trouble.
    pub lost: i64,
    /// When it began.
    pub began_at: Timestamp,
    /// True where it is over.
    pub is_over: bool,
    /// What was checked.
    pub checks: Vec<PeakCheck>,
}

/// A check that was made meanwhile.
#[derive(Debug, Clone)]
pub struct PeakCheck {
    /// Of what.
    pub invariant: &'static str,
    /// In words.
    pub says: &'static str,
    /// How often.
    pub times: i64,
    /// How many breaches were found.
    pub breaches: i64,
    /// When it was last.
    pub at: Timestamp,
}

impl PeakCheck {
    fn tone(&self) -> Tone {
        if self.breaches == 0 { Tone::Good } else { Tone::Bad }
    }
}

impl PeakPage {
    fn wait(&self) -> String {
        match self.p95 {
            Some(tenths) => format!("{}.{} ms", self.t.number(tenths / 10), tenths % 10),
            None => "—".to_owned(),
        }
    }

    /// The message of the live stream: what changes, with the place it goes to.
    pub fn live(&self) -> askama::Result<String> {
        let blocks = [
            ("now", self.as_now().render()?),
            ("picture", self.as_picture().render()?),
            ("played", self.as_played().render()?),
        ];
        let parts = blocks.iter().map(|(place, block)| {
            format!("<hx-partial hx-target=\"#{place}\" hx-swap=\"outerHTML\">{block}</hx-partial>")
        });
        Ok(parts.collect())
    }
}
