use super::*;
use crate::files::Selection;

/// What is guessed of a project with these files, and the names of the distributions.
fn guessed(files: &[(&str, &str)], answers: &[(&str, &str)]) -> (Guessed, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(dir.path()).unwrap();
    for (name, text) in files {
        let file = root.join(name);
        fs_err::create_dir_all(file.parent().unwrap()).unwrap();
        fs_err::write(file, text).unwrap();
    }
    let exclude = ["left/".to_owned()];
    let selection =
        Selection { root, outputs: &[], include: &[], exclude: &exclude, follow_links: false };
    let files = ProjectFiles::select(&selection).unwrap();
    let names = files.files.iter().map(|file| file.path.clone()).collect();
    let read = |file: &Utf8Path| fs_err::read_to_string(root.join(file));
    let code = CodeBase::follow("app.py".into(), &names, read).unwrap();
    let answers =
        answers.iter().map(|(module, name)| ((*module).to_owned(), (*name).to_owned())).collect();
    let found = guess(root, &code, &files, 11, &answers);
    let names = found.guesses.iter().map(|guess| guess.distribution.clone()).collect();
    (found, names)
}

#[test]
fn a_page_may_be_called_like_what_it_shows() {
    let files = [("app.py", "import streamlit"), ("pages/plotly.py", "import plotly.express")];
    assert_eq!(guessed(&files, &[]).1, ["plotly", "streamlit"]);
}

const PATH: &str =
    "import sys, os\nsys.path.append(os.path.join(os.path.dirname(__file__), 'lib'))\n";

#[test]
fn only_what_the_app_runs_is_looked_at() {
    let (found, names) = guessed(
        &[
            (
                "app.py",
                "import streamlit as st, os, helper\nfrom lib.load import read\nst.Page('views/x.py')",
            ),
            ("helper.py", "from PIL import Image"),
            ("lib/__init__.py", "import yaml"),
            ("lib/load.py", "from .deep import thing\nimport pandas"),
            ("lib/deep.py", "import cv2"),
            ("views/x.py", "import plotly.express"),
            ("pages/2_Zwei é.py", "import sklearn"),
            ("tests/test_app.py", "import pytest"),
            ("tools/once.py", "import scrapy"),
            ("tools/twice.py", "import pandas, os, helper"),
            ("setup.py", "import setuptools"),
        ],
        &[],
    );
    let expected = [
        "opencv-python-headless",
        "pandas",
        "pillow",
        "plotly",
        "PyYAML",
        "scikit-learn",
        "streamlit",
    ];
    assert_eq!(names, expected);
    assert_eq!(found.notes.len(), 1, "{:?}", found.notes);
    let note = "leads to `tools/once.py` (imports `scrapy`): packages for that";
    assert!(found.notes[0].contains(note), "{:?}", found.notes);
}

#[test]
fn a_module_that_a_file_of_the_project_could_be_is_nobody_elses() {
    for (files, module) in [
        (
            vec![("app.py", "import sys\nimport helpers"), ("lib/helpers.py", "import qrcode")],
            "helpers",
        ),
        (vec![("app.py", "import yaml"), ("deep/er/yaml.py", "import qrcode")], "yaml"),
        (
            vec![("app.py", "from yaml import load"), ("vendor/yaml/__init__.py", "import qrcode")],
            "yaml",
        ),
    ] {
        let with_path: Vec<_> = files
            .iter()
            .map(|(name, text)| {
                (
                    *name,
                    if *name == "app.py" { format!("{PATH}{text}") } else { (*text).to_owned() },
                )
            })
            .collect();
        let with_path: Vec<_> =
            with_path.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let (found, names) = guessed(&with_path, &[]);
        assert_eq!(names, ["qrcode"], "{module}: what the own module needs");
        assert_eq!(found.unknown, []);
        assert_eq!(!found.notes.is_empty(), module == "yaml", "{:?}", found.notes);
    }
    let (found, names) =
        guessed(&[("app.py", "import left, requests"), ("left/requests.py", "")], &[]);
    assert_eq!(
        (names, found.unknown),
        (vec!["requests".to_owned()], vec![]),
        "a folder that stays behind"
    );
}

#[test]
fn what_nobody_knows_is_asked_for() {
    let app = [("app.py", "import house_style, pandas\ndef f():\n    import helpers.deep")];
    let (found, names) = guessed(&app, &[]);
    assert_eq!(names, ["pandas"]);
    let unknown: Vec<_> = found.unknown.iter().map(|it| (it.module.as_str(), it.always)).collect();
    assert_eq!(unknown, [("helpers.deep", false), ("house_style", true)]);
    let (found, names) = guessed(&app, &[("house_style", "house-style-lib"), ("helpers.deep", "")]);
    assert_eq!(
        (names, found.unknown),
        (vec!["house-style-lib".to_owned(), "pandas".to_owned()], vec![])
    );
}

#[test]
fn parts_of_a_namespace_are_told_apart() {
    let app = "from google import genai\nfrom google.cloud import storage, bigquery\nimport google.protobuf.message";
    let (found, names) = guessed(&[("app.py", app)], &[]);
    assert_eq!(
        names,
        ["google-cloud-bigquery", "google-cloud-storage", "google-genai", "protobuf"]
    );
    assert_eq!(found.unknown, []);
}

