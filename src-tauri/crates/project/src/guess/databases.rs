//! Which drivers an app's databases need, by their addresses.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use crate::code::base::CodeBase;
use crate::code::imports::{Code, top_level};
use crate::guess::needs::{Need, has};

/// Dialect and driver of SQLAlchemy's addresses, and what they need. The driver of a dialect without one
/// is the dialect's default, or one with wheels where that has none.
pub(crate) const DRIVERS: &[(&str, &str, &[&str])] = &[
    ("postgresql", "", &["psycopg2-binary"]),
    ("postgresql", "psycopg2", &["psycopg2-binary"]),
    ("postgresql", "psycopg", &["psycopg[binary]"]),
    ("postgresql", "asyncpg", &["asyncpg", "greenlet"]),
    ("postgresql", "pg8000", &["pg8000"]),
    ("postgres", "", &["psycopg2-binary"]),
    ("redshift", "psycopg2", &["sqlalchemy-redshift", "psycopg2-binary"]),
    ("redshift", "redshift_connector", &["sqlalchemy-redshift", "redshift-connector"]),
    ("cockroachdb", "", &["sqlalchemy-cockroachdb", "psycopg2-binary"]),
    ("mysql", "", &["mysqlclient"]),
    ("mysql", "mysqldb", &["mysqlclient"]),
    ("mysql", "pymysql", &["PyMySQL"]),
    ("mysql", "mysqlconnector", &["mysql-connector-python"]),
    ("mysql", "aiomysql", &["aiomysql", "greenlet"]),
    ("mysql", "asyncmy", &["asyncmy", "greenlet"]),
    ("mariadb", "pymysql", &["PyMySQL"]),
    ("mariadb", "mariadbconnector", &["mariadb"]),
    ("mssql", "", &["pyodbc"]),
    ("mssql", "pyodbc", &["pyodbc"]),
    ("mssql", "pymssql", &["pymssql"]),
    ("oracle", "", &["oracledb"]),
    ("oracle", "oracledb", &["oracledb"]),
    ("oracle", "cx_oracle", &["cx_Oracle"]),
    ("sqlite", "", &[]),
    ("sqlite", "aiosqlite", &["aiosqlite", "greenlet"]),
    ("duckdb", "", &["duckdb-engine"]),
    ("snowflake", "", &["snowflake-sqlalchemy"]),
    ("bigquery", "", &["sqlalchemy-bigquery"]),
    ("databricks", "", &["databricks-sqlalchemy"]),
    ("clickhouse", "", &["clickhouse-sqlalchemy"]),
    ("clickhouse", "native", &["clickhouse-sqlalchemy"]),
    ("clickhousedb", "", &["clickhouse-connect"]),
    ("trino", "", &["trino"]),
];

/// What of an app hands addresses to SQLAlchemy.
const SQL_MODULES: [&str; 3] = ["sqlalchemy", "sqlmodel", "flask_sqlalchemy"];
const SQL_NAMES: [&str; 7] = [
    "create_engine",
    "read_sql",
    "read_sql_query",
    "read_sql_table",
    "to_sql",
    "from_uri",
    "connection",
];

/// Where an author keeps the addresses of `st.connection`, and where examples of them stand. They stay
/// behind, and only the kind of a database is taken from them.
const SETTINGS: [&str; 4] = [
    ".streamlit/secrets.toml",
    ".streamlit/secrets.toml.example",
    ".streamlit/secrets.example.toml",
    ".streamlit/secrets_example.toml",
];

/// Drivers that are imported by name, and databases that come with Python.
const BY_NAME: [&str; 13] = [
    "sqlite3",
    "psycopg2",
    "psycopg",
    "asyncpg",
    "pg8000",
    "pymysql",
    "MySQLdb",
    "mysql",
    "pyodbc",
    "pymssql",
    "oracledb",
    "duckdb",
    "snowflake",
];

/// What the databases of an app need.
#[derive(Debug, Default)]
pub(crate) struct Drivers {
    /// Each with the file that says so.
    pub needs: Vec<(Utf8PathBuf, Need)>,
    /// What the author should know.
    pub note: Option<String>,
}

