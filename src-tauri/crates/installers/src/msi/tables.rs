//! The database of a package: what is installed where, and in which order. The tables and their
//! columns are those of Microsoft's "Database Tables" of Windows Installer.

use std::collections::HashSet;

use msi::{Column, Value};

use super::cabinet::Plan;
use super::contents::{both_names, contents};
use super::product::Product;
use crate::windows::Files;

/// A table with its rows.
pub(super) struct Table {
    pub name: &'static str,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Value>>,
}

/// The icon's name in the package.
pub(super) const ICON: &str = "app.ico";

/// The app's folder, and the component of its program.
pub(super) const FOLDER: &str = "INSTALLDIR";
pub(super) const PROGRAM: &str = "Program";

/// Attributes of features and upgrades (`msidefs.h`).
const FEATURE_MUST_BE: i32 = 0x10;
const UPGRADE_ONLY_DETECT: i32 = 0x2;
const UPGRADE_MAX_INCLUSIVE: i32 = 0x200;

/// The order of an installation. What removes older versions stands inside of the transaction: where
/// the new version can't be installed, the old one stays.
const EXECUTE: [(&str, i32); 23] = [
    ("FindRelatedProducts", 25),
    ("LaunchConditions", 100),
    ("ValidateProductID", 700),
    ("CostInitialize", 800),
    ("FileCost", 900),
    ("CostFinalize", 1000),
    ("MigrateFeatureStates", 1200),
    ("InstallValidate", 1400),
    ("InstallInitialize", 1500),
    ("RemoveExistingProducts", 1501),
    ("ProcessComponents", 1600),
    ("UnpublishFeatures", 1800),
    ("RemoveShortcuts", 3200),
    ("RemoveFiles", 3500),
    ("RemoveFolders", 3600),
    ("CreateFolders", 3700),
    ("InstallFiles", 4000),
    ("CreateShortcuts", 4500),
    ("RegisterUser", 6000),
    ("RegisterProduct", 6100),
    ("PublishFeatures", 6300),
    ("PublishProduct", 6400),
    ("InstallFinalize", 6600),
];
const DIALOGS: [(&str, i32); 7] = [
    ("FindRelatedProducts", 25),
    ("LaunchConditions", 100),
    ("ValidateProductID", 700),
    ("CostInitialize", 800),
    ("FileCost", 900),
    ("CostFinalize", 1000),
    ("ExecuteAction", 1300),
];
const ADMINISTRATION: [(&str, i32); 7] = [
    ("CostInitialize", 800),
    ("FileCost", 900),
    ("CostFinalize", 1000),
    ("InstallValidate", 1400),
    ("InstallInitialize", 1500),
    ("InstallAdminPackage", 3900),
    ("InstallFiles", 4000),
];

/// How many different texts a database can have that names each by 16 bits, less those that are in
/// every one.
pub(super) const MOST_TEXTS: usize = 65_000;

