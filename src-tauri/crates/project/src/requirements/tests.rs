use super::*;
use crate::requirements::line::Refusal;
use crate::settings::config::Config;

fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, Utf8PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
    for (name, text) in files {
        fs_err::write(root.join(name), text).unwrap();
    }
    (dir, root)
}

fn declared(root: &Utf8Path, declaration: &Declaration) -> Requirements {
    Requirements::declared(root, "src/app.py".into(), declaration).unwrap().unwrap()
}

#[test]
fn the_list_that_counts_and_those_that_are_passed_over() {
    let (_dir, root) = folder(&[]);
    let mut declaration = Declaration::default();
    let none = Requirements::declared(&root, "src/app.py".into(), &declaration).unwrap();
    assert_eq!(none, None);
    let poetry = "[tool.poetry.dependencies]\npython = '^3.11'\npandas = '*'\n";
    let project = format!("[project]\ndependencies = ['numpy']\n{poetry}");
    let lists: [(&str, &str, RequirementsSource); 12] = [
        ("setup.py", "setup(install_requires=['pandas'])\n", RequirementsSource::SetupPy),
        ("setup.cfg", "[options]\ninstall_requires = pandas\n", RequirementsSource::SetupCfg),
        ("pyproject.toml", poetry, RequirementsSource::Poetry),
        ("pyproject.toml", &project, RequirementsSource::Pyproject),
        ("requirements.txt", "pandas\n", RequirementsSource::RequirementsTxt),
        ("environment.yml", "dependencies: [pandas]\n", RequirementsSource::EnvironmentYml),
        ("Pipfile", "[packages]\npandas = '*'\n", RequirementsSource::Pipfile),
        ("pylock.toml", "", RequirementsSource::PylockToml),
        ("uv.lock", "", RequirementsSource::UvLock),
        ("src/pyproject.toml", poetry, RequirementsSource::Poetry),
        ("src/requirements.txt", "pandas\n", RequirementsSource::RequirementsTxt),
        ("src/app.py", "# /// script\n# ///\n", RequirementsSource::Script),
    ];
    fs_err::create_dir(root.join("src")).unwrap();
    for (file, text, source) in lists {
        fs_err::write(root.join(file), text).unwrap();
        let made = declared(&root, &declaration);
        assert_eq!((made.source, made.file), (source, Some(root.join(file))), "{file}");
        assert!(!made.passed_over.contains(&root.join(file)));
        if source == RequirementsSource::UvLock {
            let names = [
                "pylock.toml",
                "Pipfile",
                "environment.yml",
                "requirements.txt",
                "setup.cfg",
                "setup.py",
            ];
            assert_eq!(made.passed_over, names.map(|name| root.join(name)), "not its project");
        }
    }
    let names = |made: Requirements| made.passed_over.len();
    assert_eq!(names(declared(&root, &declaration)), 10);
    declaration.config = Config { requirements: Some("Pipfile".into()), ..Config::default() };
    assert_eq!(declared(&root, &declaration).source, RequirementsSource::Pipfile);
    declaration.config = Config { dependencies: Some(vec![]), ..Config::default() };
    assert_eq!(declared(&root, &declaration).source, RequirementsSource::Settings);
}

#[test]
fn a_list_says_which_python_it_is_for() {
    let text = "[project]\nrequires-python = '>=3.12'\ndependencies = []\n";
    let (_dir, root) = folder(&[("pyproject.toml", text)]);
    let made = declared(&root, &Declaration::default());
    assert_eq!(made.requires_python.as_deref(), Some(">=3.12"));
}

#[test]
fn what_the_settings_name_must_be_a_list() {
    let (_dir, root) = folder(&[("pyproject.toml", "[tool.ruff]\n")]);
    let config = Config { requirements: Some("pyproject.toml".into()), ..Config::default() };
    let declaration = Declaration { config, ..Declaration::default() };
    let error = Requirements::declared(&root, "app.py".into(), &declaration).unwrap_err();
    assert!(error.to_string().ends_with("pyproject.toml` holds no list of requirements"));
}

