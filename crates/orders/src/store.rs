//! Every statement of this context: `write` changes, `read` answers questions.

mod claims;
mod forget;
mod list;
mod many;
mod read;
mod references;
mod waiting;
mod within;
mod write;

pub use claims::*;
pub use forget::*;
pub use list::*;
pub use many::*;
pub use read::*;
pub use references::*;
pub use waiting::*;
pub use within::*;
pub use write::*;
