//! What is served: `waterskin run` without a window, asked by the tests themselves and by browsers.

mod autobahn;
mod browser;
mod closed;
mod conformance_browser;
mod conformance_http;
mod conformance_websocket;
mod death;
mod doctor;
mod export;
mod gate;
mod inpage;
mod login;
mod run;
mod stages;
mod support;
mod trace;