#[test]
fn requirements_are_read_with_all_that_pip_allows() {
    let (_dir, root) = folder(&[
        (
            "requirements.txt",
            "\u{feff}# a comment\r\n--index-url https://example.org\r\n-r more.txt\r\n\
             Streamlit[auth] >= 1.40 ; python_version > '3.9' # why\r\n\
             pandas==2.0 \\\r\n    --hash=sha256:aa \\\r\n    --hash=sha256:bb\r\n\
             x @ https://example.org/x.whl#sha256=1\r\n",
        ),
        ("more.txt", "numpy\n-r requirements.txt\n"),
    ]);
    let found = declared(&root, &Declaration::default());
    assert!(found.listed.contains(&"pandas==2.0".to_owned()), "{:?}", found.listed);
    assert!(found.listed.contains(&"numpy".to_owned()));
    assert!(found.listed.contains(&"Streamlit[auth] >= 1.40 ; python_version > '3.9'".to_owned()));
    assert_eq!(found.added, [""; 0], "Streamlit is there");
}

#[test]
fn requirements_in_toml_are_looked_at_too() {
    for (line, why) in [
        ("pandas\n-e .", Refusal::Lines),
        ("-r other.txt", Refusal::Option),
        ("x @ hg+https://example.org/x", Refusal::Repository),
    ] {
        let text = format!("[project]\ndependencies = [\n  'streamlit',\n  {line:?},\n]\n");
        let (_dir, root) = folder(&[("pyproject.toml", &text), ("waterskin.toml", &text)]);
        let listed = Some(vec!["streamlit".to_owned(), line.to_owned()]);
        let config = Config { dependencies: listed, ..Config::default() };
        for declaration in [Declaration::default(), Declaration { config, ..Default::default() }] {
            match Requirements::declared(&root, "app.py".into(), &declaration).unwrap_err() {
                RequirementsError::Refused { requirement, line: number, refusal, .. } => {
                    assert_eq!((refusal, number), (why, Some(4)), "{requirement}");
                    assert!(!requirement.contains('\n'), "{requirement}");
                }
                other => panic!("{line}: {other}"),
            }
        }
    }
}

#[test]
fn streamlit_is_added_when_it_is_missing() {
    for (listed, added) in [
        (vec!["pandas", "streamlit-extras"], true),
        (vec!["STREAMLIT==1.50"], false),
        (vec!["streamlit[charts]>=1"], false),
        (vec!["https://example.org/streamlit.whl"], true),
    ] {
        let listed: Vec<String> = listed.into_iter().map(str::to_owned).collect();
        let made = Requirements::new(RequirementsSource::Settings, None, listed.clone());
        assert_eq!(!made.added.is_empty(), added, "{listed:?}");
    }
}

#[test]
fn a_lock_beside_a_list_says_the_versions() {
    let lock =
        r#"{"_meta": {}, "default": {"pandas": {"version": "==2.1.0", "hashes": ["sha256:aa"]}}}"#;
    let (_dir, root) = folder(&[
        ("Pipfile", "[packages]\nstreamlit = '*'\npandas = '>=2'\n[dev-packages]\npytest = '*'\n"),
        ("Pipfile.lock", lock),
    ]);
    let made = declared(&root, &Declaration::default());
    assert_eq!(made.lock, Some(root.join("Pipfile.lock")));
    assert_eq!(made.given.pins, ["pandas==2.1.0 --hash=sha256:aa"]);
    assert_eq!(made.listed.len(), 2);
    assert_eq!(made.passed_over, [""; 0], "it is the list's own");
    fs_err::remove_file(root.join("Pipfile")).unwrap();
    let made = declared(&root, &Declaration::default());
    assert_eq!(made.given.lines, ["pandas==2.1.0 --hash=sha256:aa"], "alone it is the list");

    let poetry = "[tool.poetry.dependencies]\nstreamlit = '^1.50'\n";
    let lock = "[[package]]\nname = 'streamlit'\nversion = '1.60.0'\n";
    let (_dir, root) = folder(&[("pyproject.toml", poetry), ("poetry.lock", lock)]);
    let made = declared(&root, &Declaration::default());
    assert_eq!(
        (made.source, &made.given.pins[..]),
        (RequirementsSource::Poetry, &["streamlit==1.60.0".to_owned()][..])
    );
    fs_err::write(root.join("poetry.lock"), "[[package]\n").unwrap();
    let error = Requirements::declared(&root, "app.py".into(), &Declaration::default());
    assert!(error.unwrap_err().to_string().ends_with("poetry.lock`"));
}

