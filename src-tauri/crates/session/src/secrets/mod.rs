//! The secrets that an app asks its user for: what is asked, where the answers are kept, and how
//! they reach the app. No value is ever shown, logged or written into a payload.

mod file;
mod form;
mod keychain;
mod values;
mod vault;
mod wait;
mod within;

pub use form::{Answers, Complaint, Problem, SecretField, SecretPlace, SecretsForm};
pub use values::SecretValues;
pub use vault::{Rejected, Vault, VaultError};
pub use wait::Wait;
