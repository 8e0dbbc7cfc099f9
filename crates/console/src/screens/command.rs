//! The key that a form carries, under which what it asks is done once.

/// A key that no form had before.
pub(super) fn fresh_command() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
