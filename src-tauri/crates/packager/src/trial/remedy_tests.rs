use super::*;

fn hinted(cause: TrialCause, message: &str) -> String {
    let (page, traceback) = (String::new(), String::new());
    hint(&TrialFailure { page, message: message.to_owned(), traceback, cause })
}

fn of_gone(name: &str, distribution: &str, version: &str) -> String {
    let (name, distribution) = (name.to_owned(), distribution.to_owned());
    hinted(TrialCause::Gone { name, distribution, version: version.to_owned() }, "")
}

#[test]
fn what_is_gone_has_what_is_written_in_its_place() {
    for (name, distribution, words) in [
        (
            "langchain.llms.openai",
            "langchain",
            &["langchain 9.8 is what", "`langchain_community.llms`", "`langchain<1`"][..],
        ),
        ("sklearn.externals.joblib", "scikit-learn", &["write `joblib` in its place"]),
        ("keras.wrappers.scikit_learn", "keras", &["`scikeras`", "`keras<3`"]),
        ("streamlit.experimental_rerun", "streamlit", &["write `st.rerun` in its place"]),
        ("pandas.DataFrame.append", "pandas", &["`pandas.concat`", "`pandas<2`"]),
        ("numpy.float", "numpy", &["write `float`", "`numpy<1.24`"]),
        ("collections.Iterable", "Python", &["Python 9.8", "`collections.abc.Iterable`"]),
        ("collections.Nonsense", "Python", &["`--python-version`"]),
        ("shop.Client.buy", "shop", &["shop 9.8", "`shop==...`", "pip show shop"]),
    ] {
        let hint = of_gone(name, distribution, "9.8");
        assert!(words.iter().all(|word| hint.contains(word)), "{name}: {hint}");
        assert!(!hint.contains("add `"), "{hint}");
    }
    assert!(!of_gone("numpy.float_x", "numpy", "2").contains("`float`"), "a name is whole");
}

#[test]
fn the_table_is_well_formed() {
    for line in GONE.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        assert!((2..=3).contains(&cells.len()), "{line}");
        assert!(cells[1].is_empty() || cells[1].contains('`'), "{line}");
        assert!(cells[1..].iter().any(|cell| !cell.is_empty()), "{line}");
    }
}

#[test]
fn a_module_that_is_not_there_has_its_way_out() {
    for (module, installed, words) in [
        ("sklearn.svm", None, "add `scikit-learn` to"),
        ("tkinter.ttk", None, "--python"),
        ("_tkinter", None, "--python"),
        ("imp", None, "up to 3.11"),
        ("house_style", None, "add the package that brings `house_style`"),
        (
            "pkg_resources",
            Some("`setuptools` 84.2"),
            "`setuptools` 84.2 is installed and does not bring `pkg_resources`: write `importlib.metadata` and `importlib.resources` in its place, or ask for `setuptools<81`",
        ),
    ] {
        let text = missing(module, installed);
        assert!(text.contains(words), "{module}: {text}");
    }
}

#[test]
fn exceptions_that_say_what_is_missing() {
    for (message, words) in [
        (
            "ImportError: libGL.so.1: cannot open shared object file: No such file or directory",
            &["`libgl1`", "packages.txt", "opencv-python-headless"][..],
        ),
        (
            "OSError: cannot load library 'libpangocairo-1.0-0': libpangocairo-1.0-0: no",
            &["`libpango"],
        ),
        (
            "ImportError: libstrange.so.7: cannot open shared object file: No such file",
            &["`libstrange.so.7`", "the package that has it"],
        ),
        ("ImportError: Unable to find zbar shared library", &["`libzbar0`"]),
        (
            "LookupError: \n  Resource 'punkt_tab' not found.\n  >>> nltk.download('punkt_tab')\n",
            &["nltk_data punkt_tab`"],
        ),
        ("OSError: [E050] Can't find model 'en_core_web_sm'. It", &["`en_core_web_sm @ https://"]),
        ("ValueError: numpy.dtype size changed, may indicate", &["`numpy<2`"]),
        ("ValueError: no such month", &["mend it and build again"]),
    ] {
        let hint = hinted(TrialCause::App, message);
        assert!(words.iter().all(|word| hint.contains(word)), "{message}: {hint}");
        assert!(hint.ends_with("; `--no-try` builds without trying"), "{hint}");
    }
}

