//! Automation of the house.
fn main() -> anyhow::Result<()> {
    Ok(())
}
