//! What is seen in the app's own window, and installed packages: each test has a display of its own.

mod attempt;
mod data;
mod hands;
mod hostile;
mod journey;
mod lasting;
mod login;
mod screens;
mod secrets;
mod states;
