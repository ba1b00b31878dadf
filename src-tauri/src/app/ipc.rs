use serde::Serialize;
use ts_rs::TS;
use waterskin_session::VaultError;

/// An error as a screen gets it. The screens switch on `code` alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct IpcError {
    /// What kind of error this is.
    pub code: &'static str,
    /// What happened, for a person.
    pub message: String,
    /// What to do next.
    pub hints: Vec<String>,
}

impl IpcError {
    /// A command that makes no sense without a session.
    pub fn no_session() -> Self {
        Self {
            code: "no-session",
            message: "there is no app to do this with".to_owned(),
            hints: vec!["Install the app again.".to_owned()],
        }
    }

    /// A vault that does not do what was asked of it.
    pub fn vault(error: &VaultError) -> Self {
        let code = match error {
            VaultError::Unanswered => "unanswered",
            VaultError::Keychain { .. } | VaultError::File { .. } => "unkept",
        };
        Self { code, message: waterskin_session::causes(error), hints: Vec::new() }
    }

    /// Something that the desktop refused.
    pub fn desktop(error: &impl ToString) -> Self {
        Self { code: "desktop", message: error.to_string(), hints: Vec::new() }
    }
}
