//! What the author wrote about the app: `waterskin.toml` or `[tool.waterskin]`, `[project]`, and
//! Streamlit's own settings.

pub(crate) mod config;
pub(crate) mod icon;
pub(crate) mod identity;
pub(crate) mod names;
pub(crate) mod overrides;
pub(crate) mod python;
pub(crate) mod reserved;
pub(crate) mod secrets;
pub(crate) mod secrets_read;
pub(crate) mod sign;
pub(crate) mod streamlit;
