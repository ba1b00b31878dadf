use waterskin_bundle::{AppId, Digest, IdError, PackageName};

use crate::settings::reserved::is_app_of_debian;

/// The name that people see, from the name of a folder or of a Python project: `csv_explorer`
/// gives `Csv Explorer`. Letters of any script stay as they are.
pub(crate) fn display_name(raw: &str) -> String {
    let words: Vec<String> = raw
        .split(|c: char| c.is_whitespace() || c == '_' || c == '-' || c.is_control())
        .filter(|word| !word.is_empty())
        .map(capitalised)
        .collect();
    if words.is_empty() { "App".to_owned() } else { words.join(" ") }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The name that people see as one word: written in Latin letters where that can be done, `app-` and
/// a digest of the name where it can't.
pub(crate) fn short_name(name: &str) -> Result<PackageName, IdError> {
    let latin = deunicode::deunicode(name).to_lowercase();
    let words: Vec<&str> =
        latin.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let joined: String = words.join("-").chars().take(56).collect();
    let joined = joined.trim_end_matches('-');
    let text = if joined.starts_with(|c: char| c.is_ascii_digit()) {
        format!("app-{joined}")
    } else {
        joined.to_owned()
    };
    text.parse().or_else(|_| {
        let digest = Digest::of(name.as_bytes());
        format!("app-{}", digest.short().get(..8).unwrap_or_default()).parse()
    })
}

/// The name of the system package and of the command of an app whose author gave none: one that
/// Debian gives to nothing. Its `hello` would be taken for a newer version of an app's.
pub(crate) fn package_name(short: &PackageName) -> Result<PackageName, IdError> {
    let stem = short.as_str().strip_suffix("-app").unwrap_or(short.as_str());
    let name = format!("{stem}-app");
    if is_app_of_debian(&name) { format!("{stem}-desktop-app").parse() } else { name.parse() }
}

/// The id of an app whose author gave none.
pub(crate) fn default_id(package: &PackageName) -> Result<AppId, IdError> {
    let part: String =
        package.as_str().chars().map(|c| if c == '.' || c == '+' { '-' } else { c }).collect();
    format!("local.waterskin.{part}").parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_people_see() {
        for (raw, name) in [
            ("csv_explorer", "Csv Explorer"),
            ("hello", "Hello"),
            ("my-Sales  app", "My Sales App"),
            ("données_été", "Données Été"),
            ("数据", "数据"),
            ("__", "App"),
            ("it's \"fine\"", "It's \"fine\""),
        ] {
            assert_eq!(display_name(raw), name);
        }
    }

    #[test]
    fn package_names_and_ids() {
        for (name, package, id) in [
            ("Csv Explorer", "csv-explorer-app", "local.waterskin.csv-explorer"),
            ("Données Été", "donnees-ete-app", "local.waterskin.donnees-ete"),
            ("Straße", "strasse-app", "local.waterskin.strasse"),
            ("Отчёт", "otchiot-app", "local.waterskin.otchiot"),
            ("2048", "app-2048-app", "local.waterskin.app-2048"),
            ("It's \"fine\"", "it-s-fine-app", "local.waterskin.it-s-fine"),
            ("Dash", "dash-app", "local.waterskin.dash"),
            ("Sales App", "sales-app", "local.waterskin.sales-app"),
            ("RT", "rt-desktop-app", "local.waterskin.rt"),
            ("Rt App", "rt-desktop-app", "local.waterskin.rt-app"),
            ("App", "app-app", "local.waterskin.app"),
        ] {
            let short = short_name(name).unwrap();
            assert_eq!(package_name(&short).unwrap().as_str(), package);
            assert_eq!(default_id(&short).unwrap().as_str(), id);
        }
    }

    #[test]
    fn a_name_without_letters_gets_a_digest_and_always_the_same() {
        let one = short_name("\u{10ffff}").unwrap();
        assert!(one.as_str().starts_with("app-") && one.as_str().len() == 12, "{one}");
        assert_eq!(one, short_name("\u{10ffff}").unwrap());
        assert_ne!(one, short_name("\u{10fffe}").unwrap());
        assert_eq!(package_name(&one).unwrap().as_str(), format!("{one}-app"));
        let long = short_name(&"long name ".repeat(30)).unwrap();
        assert!(package_name(&long).unwrap().as_str().len() <= 64);
    }

    #[test]
    fn an_id_takes_only_what_an_id_may_have() {
        assert_eq!(
            default_id(&"g++.x".parse().unwrap()).unwrap().as_str(),
            "local.waterskin.g---x"
        );
    }
}
