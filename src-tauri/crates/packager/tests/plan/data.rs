//! Where an app writes, and what it needs of the system.

use waterskin_bundle::{DataPolicy, SystemPackage};
use waterskin_installers::format_named;
use waterskin_packager::plan;

use super::{folder, settings, text};

const STOCK: &str = "import sqlite3\nimport streamlit as st\n\n@st.cache_resource\ndef store():\n    return sqlite3.connect(\"stock.db\")\n";

#[test]
fn an_app_that_writes_beside_itself_runs_in_a_copy() {
    let folder = folder();
    let lines: String = (0..7).map(|it| format!("open('{it}.txt', 'w')\n")).collect();
    folder.write(&[
        ("p/app.py", &format!("{STOCK}import export\n")),
        ("p/export.py", &lines),
        ("p/stock.db", "rows"),
        ("p/requirements.txt", "streamlit"),
    ]);
    let settings = settings(&folder, "p");
    let made = plan(&settings).unwrap();
    assert_eq!((made.data, made.writes.len()), (DataPolicy::Copy, 8));
    let text = text(&folder, &settings);
    let rows: Vec<&str> =
        text.lines().skip_while(|it| !it.starts_with("  data ")).take(6).collect();
    insta::assert_snapshot!(rows.join("\n"), @r"
      data        the app runs in a copy in the data folder, since it writes beside itself:
                  `app.py:6` (`sqlite3.connect` of `stock.db`)
                  `export.py:1` (`open` of `0.txt`)
                  `export.py:2` (`open` of `1.txt`)
                  `export.py:3` (`open` of `2.txt`)
                  and 4 more
    ");
}

#[test]
fn what_the_author_says_about_data_always_counts() {
    let folder = folder();
    for (setting, data) in [
        ("app-folder", DataPolicy::AppFolder),
        ("data-folder", DataPolicy::DataFolder),
        ("copy", DataPolicy::Copy),
    ] {
        folder.write(&[
            ("p/app.py", STOCK),
            ("p/requirements.txt", "streamlit"),
            ("p/waterskin.toml", &format!("data = '{setting}'")),
        ]);
        let made = plan(&settings(&folder, "p")).unwrap();
        assert_eq!(made.data, data);
        let warned = made.notes.iter().any(|note| note.contains("`app.py:6`"));
        assert_eq!(warned, data == DataPolicy::AppFolder, "{:?}", made.notes);
    }
    folder.write(&[("p/app.py", "import streamlit\nopen('a.txt')\n"), ("p/waterskin.toml", "")]);
    assert_eq!(plan(&settings(&folder, "p")).unwrap().data, DataPolicy::AppFolder, "it only reads");
}

#[test]
fn packages_and_programs_of_the_system_are_said_and_asked_for() {
    let folder = folder();
    folder.write(&[
        (
            "p/app.py",
            "import subprocess\nimport streamlit as st\nst.title('🧾')\n\
             subprocess.run(['pdfinfo', 'a.pdf'])\nsubprocess.run(['ffmpeg', '-version'])\n",
        ),
        ("p/packages.txt", "poppler-utils\nNot-A-Name\n"),
        ("p/requirements.txt", "streamlit"),
    ]);
    let settings = settings(&folder, "p");
    let made = plan(&settings).unwrap();
    assert_eq!(
        (made.system_packages, made.wished_packages),
        (vec![SystemPackage::new("poppler-utils")], vec![SystemPackage::new("ffmpeg")])
    );
    insta::assert_snapshot!(made.notes.join("\n"), @r"
    the app shows emoji, which are boxes on a system without a font for them: the Debian package recommends `fonts-noto-color-emoji`, and the archive's README names it
    `packages.txt:2`: `Not-A-Name` is no name of a Debian package and is passed over
    `packages.txt` asks for packages of the system: the Debian package depends on them (poppler-utils); elsewhere the recipient's system must have them
    `app.py:5` runs `ffmpeg`: Debian and Ubuntu have it in `ffmpeg`, which the Debian package recommends; elsewhere the recipient's system must have it
    ");
    let alone = plan(&waterskin_packager::Settings {
        formats: vec![format_named("deb").unwrap()],
        ..settings
    })
    .unwrap();
    assert!(!alone.notes.iter().any(|note| note.contains("emoji")), "the package sees to it");
}

#[test]
fn a_file_of_settings_comes_along_by_its_name_and_a_key_in_it_stops_the_build() {
    let folder = folder();
    let files = |include: &str, text: &str| {
        folder.write(&[
            ("p/app.py", "import streamlit\n"),
            ("p/requirements.txt", "streamlit"),
            ("p/waterskin.toml", &format!("include = ['{include}']")),
            ("p/.env", text),
        ]);
        let made = plan(&settings(&folder, "p")).map_err(|error| error.to_string())?;
        Ok::<_, String>(made.files.files.iter().any(|file| file.path == ".env"))
    };
    assert_eq!(files(".env", "REGION=eu\n"), Ok(true));
    assert_eq!(files(".*", "REGION=eu\n"), Ok(false), "nobody has named it");
    let error = files(".env", "REGION=eu\nDB_PASSWORD=hunter22\n").unwrap_err();
    assert!(error.contains(".env:2: a secret, by its name"), "{error}");
    assert_eq!(files("*.csv", "DB_PASSWORD=hunter22\n"), Ok(false), "it stays behind");
}

#[test]
fn an_app_that_writes_to_where_its_settings_say_runs_in_a_copy() {
    let folder = folder();
    folder.write(&[
        (
            "p/app.py",
            "import json\nimport streamlit as st\nSETTINGS = json.load(open('settings.json'))\n\
             if st.button('Save'):\n    open(SETTINGS['out'], 'a').write('x')\n",
        ),
        ("p/settings.json", "{\"out\": \"rows.txt\"}"),
        ("p/requirements.txt", "streamlit"),
    ]);
    let settings = settings(&folder, "p");
    assert_eq!(plan(&settings).unwrap().data, DataPolicy::Copy);
    let text = text(&folder, &settings);
    let rows: Vec<&str> =
        text.lines().skip_while(|it| !it.starts_with("  data ")).take(2).collect();
    insta::assert_snapshot!(rows.join("\n"), @r"
      data        the app runs in a copy in the data folder, since it may write beside itself:
                  `app.py:5` (`open`, to where the code alone does not say)
    ");
}

#[test]
fn files_that_stay_behind_or_are_in_use_are_said() {
    let folder = folder();
    folder.write(&[
        ("p/app.py", "import streamlit\nfrom dotenv import load_dotenv\nload_dotenv()\n"),
        ("p/.env", "REGION=eu\n"),
        ("p/stock.db", "rows"),
        ("p/stock.db-wal", "more rows"),
        ("p/requirements.txt", "streamlit\npython-dotenv"),
    ]);
    let notes = plan(&settings(&folder, "p")).unwrap().notes.join("\n");
    insta::assert_snapshot!(notes, @r#"
    `app.py` reads variables from files, and `.env` stays behind, since such files have secrets more often than not: without any, `include = [".env"]` takes it along; what is secret belongs into `[tool.waterskin.secrets]`
    `stock.db-wal` has changes that are not in `stock.db` yet; both come along, and what a program writes there meanwhile may not: close what has it open, and build again
    "#);
}
