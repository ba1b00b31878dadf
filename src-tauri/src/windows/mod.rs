//! The windows, and what is done with them.

pub mod cover;
pub mod delegate;
mod frame;
pub mod main_window;
pub mod outside;
pub mod own;
pub mod page;
pub mod perform;
mod placement;
pub mod registry;