#[test]
fn pages_that_are_found_by_paths_are_followed() {
    for app in [
        "from pathlib import Path\nimport streamlit as st\nHERE = Path(__file__).parent\n\
         pages = [st.Page(file) for file in sorted((HERE / 'views').glob('*.py'))]",
        "import os, runpy\nfor name in os.listdir('views'):\n    runpy.run_path(f'views/{name}')",
        "import importlib\nimportlib.import_module(f'views.{choice}').show()",
        "exec(open('views/' + choice + '.py').read())",
        "import glob\npages = [st.Page(p) for p in glob.glob('views/*.py')]",
    ] {
        let files = [
            ("app.py", app),
            ("views/labels.py", "import qrcode"),
            ("views/budget.py", "import pandas as pd\npd.read_excel('b')"),
        ];
        let (found, names) = guessed(&files, &[]);
        for name in ["openpyxl", "pandas", "qrcode"] {
            assert!(names.contains(&name.to_owned()), "{app}: {names:?}");
        }
        assert_eq!(found.notes, [""; 0], "{app}");
    }
    let dark = [
        ("app.py", "import streamlit as st\n\nst.Page(fetch())"),
        ("views/labels.py", "import qrcode"),
    ];
    let (found, _) = guessed(&dark, &[]);
    assert!(found.notes[0].starts_with("`app.py:3` loads code"), "{:?}", found.notes);
    assert!(found.notes[1].contains("`views/labels.py`"), "{:?}", found.notes);
}

#[test]
fn what_a_pickle_holds_is_needed() {
    let model = "csklearn.svm\nSVC\ncapp\nThing\nc__main__\nX\nccollections\nOrderedDict\nchouse_style\nX\n";
    let app = |text| [("app.py", text), ("model é.pkl", model)];
    let (found, names) =
        guessed(&app("import pickle\npickle.load(open('model é.pkl', 'rb'))"), &[]);
    assert_eq!(names, ["scikit-learn"]);
    assert_eq!(found.guesses[0].clue, "holds `sklearn`");
    assert_eq!(found.unknown.len(), 1, "{:?}", found.unknown);
    assert_eq!(guessed(&app("import os"), &[]).1, [""; 0]);
}

#[test]
fn what_python_itself_has_no_more_has_a_stand_in() {
    let files = std::iter::once("app.py".into()).collect();
    let read = |_: &Utf8Path| Ok("import imghdr, distutils".to_owned());
    let code = CodeBase::follow("app.py".into(), &files, read).unwrap();
    let names = |minor| {
        let found =
            guess("/nowhere".into(), &code, &ProjectFiles::default(), minor, &BTreeMap::new());
        found.guesses.into_iter().map(|it| it.distribution).collect::<Vec<_>>()
    };
    assert_eq!(names(11), [""; 0]);
    assert_eq!(names(13), ["setuptools<81", "standard-imghdr"]);
}

#[test]
fn what_functions_import_is_looked_for_in_the_payload() {
    let files = std::iter::once("app.py".into()).collect();
    let text = "import pandas as pd\npd.read_excel('a.xls')\npd.read_excel('b.xlsx')";
    let code = CodeBase::follow("app.py".into(), &files, |_| Ok(text.to_owned())).unwrap();
    let found = hidden("/nowhere".into(), &code);
    let found: Vec<_> =
        found.iter().map(|it| (it.module.as_str(), it.clue.as_deref().unwrap())).collect();
    assert_eq!(found, [("openpyxl", "calls `read_excel`"), ("xlrd", "says `.xls`")]);
}

#[test]
fn what_is_for_another_system_is_not_asked_for_here() {
    let app = "import os\nif os.name == 'nt':\n    import win32com.client";
    assert_eq!(guessed(&[("app.py", app)], &[]).1, ["pywin32 ; sys_platform == 'win32'"]);
}

#[test]
fn a_database_says_its_driver_in_the_code_or_in_the_settings() {
    let app = "import streamlit as st\nst.connection('shop', type='sql').query('select 1')";
    let secrets = "key = 'x'\n[connections.shop]\ndialect = 'postgresql'\nhost = 'h'\n[connections.b]\nurl = 'mysql+pymysql://u:p@h'\n";
    let (found, names) = guessed(&[("app.py", app), (".streamlit/secrets.toml", secrets)], &[]);
    assert_eq!(names, ["psycopg2-binary", "PyMySQL", "SQLAlchemy", "streamlit"]);
    assert!(!format!("{found:?}").contains("u:p"), "only the kind is taken");
    let (found, names) = guessed(&[("app.py", app)], &[]);
    assert_eq!(names, ["SQLAlchemy", "streamlit"]);
    assert!(found.notes[0].contains("driver"), "{:?}", found.notes);
    let app = "import sqlalchemy, os\nsqlalchemy.create_engine('sqlite:///x.db')";
    assert_eq!(guessed(&[("app.py", app)], &[]).0.notes, [""; 0]);
}

#[test]
fn what_the_code_can_do_without_is_not_guessed() {
    let text = "try:\n  import ujson, house_style\nexcept ImportError:\n  pass";
    let (found, names) = guessed(&[("app.py", text)], &[]);
    assert_eq!((names, found.unknown), (vec![], vec![]));
    assert!(
        found.notes[0].starts_with("the code can do without `ujson` (`app.py`)"),
        "{:?}",
        found.notes
    );
    for gives_up in
        ["raise", "st.error('install it')\n  st.stop()", "sys.exit(1)", "if x: pass\n  else: raise"]
    {
        let text = format!("try:\n  import ujson\nexcept ImportError:\n  {gives_up}");
        let (found, names) = guessed(&[("app.py", &text)], &[]);
        assert_eq!((names, found.notes), (vec!["ujson".to_owned()], vec![]), "{gives_up}");
    }
}
