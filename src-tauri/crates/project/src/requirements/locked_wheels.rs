//! The wheels that a lock names.

use toml::{Table, Value};

/// The wheels of a package in a lock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockedWheels {
    /// The package's name.
    pub name: String,
    /// The names of the files (PEP 427).
    pub files: Vec<String>,
}

impl LockedWheels {
    /// Those of a `[[package]]` of `uv.lock`, or a `[[packages]]` of `pylock.toml`.
    pub fn of(package: &Table) -> Self {
        let text =
            |table: &Value, key: &str| table.get(key).and_then(Value::as_str).map(str::to_owned);
        let wheels = package.get("wheels").and_then(Value::as_array).into_iter().flatten();
        let file = |wheel: &Value| {
            let keys = ["name", "filename", "url", "path"];
            let place = keys.iter().find_map(|key| text(wheel, key))?;
            let plain = place.split(['?', '#']).next().unwrap_or_default();
            plain.rsplit(['/', '\\']).next().map(str::to_owned)
        };
        let name = package.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        Self { name, files: wheels.filter_map(file).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wheels(name: &str, files: &[&str]) -> LockedWheels {
        let files = files.iter().map(|file| (*file).to_owned()).collect();
        LockedWheels { name: name.to_owned(), files }
    }

    #[test]
    fn the_files_of_both_kinds_of_locks_have_their_names() {
        let text = "name = 'x'\n[[wheels]]\nurl = 'https://e/a/x-1-py3-none-any.whl?x=1'\n[[wheels]]\nname = 'y.whl'\nurl = 'https://e/z'\n";
        let made = LockedWheels::of(&text.parse().unwrap());
        assert_eq!(made, wheels("x", &["x-1-py3-none-any.whl", "y.whl"]));
    }
}
