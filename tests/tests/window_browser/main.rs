//! What a person expects of a window because every browser does it.

mod clipboard;
mod devices;
mod downloads;
mod hostile;
mod keys;
mod links;
mod log;
mod looks;
mod media;
mod menu;
mod place;
mod uploads;
