//! What a command of a shell or a statement of SQL writes to, as far as its text says it.

use std::sync::LazyLock;

use regex::Regex;

use crate::code::places::Place;

/// A database that is attached, and a file that a table goes to.
static WRITING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?is)^\s*(?:copy\b.*\bto|export\s+database|attach(?:\s+or\s+replace)?(?:\s+database)?(?:\s+if\s+not\s+exists)?)\s+'([^'=]+)'(.*)",
    )
    .ok()
});

/// Where a statement of SQL writes to a file that it names.
pub(super) fn of_sql(statement: &str) -> Option<Place> {
    let found = WRITING.as_ref()?.captures(statement)?;
    let reads = found[2].to_lowercase().contains("read_only");
    (!reads).then(|| place(&found[1]))
}

/// Where a shell's command redirects what it says. What goes nowhere or to another output does not count.
pub(super) fn of_shell(command: &str) -> Option<Place> {
    let mut quote = None;
    let mut letters = command.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match (quote, letter) {
            (Some(end), _) if letter == end => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, '>') => {
                let rest = command[at..].trim_start_matches(['>', '|']).trim_start();
                let target = match rest.chars().next() {
                    Some(end @ ('"' | '\'')) => rest[1..].split(end).next(),
                    _ => rest.split([' ', '\t', '\n', ';', '&', '|', ')', '>']).next(),
                };
                let target = target.filter(|it| !it.is_empty() && !it.eq_ignore_ascii_case("nul"));
                if let Some(place @ (Place::Here(_) | Place::Unknown)) = target.map(place) {
                    return Some(place);
                }
                while letters.next_if(|(_, letter)| *letter == '>').is_some() {}
            }
            _ => {}
        }
    }
    None
}

/// The place of a path in which something may be filled in.
fn place(path: &str) -> Place {
    match path.split_once(['…', '%', '{', '$']) {
        None => Place::of_text(path),
        Some(("", _)) => Place::Unknown,
        Some((known, _)) => match Place::of_text(known) {
            Place::Here(known) => Place::Here(known + "…"),
            place => place,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(path: &str) -> Option<Place> {
        Some(Place::Here(path.to_owned()))
    }

    #[test]
    fn redirections_of_a_shell_are_found() {
        for (command, expected) in [
            ("echo hi >> log.txt", here("log.txt")),
            ("date>out/é.txt; ls", here("out/é.txt")),
            ("x 2>/dev/null > 'a b.txt'", here("a b.txt")),
            ("x 2>&1 >log-%s.txt", here("log-…")),
            ("x > …/a.txt", Some(Place::Unknown)),
            ("x >", None),
            ("x > NUL 2>&1", None),
            ("x > /tmp/a 2>>~/b", None),
            ("python -c \"print(2 > 1)\"", None),
        ] {
            assert_eq!(of_shell(command), expected, "{command}");
        }
    }

    #[test]
    fn files_that_sql_writes_are_found() {
        for (statement, expected) in [
            ("COPY (select 1) TO 'out.parquet' (FORMAT parquet)", here("out.parquet")),
            ("copy t\nto 'out/…'", here("out/…")),
            ("EXPORT DATABASE 'dump'", here("dump")),
            ("ATTACH IF NOT EXISTS 'a.duckdb' AS a", here("a.duckdb")),
            ("attach database 'a.db' as a", here("a.db")),
            ("ATTACH ':memory:'", Some(Place::Elsewhere)),
            ("COPY t TO '…'", Some(Place::Unknown)),
            ("ATTACH 'a.duckdb' (READ_ONLY)", None),
            ("ATTACH 'host=a dbname=b' (TYPE postgres)", None),
            ("COPY t FROM 'a.csv'", None),
            ("select 'copy t to ''a'''", None),
        ] {
            assert_eq!(of_sql(statement), expected, "{statement}");
        }
    }
}
