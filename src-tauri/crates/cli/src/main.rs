//! The command `waterskin`.
fn main() {}
