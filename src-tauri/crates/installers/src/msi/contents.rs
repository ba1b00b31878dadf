use std::collections::BTreeMap;

use msi::{Column, Value};

use super::cabinet::Plan;
use super::product::Product;
use super::tables::{FOLDER, PROGRAM, Table, id, key, number, optional, string};
use crate::windows::Files;

/// Attributes of components and files (`msidefs.h`).
const COMPONENT_64_BIT: i32 = 0x100;
const FILE_VITAL: i32 = 0x200;

/// Removes a folder when the component goes.
const ON_REMOVAL: i32 = 2;

/// Folders, components and files: a component for each folder, which has all of the folder's files.
pub(super) fn contents(product: &Product, files: &Files, cabinets: &[Plan<'_>]) -> Vec<Table> {
    let folders = Folders::of(files);
    let mut components: BTreeMap<String, (String, Option<String>)> = BTreeMap::new();
    let mut rows = Vec::new();
    let mut sequence = 0;
    for (name, file) in cabinets.iter().flat_map(|cabinet| &cabinet.files) {
        sequence += 1;
        let (folder, file_name) = match file.path.rsplit_once('/') {
            Some((folder, file)) => (folders.id(folder), file),
            None => (FOLDER.to_owned(), file.path.as_str()),
        };
        let (component, key) =
            components.entry(folder.clone()).or_insert_with(|| (component_of(&folder), None));
        key.get_or_insert_with(|| name.clone());
        rows.push(vec![
            string(name.as_str()),
            string(component.as_str()),
            string(both_names('F', sequence, file_name)),
            number(i32::try_from(file.size).unwrap_or(i32::MAX)),
            Value::Null,
            Value::Null,
            number(FILE_VITAL),
            number(sequence),
        ]);
    }
    let empty: Vec<String> = files.empty_folders().map(|folder| folders.id(folder)).collect();
    for folder in &empty {
        components.insert(folder.clone(), (component_of(folder), None));
    }
    // Windows removes the folders of components by itself; those that have only other folders in them
    // belong to none.
    let bare = folders.ids.values().filter(|id| !components.contains_key(*id));
    let removed = bare.map(String::as_str).chain([FOLDER]).map(|folder| {
        let name = string(format!("{folder}.gone"));
        vec![name, string(PROGRAM), Value::Null, string(folder), number(ON_REMOVAL)]
    });
    let removed: Vec<_> = removed.collect();
    let paths: BTreeMap<&str, &str> =
        folders.ids.iter().map(|(path, id)| (id.as_str(), path.as_str())).collect();
    let guid = |folder: &str| product.component(paths.get(folder).copied().unwrap_or_default());
    vec![
        folders.table(product),
        Table {
            name: "Component",
            columns: vec![
                id("Component"),
                Column::build("ComponentId").nullable().string(38),
                Column::build("Directory_").id_string(72),
                Column::build("Attributes").int16(),
                optional("Condition"),
                Column::build("KeyPath").nullable().id_string(72),
            ],
            rows: components
                .iter()
                .map(|(folder, (component, key))| {
                    vec![
                        string(component.as_str()),
                        string(guid(folder)),
                        string(folder.as_str()),
                        number(COMPONENT_64_BIT),
                        Value::Null,
                        key.as_deref().map_or(Value::Null, string),
                    ]
                })
                .collect(),
        },
        Table {
            name: "File",
            columns: vec![
                id("File"),
                Column::build("Component_").id_string(72),
                Column::build("FileName").localizable().string(0),
                Column::build("FileSize").int32(),
                Column::build("Version").nullable().string(72),
                Column::build("Language").nullable().string(20),
                Column::build("Attributes").nullable().int16(),
                Column::build("Sequence").int32(),
            ],
            rows,
        },
        Table {
            name: "FeatureComponents",
            columns: vec![key("Feature_", 38), key("Component_", 72)],
            rows: components
                .values()
                .map(|(component, _)| vec![string("App"), string(component.as_str())])
                .collect(),
        },
        Table {
            name: "CreateFolder",
            columns: vec![key("Directory_", 72), key("Component_", 72)],
            rows: empty
                .iter()
                .map(|folder| vec![string(folder.as_str()), string(component_of(folder))])
                .collect(),
        },
        Table {
            name: "RemoveFile",
            columns: vec![
                id("FileKey"),
                Column::build("Component_").id_string(72),
                Column::build("FileName").nullable().localizable().string(0),
                Column::build("DirProperty").id_string(72),
                Column::build("InstallMode").int16(),
            ],
            rows: removed,
        },
    ]
}

fn component_of(folder: &str) -> String {
    match folder {
        FOLDER => PROGRAM.to_owned(),
        other => format!("{other}.files"),
    }
}

/// The folders of a payload with their names in the database.
struct Folders {
    ids: BTreeMap<String, String>,
}

impl Folders {
    fn of(files: &Files) -> Self {
        let named = |(number, path): (usize, &String)| (path.clone(), format!("folder{number}"));
        Self { ids: files.folders.iter().enumerate().map(named).collect() }
    }

    fn id(&self, path: &str) -> String {
        self.ids.get(path).cloned().unwrap_or_else(|| FOLDER.to_owned())
    }

    fn table(&self, product: &Product) -> Table {
        let row = |id: &str, parent: Value, name: String| vec![string(id), parent, string(name)];
        let mut rows = vec![
            row("TARGETDIR", Value::Null, "SourceDir".to_owned()),
            row("ProgramFiles64Folder", string("TARGETDIR"), ".".to_owned()),
            row("ProgramMenuFolder", string("TARGETDIR"), ".".to_owned()),
            row(FOLDER, string("ProgramFiles64Folder"), both_names('A', 0, &product.folder)),
        ];
        for (number, (path, id)) in (1..).zip(&self.ids) {
            let (parent, name) = match path.rsplit_once('/') {
                Some((parent, name)) => (self.id(parent), name),
                None => (FOLDER.to_owned(), path.as_str()),
            };
            rows.push(row(id, string(parent), both_names('D', number, name)));
        }
        Table {
            name: "Directory",
            columns: vec![
                id("Directory"),
                Column::build("Directory_Parent").nullable().id_string(72),
                Column::build("DefaultDir").localizable().string(0),
            ],
            rows,
        }
    }
}

/// A name as Windows Installer has it: a short one of eight letters and an ending of three, which no
/// other has, and the name itself. Where the name is short by itself, it stands alone.
pub(super) fn both_names(kind: char, number: i32, name: &str) -> String {
    if is_short(name) {
        return name.to_owned();
    }
    let ending: String = match name.rsplit_once('.') {
        Some((_, ending)) => {
            ending.chars().filter(char::is_ascii_alphanumeric).take(3).collect::<String>()
        }
        None => String::new(),
    };
    let dot = if ending.is_empty() { "" } else { "." };
    format!("{kind}{number:07X}{dot}{ending}|{name}")
}

fn is_short(name: &str) -> bool {
    let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
    let plain =
        |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let bare = name.len() == stem.len() || !ending.is_empty();
    (1..=8).contains(&stem.len()) && ending.len() <= 3 && plain(stem) && plain(ending) && bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_a_short_one_beside_them() {
        for (name, expected) in [
            ("abi.py", "abi.py"),
            ("LICENSE", "LICENSE"),
            ("__init__.py", "__init__.py"),
            ("manifest.json", "F000000A.jso|manifest.json"),
            ("été.py", "F000000A.py|été.py"),
            ("a b.py", "F000000A.py|a b.py"),
            (".hidden", "F000000A.hid|.hidden"),
            ("a.b.c", "F000000A.c|a.b.c"),
            ("数", "F000000A|数"),
            ("end.", "F000000A|end."),
        ] {
            assert_eq!(both_names('F', 10, name), expected, "{name}");
        }
    }
}
