use camino::Utf8Path;

use crate::FormatError;

/// What is kept from one build to the next: folders that are made once, each for a key that says all
/// that decides its content.
pub trait Store: Sync {
    /// The folder for `key`, filled by `make` where it is not there. Whoever asks for one that is
    /// being made waits until it is whole.
    ///
    /// # Errors
    ///
    /// Those of `make`, and [`FormatError::Store`].
    fn folder(
        &self,
        kind: &str,
        key: &str,
        make: &mut dyn FnMut(&Utf8Path) -> Result<(), FormatError>,
    ) -> Result<Box<dyn Kept>, FormatError>;
}

/// A folder of a [`Store`]. As long as this value lives, nobody removes it.
pub trait Kept: Send {
    /// Where it is.
    fn path(&self) -> &Utf8Path;
}
