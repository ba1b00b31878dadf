//! What a person expects of a window because every browser does it.

mod devices;
mod downloads;
mod hostile;
mod keys;
mod links;
mod menu;
mod place;
mod uploads;