#[test]
fn a_header_of_a_script_has_settings_of_its_own() {
    let script = "# /// script\n# dependencies = ['streamlit', 'mine']\n# [tool.uv.sources]\n\
        # mine = { index = 'own' }\n# [[tool.uv.index]]\n# name = 'own'\n# url = 'https://own.example'\n\
        # explicit = true\n# ///\nimport streamlit\n";
    let (_dir, root) = folder(&[("pyproject.toml", "[tool.uv]\nprerelease = 'allow'\n")]);
    fs_err::create_dir(root.join("src")).unwrap();
    fs_err::write(root.join("src/app.py"), script).unwrap();
    let made = declared(&root, &Declaration::default());
    assert_eq!(made.source, RequirementsSource::Script);
    let settings = made.given.settings.for_choosing();
    assert!(settings.contains_key("index") && !settings.contains_key("prerelease"), "{settings}");
    assert!(made.given.settings.has_sources());
}

#[test]
fn an_environment_of_conda_reads_the_lists_of_pip_in_it() {
    let environment = "dependencies:\n  - python=3.12\n  - pandas\n  - libgdal\n  - pip:\n    - -r more.txt\n    - plotly\n";
    let (_dir, root) = folder(&[
        ("environment.yml", environment),
        ("more.txt", "--extra-index-url https://x\nqrcode\n"),
    ]);
    let made = declared(&root, &Declaration::default());
    assert_eq!(made.listed, ["pandas", "qrcode", "plotly"]);
    assert_eq!(made.requires_python.as_deref(), Some("==3.12.*"));
    assert_eq!(made.given.indexes, ["--extra-index-url https://x"]);
    assert!(made.notes[0].contains("`libgdal`"), "{:?}", made.notes);
}

#[test]
fn what_only_the_code_of_a_project_knows_its_own_build_is_asked_for() {
    let setup = "from setuptools import setup\nsetup(install_requires=find())\n";
    let dynamic = "[project]\nname = 'x'\ndynamic = ['dependencies']\n";
    for files in [&[("setup.py", setup)][..], &[("setup.py", setup), ("pyproject.toml", dynamic)]] {
        let (_dir, root) = folder(files);
        let made = declared(&root, &Declaration::default());
        assert_eq!(made.given.lines, [crate::own::folder_address(&root)]);
        assert!(made.notes[0].starts_with("`install_requires` in line 2 of `setup.py`"));
    }
    let dynamic_alone = format!("{dynamic}requires-python = '>=3.12'\n");
    let (_dir, root) = folder(&[("pyproject.toml", &dynamic_alone)]);
    let config = Config { extras: vec!["app".to_owned()], ..Config::default() };
    let made = declared(&root, &Declaration { config, ..Declaration::default() });
    assert_eq!(made.given.lines, [format!("{}[app]", crate::own::folder_address(&root))]);
    assert_eq!(made.requires_python.as_deref(), Some(">=3.12"));
    assert_eq!(made.source, RequirementsSource::Pyproject);
    let written = "from setuptools import setup\nsetup(install_requires=['streamlit'])\n";
    let (_dir, root) = folder(&[("setup.py", written), ("pyproject.toml", dynamic)]);
    assert_eq!(declared(&root, &Declaration::default()).source, RequirementsSource::SetupPy);
}

