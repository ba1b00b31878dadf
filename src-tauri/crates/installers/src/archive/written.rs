use serde::{Deserialize, Serialize};

/// What was written, for the lists that packages have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Written {
    /// One line for each file, as `md5sum` and `sha256sum` print it.
    pub sums: String,
    /// The space after installation, in KiB, by the rule of Debian Policy 5.6.20.
    pub kibibytes: u64,
}

impl Written {
    /// Adds what was written after.
    pub fn append(&mut self, other: &Self) {
        self.sums.push_str(&other.sums);
        self.kibibytes += other.kibibytes;
    }

    /// Adds an entry with a content of so many bytes and, where it is a file, this sum.
    pub fn add(&mut self, path: &str, bytes: u64, sum: Option<&str>) {
        self.kibibytes += bytes.div_ceil(1024).max(1);
        if let Some(sum) = sum {
            self.sums.push_str(sum);
            self.sums.push_str("  ");
            self.sums.push_str(path);
            self.sums.push('\n');
        }
    }
}
