/// Gives on what GTK and WebKitGTK always have. Where one is missing after all, the log names it: what
/// leans on it is left out then.
pub fn expected<T>(what: &str, there: Option<T>) -> Option<T> {
    if there.is_none() {
        tracing::error!(what, "something is missing that is always there");
    }
    there
}
