//! What an author should know of files that stay behind, or that come along while they are in use.

use camino::Utf8Path;

use crate::code::base::CodeBase;
use crate::files::ProjectFiles;
use crate::files::left_out::Reason;

/// Modules that read files with variables for the environment.
const READERS: [&str; 6] =
    ["dotenv", "environs", "decouple", "dynaconf", "pydantic_settings", "prettyconf"];

/// How the logs of databases end, in which changes are that are not in the database's file yet: SQLite's
/// and DuckDB's.
const LOGS: [&str; 3] = ["-wal", "-journal", ".wal"];

/// The notes about a project's files.
pub(crate) fn notes(files: &ProjectFiles, code: &CodeBase) -> Vec<String> {
    let mut found = Vec::new();
    let left_out = files.left_out.iter().find(|it| it.reason == Reason::Environment);
    if let (Some(left_out), Some(reader)) = (left_out, code.importer(&READERS)) {
        let path = &left_out.path;
        found.push(format!(
            "`{reader}` reads variables from files, and `{path}` stays behind, since such files have secrets more often than not: without any, `include = [\"{path}\"]` takes it along; what is secret belongs into `[tool.waterskin.secrets]`"
        ));
    }
    let has = |name: &str| files.files.iter().any(|file| file.path == name);
    for log in files.files.iter().map(|file| file.path.as_path()) {
        if let Some(database) = database_of(log).filter(|database| has(database)) {
            found.push(format!(
                "`{log}` has changes that are not in `{database}` yet; both come along, and what a program writes there meanwhile may not: close what has it open, and build again"
            ));
        }
    }
    found
}

/// The database that a log belongs to by its name.
fn database_of(log: &Utf8Path) -> Option<&str> {
    LOGS.iter().find_map(|ending| log.as_str().strip_suffix(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_belong_to_their_databases() {
        for (log, database) in [
            ("a/stock é.db-wal", Some("a/stock é.db")),
            ("stock.db-journal", Some("stock.db")),
            ("stock.duckdb.wal", Some("stock.duckdb")),
            ("stock.db-shm", None),
            ("stock.db", None),
        ] {
            assert_eq!(database_of(log.into()), database, "{log}");
        }
    }
}
