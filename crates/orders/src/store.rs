//! Every statement of this context: `write` changes, `read` answers questions.

mod read;
mod write;

pub use read::*;
pub use write::*;
