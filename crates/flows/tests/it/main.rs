//! Processes over real databases, on both engines.

mod import;
mod made_up;
mod replay;
