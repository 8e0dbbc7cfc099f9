//! The nouns: an operation, its counts, a row's result.

use kernel::{FileId, OperationId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

macro_rules! names {
    ($(#[$doc:meta])* $type:ident as $schema:ident { $($(#[$says:meta])* $name:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        #[schema(as = $schema)]
        pub enum $type { $($(#[$says])* $name,)* }

        impl $type {
            /// As stored and shown.
            pub const fn name(self) -> &'static str {
                match self { $($type::$name => $code,)* }
            }

            /// Reads the name.
            pub fn parse(name: &str) -> Option<$type> {
                match name { $($code => Some($type::$name),)* _ => None }
            }
        }
    };
}

names! {
    /// How far an operation is.
    State as LongWorkState {
        /// Nobody works on it yet.
        Planned = "planned",
        /// Somebody works on it.
        Running = "running",
        /// It came to its end; single rows may have failed.
        Succeeded = "succeeded",
        /// It could not go on.
        Failed = "failed",
        /// Somebody stopped it; what was done stays done.
        Cancelled = "cancelled",
    }
}

names! {
    /// What became of a row.
    Outcome as RowOutcome {
        /// It was done.
        Done = "done",
        /// It was so already.
        Unchanged = "unchanged",
        /// It was left out for a reason of its own.
        Skipped = "skipped",
        /// It was refused.
        Failed = "failed",
    }
}

impl State {
    /// True where nothing more will happen.
    pub const fn is_over(self) -> bool {
        matches!(self, State::Succeeded | State::Failed | State::Cancelled)
    }
}

/// Rows by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counts {
    /// Done.
    pub done: i64,
    /// So already.
    pub unchanged: i64,
    /// Left out.
    pub skipped: i64,
    /// Refused.
    pub failed: i64,
}

impl Counts {
    /// Rows that have their answer.
    pub fn told(self) -> i64 {
        self.done + self.unchanged + self.skipped + self.failed
    }

    /// One row more.
    pub fn count(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Done => &mut self.done,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Skipped => &mut self.skipped,
            Outcome::Failed => &mut self.failed,
        } += 1;
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RowProblem {
    /// The row of the file it stands in, where that is another than the result's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_no: Option<i64>,
    /// The column, or nothing.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong, as a code that screens translate.
    pub code: String,
    /// The same in English, with what to do.
    pub message: String,
}

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RowResult {
    /// Its number, from 1; a spreadsheet's where it came from one.
    pub row_no: i64,
    /// What it is about, as whoever asked calls it.
    pub subject: String,
    /// What became of it.
    pub outcome: Outcome,
    /// What is wrong with it.
    pub problems: Vec<RowProblem>,
}

/// An operation.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = LongWork)]
pub struct Operation {
    /// Its id.
    pub operation_id: OperationId,
    /// What kind of work: `import.orders`.
    pub kind: String,
    /// What it is about, for people.
    pub about: String,
    /// Who asked.
    pub actor: String,
    /// What was asked, by the kind.
    pub request: Json,
    /// How far it is.
    pub state: State,
    /// Rows in all, where it is known.
    pub total: Option<i64>,
    /// Rows by what became of them.
    #[serde(flatten)]
    pub counts: Counts,
    /// Where whoever goes on begins.
    #[serde(skip)]
    pub position: String,
    /// Why it failed.
    pub problem: Option<String>,
    /// Since when it is to stop.
    pub cancel_asked_at: Option<Timestamp>,
    /// What it made.
    pub result_file_id: Option<FileId>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When work began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}