#[test]
fn what_this_machine_lacks_is_no_fault_of_the_app() {
    for (message, words) in [
        ("RuntimeError: Found no NVIDIA driver on your system.", "Nvidia"),
        ("_tkinter.TclError: no display name and no $DISPLAY", "no screen"),
        ("qt.qpa.xcb: could not connect to display \n", "no screen"),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/dev/ttyUSB0'", "a device"),
    ] {
        assert!(lacks(message, &[]).unwrap().contains(words), "{message}");
    }
    assert_eq!(lacks("ValueError: display", &[]), None);
    let library = "ImportError: libGL.so.1: cannot open shared object file: No";
    assert_eq!(lacks(library, &[]), None);
    assert!(lacks(library, &[SystemPackage::new("libgl1")]).unwrap().contains("`libgl1` brings"));
    let library = "OSError: cannot load library 'libgobject-2.0-0': no";
    assert!(lacks(library, &[SystemPackage::new("libglib2.0-0t64 | libglib2.0-0")]).is_some());
}

#[test]
fn what_only_the_authors_machine_has_has_its_way_out() {
    let variable = |file: Option<&str>| {
        let found = file.map(|file| (file.into(), 2));
        hinted(TrialCause::Variable { name: "TITLE".to_owned(), found }, "KeyError: 'TITLE'")
    };
    assert!(variable(Some(".env")).contains("`include = [\".env\"]` under `[tool.waterskin]`"));
    let docker = variable(Some("Dockerfile"));
    assert!(docker.contains("`Dockerfile:2`"), "{docker}");
    assert!(docker.contains("`os.environ.get(\"TITLE\", ...)`"), "{docker}");
    assert!(variable(None).contains("`[tool.waterskin.secrets.TITLE]`"));
    assert!(hinted(TrialCause::Status, "SystemExit: 2").contains("`arguments = ["));
    let fixed = hinted(TrialCause::Fixed { path: "data/a.csv".into() }, "");
    assert!(fixed.contains("`Path(__file__).parent`"), "{fixed}");
    let (path, root) = ("/m/a.json".into(), "/m".into());
    let above = hinted(TrialCause::Above { path, root, entry: "apps/a.py".into() }, "");
    assert!(above.contains("`waterskin build '/m' --entry 'apps/a.py'`"), "{above}");
    let own = Some(("lib/core".into(), "Path(__file__).parent / \"lib\"".to_owned()));
    let missing = hinted(TrialCause::Missing { module: "core".to_owned(), own }, "");
    assert!(missing.starts_with("`lib/core` is yours"), "{missing}");
    let insert = "`sys.path.insert(0, str(Path(__file__).parent / \"lib\"))`";
    assert!(missing.contains(insert), "{missing}");
}

#[test]
fn a_file_that_is_not_there_is_looked_for_in_the_project() {
    let files = ["src/data/a é.csv".into(), "src/app.py".into()];
    let hint = |path: &str, left_out: &[&str]| {
        hinted(TrialCause::absent_of(path.into(), "/p".into(), &files, left_out), "")
    };
    assert!(hint("data/a é.csv", &[]).contains("the project has it as `src/data/a é.csv`"));
    assert!(hint("./models/m.pkl", &[]).contains("`models/m.pkl` is not in the project's folder"));
    assert!(hint("/home/me/m.pkl", &[]).contains("no recipient has `/home/me/m.pkl`"));
    assert!(hint("C:\\x\\m.pkl", &[]).contains("no recipient has"));
    assert!(hint("/p/cache/m.pkl", &["cache/"]).contains("`left out`"));
}
