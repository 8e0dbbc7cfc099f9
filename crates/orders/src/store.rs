//! Every statement of this context: `write` changes, `read` answers questions.

mod read;
mod within;
mod write;

pub use read::*;
pub use within::*;
pub use write::*;