/// Finds the drivers of the databases that the code in `root` opens by SQLAlchemy.
pub(crate) fn needs(root: &Utf8Path, code: &CodeBase) -> Drivers {
    let imported: BTreeSet<&str> = code
        .files()
        .flat_map(|(_, code)| code.imports.keys())
        .map(|module| top_level(module))
        .collect();
    let imports_sql = SQL_MODULES.iter().any(|module| imported.contains(module));
    let mut found = Drivers::default();
    let mut opens = None;
    for (file, its) in code.files() {
        if !imports_sql && !SQL_NAMES.iter().any(|name| has(its, name)) {
            continue;
        }
        for text in &its.clues.texts {
            found.add(file, text);
        }
        if has(its, "create_engine") || opens_connection(its) {
            opens.get_or_insert(file);
        }
    }
    if code.files().any(|(_, its)| opens_connection(its)) {
        for name in SETTINGS {
            let text = fs_err::read_to_string(root.join(name)).unwrap_or_default();
            for address in text.parse().map(|table| addresses(&table)).unwrap_or_default() {
                found.add(name.into(), &address);
            }
        }
    }
    let known = !found.needs.is_empty() || BY_NAME.iter().any(|module| imported.contains(module));
    if let (Some(file), false) = (opens, known) {
        found.note = Some(format!(
            "`{file}` opens a database, and the code does not say of which kind; its driver is not among the guessed packages"
        ));
    }
    found
}

impl Drivers {
    fn add(&mut self, file: &Utf8Path, text: &str) {
        let Some((address, drivers)) = drivers(text) else { return };
        let clue = format!("says `{address}`");
        for distribution in drivers.iter().copied().chain(["SQLAlchemy"]) {
            self.needs.push((file.to_owned(), Need { distribution, clue: clue.clone() }));
        }
    }
}

/// `st.connection("sql")`, or of that type.
fn opens_connection(code: &Code) -> bool {
    code.clues.arguments.contains("type=sql") || code.clues.streamlit.contains("connection=sql")
}

/// The kinds of the databases in `[connections.NAME]`, as the beginnings of addresses.
fn addresses(table: &toml::Table) -> Vec<String> {
    let connections = table.get("connections").and_then(toml::Value::as_table);
    let text = |table: &toml::Table, key: &str| {
        table.get(key).and_then(|it| it.as_str()).map(str::to_owned)
    };
    connections
        .into_iter()
        .flat_map(|connections| connections.values())
        .filter_map(toml::Value::as_table)
        .filter_map(|one| {
            text(one, "url").or_else(|| {
                let dialect = text(one, "dialect")?;
                let driver =
                    text(one, "driver").map(|driver| format!("+{driver}")).unwrap_or_default();
                Some(format!("{dialect}{driver}://"))
            })
        })
        .collect()
}

/// The beginning of an address of a database, and what it needs.
fn drivers(text: &str) -> Option<(&str, &'static [&'static str])> {
    let address = text.split_once("://").map(|(scheme, _)| scheme);
    // `URL.create("postgresql+psycopg2", ...)`
    let scheme = address.or_else(|| text.contains('+').then_some(text))?;
    let (dialect, driver) = scheme.split_once('+').unwrap_or((scheme, ""));
    let (_, _, brings) = DRIVERS.iter().find(|(it, its, _)| *it == dialect && *its == driver)?;
    Some((scheme, brings))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Drivers {
        let files = std::iter::once("app.py".into()).collect();
        let code = CodeBase::follow("app.py".into(), &files, |_| Ok(text.to_owned())).unwrap();
        needs("/nowhere".into(), &code)
    }

    #[test]
    fn addresses_say_their_drivers() {
        for (code, expected) in [
            (
                "import sqlalchemy\nsqlalchemy.create_engine(f'postgresql://{user}@host/db')",
                &["psycopg2-binary", "SQLAlchemy"][..],
            ),
            (
                "import sqlalchemy\nsqlalchemy.URL.create('mysql+pymysql', host=h)",
                &["PyMySQL", "SQLAlchemy"],
            ),
            (
                "import pandas as pd\npd.read_sql('select 1', 'mssql+pyodbc://x')",
                &["pyodbc", "SQLAlchemy"],
            ),
            ("import sqlmodel\nsqlmodel.create_engine('sqlite:///a.db')", &["SQLAlchemy"]),
            ("import psycopg2\npsycopg2.connect('postgresql://x')", &[]),
        ] {
            let found = of(code);
            let names: Vec<_> = found.needs.iter().map(|(_, need)| need.distribution).collect();
            assert_eq!((names.as_slice(), found.note), (expected, None), "{code}");
        }
        let unknown = of("import os, sqlalchemy\nsqlalchemy.create_engine(os.environ['DB'])");
        assert!(unknown.note.unwrap().starts_with("`app.py` opens a database"));
        assert_eq!(of("import sqlalchemy, oracledb\nsqlalchemy.create_engine(x)").note, None);
    }
}