/// All tables of a package.
pub(super) fn tables(product: &Product, files: &Files, cabinets: &[Plan<'_>]) -> Vec<Table> {
    let mut tables = vec![properties(product), upgrade(product), launch_condition()];
    tables.extend(contents(product, files, cabinets));
    tables.extend([shortcut(product), icon(), feature(product), media(cabinets)]);
    tables.extend([
        sequence("InstallExecuteSequence", &EXECUTE),
        sequence("InstallUISequence", &DIALOGS),
        sequence(
            "AdminExecuteSequence",
            &[&ADMINISTRATION[..], &[("InstallFinalize", 6600)]].concat(),
        ),
    ]);
    tables
}

/// How many different texts are in them.
pub(super) fn texts(tables: &[Table]) -> usize {
    let values = tables.iter().flat_map(|table| &table.rows).flatten();
    values.filter_map(Value::as_str).collect::<HashSet<_>>().len()
}

fn properties(product: &Product) -> Table {
    let mut rows = vec![
        ("ProductName", product.name.clone()),
        ("ProductVersion", product.version.text.clone()),
        ("Manufacturer", product.publisher.clone()),
        ("ProductLanguage", "1033".to_owned()),
        ("ProductCode", product.product_code()),
        ("UpgradeCode", product.upgrade_code()),
        ("ALLUSERS", "1".to_owned()),
        ("SecureCustomProperties", "OLDERFOUND;NEWERFOUND".to_owned()),
        ("ARPPRODUCTICON", ICON.to_owned()),
        ("ARPCOMMENTS", product.summary.clone()),
        ("ARPNOMODIFY", "1".to_owned()),
        ("ARPNOREPAIR", "1".to_owned()),
    ];
    // A property has no empty value.
    rows.retain(|(_, value)| !value.is_empty());
    Table {
        name: "Property",
        columns: vec![id("Property"), text("Value")],
        rows: rows.into_iter().map(|(name, value)| vec![string(name), string(value)]).collect(),
    }
}

/// Any version up to this one goes; a later one is told.
fn upgrade(product: &Product) -> Table {
    let row = |least: Value, most: Value, attributes: i32, property: &str| {
        let code = string(product.upgrade_code());
        vec![code, least, most, Value::Null, number(attributes), Value::Null, string(property)]
    };
    let version = || string(product.version.text.as_str());
    let key = |name: &str| Column::build(name).nullable().primary_key();
    Table {
        name: "Upgrade",
        columns: vec![
            Column::build("UpgradeCode").primary_key().string(38),
            key("VersionMin").string(20),
            key("VersionMax").string(20),
            key("Language").string(255),
            Column::build("Attributes").primary_key().int32(),
            optional("Remove"),
            Column::build("ActionProperty").id_string(72),
        ],
        rows: vec![
            row(string("0.0.0"), version(), UPGRADE_MAX_INCLUSIVE | 0x100, "OLDERFOUND"),
            row(version(), Value::Null, UPGRADE_ONLY_DETECT, "NEWERFOUND"),
        ],
    }
}

fn launch_condition() -> Table {
    let condition = "NOT NEWERFOUND OR Installed";
    let words =
        "A newer version of [ProductName] is installed. Remove it first to go back to this one.";
    Table {
        name: "LaunchCondition",
        columns: vec![
            Column::build("Condition").primary_key().string(255),
            Column::build("Description").localizable().text_string(255),
        ],
        rows: vec![vec![string(condition), string(words)]],
    }
}

fn shortcut(product: &Product) -> Table {
    let null = || Value::Null;
    Table {
        name: "Shortcut",
        columns: vec![
            id("Shortcut"),
            Column::build("Directory_").id_string(72),
            Column::build("Name").localizable().string(0),
            Column::build("Component_").id_string(72),
            Column::build("Target").string(72),
            optional("Arguments"),
            Column::build("Description").nullable().localizable().text_string(255),
            Column::build("Hotkey").nullable().int16(),
            Column::build("Icon_").nullable().id_string(72),
            Column::build("IconIndex").nullable().int16(),
            Column::build("ShowCmd").nullable().int16(),
            Column::build("WkDir").nullable().id_string(72),
        ],
        rows: vec![vec![
            string("App"),
            string("ProgramMenuFolder"),
            string(both_names('S', 0, &product.shortcut)),
            string(PROGRAM),
            string("[#program]"),
            null(),
            string(product.summary.as_str()),
            null(),
            null(),
            null(),
            null(),
            string(FOLDER),
        ]],
    }
}

fn icon() -> Table {
    Table {
        name: "Icon",
        columns: vec![id("Name"), Column::build("Data").binary()],
        rows: vec![vec![string(ICON), Value::Binary]],
    }
}

fn feature(product: &Product) -> Table {
    Table {
        name: "Feature",
        columns: vec![
            key("Feature", 38),
            Column::build("Feature_Parent").nullable().id_string(38),
            Column::build("Title").nullable().localizable().text_string(255),
            Column::build("Description").nullable().localizable().text_string(255),
            Column::build("Display").nullable().int16(),
            Column::build("Level").int16(),
            Column::build("Directory_").nullable().id_string(72),
            Column::build("Attributes").int16(),
        ],
        rows: vec![vec![
            string("App"),
            Value::Null,
            string(product.name.as_str()),
            Value::Null,
            number(1),
            number(1),
            string(FOLDER),
            number(FEATURE_MUST_BE),
        ]],
    }
}

fn media(cabinets: &[Plan<'_>]) -> Table {
    let mut last = 0;
    let rows = (1..).zip(cabinets).map(|(disk, cabinet)| {
        last += i32::try_from(cabinet.files.len()).unwrap_or(i32::MAX);
        let name = string(format!("#{}", cabinet.name));
        vec![number(disk), number(last), Value::Null, name, Value::Null, Value::Null]
    });
    let rows = rows.collect();
    Table {
        name: "Media",
        columns: vec![
            Column::build("DiskId").primary_key().int16(),
            Column::build("LastSequence").int32(),
            optional("DiskPrompt"),
            optional("Cabinet"),
            optional("VolumeLabel"),
            optional("Source"),
        ],
        rows,
    }
}

fn sequence(name: &'static str, actions: &[(&str, i32)]) -> Table {
    let row = |(action, at): &(&str, i32)| vec![string(*action), Value::Null, number(*at)];
    Table {
        name,
        columns: vec![
            id("Action"),
            optional("Condition"),
            Column::build("Sequence").nullable().int16(),
        ],
        rows: actions.iter().map(row).collect(),
    }
}

pub(super) fn id(name: &str) -> Column {
    key(name, 72)
}

pub(super) fn key(name: &str, length: usize) -> Column {
    Column::build(name).primary_key().id_string(length)
}

fn text(name: &str) -> Column {
    Column::build(name).localizable().text_string(0)
}

pub(super) fn optional(name: &str) -> Column {
    Column::build(name).nullable().string(255)
}

pub(super) fn string(text: impl Into<String>) -> Value {
    Value::Str(text.into())
}

pub(super) fn number(number: i32) -> Value {
    Value::Int(number)
}
