//! What is seen in the app's own window, and installed packages: each test has a display of its own.

mod clipboard;
mod data;
mod devices;
mod downloads;
mod hostile;
mod journey;
mod keys;
mod lasting;
mod links;
mod log;
mod login;
mod looks;
mod media;
mod menu;
mod place;
mod screens;
mod secrets;
mod states;
mod uploads;
