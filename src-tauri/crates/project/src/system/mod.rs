//! What an app wants of the recipient's system beside its packages.

pub(crate) mod packages;
pub(crate) mod programs;
pub(crate) mod tk;
pub(crate) mod wants;
