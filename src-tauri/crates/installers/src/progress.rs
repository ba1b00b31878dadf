/// Who is told how the writing of a file goes on. The calls may come from any thread.
pub trait Progress: Sync {
    /// The work begins; so many bytes will be read in all.
    fn begin(&self, bytes: u64);

    /// So many more bytes are done.
    fn advance(&self, bytes: u64);

    /// Something that the author should know, without being an error.
    fn note(&self, text: &str);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn begin(&self, _: u64) {}
    fn advance(&self, _: u64) {}
    fn note(&self, _: &str) {}
}