#[test]
fn backends_are_named_where_a_lock_tells() {
    let run = |given: Given| {
        let made =
            Requirements { given, ..Requirements::new(RequirementsSource::UvLock, None, vec![]) };
        made.backends().join("\n")
    };
    let sources = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
    assert_eq!(run(Given { sources: sources(&[]), ..Given::default() }), "");
    let one = run(Given { sources: sources(&["peewee"]), ..Given::default() });
    assert_eq!(one, "`peewee`");
    assert!(run(Given::default()).ends_with("source only, if there are any"));
    let lines = vec!["x @ git+https://e.org/x".to_owned(), "https://e.org/y.zip".to_owned()];
    let of_list = run(Given { lines, ..Given::default() });
    let first = "`https://e.org/y.zip`, `x`\n";
    assert!(of_list.starts_with(first), "{of_list}");
}

#[test]
fn where_nothing_may_run_no_source_is_taken() {
    let (_dir, root) = folder(&[("requirements.txt", "streamlit\nx @ git+https://e.org/x\n")]);
    let made = declared(&root, &Declaration::default());
    match made.refuse_sources().unwrap_err() {
        RequirementsError::Refused { requirement, line, refusal, .. } => {
            let shown = "x @ git+https://e.org/x";
            assert_eq!((requirement.as_str(), line, refusal), (shown, Some(2), Refusal::Builds));
            let way = crate::requirements::line::way_out(&requirement, refusal);
            assert!(way.contains("--no-run") && way.contains("pip wheel"), "{way}");
        }
        other => panic!("{other}"),
    }
    let (_dir, root) = folder(&[("requirements.txt", "streamlit\n")]);
    assert!(declared(&root, &Declaration::default()).refuse_sources().is_ok());
}

#[test]
fn a_lock_that_is_older_than_its_list_gives_versions_alone() {
    let lock = "version = 1\n[[package]]\nname = 'x'\nversion = '0'\nsource = { virtual = '.' }\n\
        dependencies = [{ name = 'streamlit' }]\n[package.metadata]\nrequires-dist = [{ name = 'streamlit' }]\n\
        [[package]]\nname = 'streamlit'\nversion = '1.60.0'\nsource = { registry = 'https://pypi.org/simple' }\n";
    let project = "[project]\nname = 'x'\nversion = '0'\ndependencies = ['streamlit'";
    let (_dir, root) =
        folder(&[("pyproject.toml", &format!("{project}, 'humanize']\n")), ("uv.lock", lock)]);
    let made = declared(&root, &Declaration::default());
    assert_eq!(
        (made.source, made.lock),
        (RequirementsSource::Pyproject, Some(root.join("uv.lock")))
    );
    assert_eq!(made.given.pins, ["streamlit==1.60.0"]);
    assert!(made.notes[0].contains("asked for `humanize`"), "{:?}", made.notes);
    fs_err::write(root.join("pyproject.toml"), format!("{project}]\n")).unwrap();
    assert_eq!(declared(&root, &Declaration::default()).source, RequirementsSource::UvLock);
}

#[test]
fn a_lock_has_the_revision_of_a_repository() {
    let poetry = "[tool.poetry.dependencies]\nx = { git = 'https://e.org/x', branch = 'main' }\n";
    let lock = "[[package]]\nname = 'x'\nversion = '1'\n[package.source]\ntype = 'git'\nresolved_reference = '12ab'\n";
    let (_dir, root) = folder(&[("pyproject.toml", poetry), ("poetry.lock", lock)]);
    let made = declared(&root, &Declaration::default());
    assert_eq!(made.given.lines, ["x @ git+https://e.org/x@12ab"]);
}
