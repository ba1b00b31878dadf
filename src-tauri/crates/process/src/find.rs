use std::path::PathBuf;

/// The program `name` on the `PATH`, as a shell would find it.
///
/// A name with a separator in it is looked up as a path.
pub fn find(name: &str) -> Option<PathBuf> {
    which::which(name).ok()
}
