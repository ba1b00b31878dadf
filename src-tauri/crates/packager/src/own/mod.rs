//! The author's own distributions: each becomes a wheel when the app is built.

mod copied;
mod make;
mod wheel;

pub use make::MakeError;
pub(crate) use make::{OwnBuild, OwnWheels};
pub(crate) use wheel::{WheelFile, WheelFiles};
