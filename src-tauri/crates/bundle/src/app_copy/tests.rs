use super::*;
use std::time::Duration;

/// An app that is shipped in versions, and its copy.
struct Shipped {
    _folder: tempfile::TempDir,
    root: Utf8PathBuf,
}

impl Shipped {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("ein Ordner é ").tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap().to_owned();
        Self { _folder: folder, root }
    }

    /// The payload of a version with these files; a name that ends with `/` is a folder.
    fn version(&self, version: &str, files: &[(&str, &str)]) -> AppCopy {
        let payload = Layout::new(self.root.join("payload").join(version));
        for (name, text) in files {
            let path = payload.app().join(name);
            if name.ends_with('/') {
                fs_err::create_dir_all(path).unwrap();
                continue;
            }
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        }
        crate::write_record(payload.root(), &payload.app()).unwrap();
        let edition = crate::tree_digest(&payload.app()).unwrap().as_str().to_owned();
        AppCopy {
            payload,
            edition,
            version: version.to_owned(),
            script: "app.py".into(),
            folder: self.data(),
        }
    }

    fn data(&self) -> Utf8PathBuf {
        self.root.join("own/data")
    }

    fn read(&self, name: &str) -> String {
        fs_err::read_to_string(self.data().join(name)).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        fs_err::write(self.data().join(name), text).unwrap();
    }

    fn names(&self) -> Vec<String> {
        let walk = WalkDir::new(self.data()).min_depth(1).sort_by_file_name();
        let names = walk.into_iter().map(|entry| {
            let entry = entry.unwrap();
            let path = entry.path().strip_prefix(self.data()).unwrap();
            path.to_str().unwrap().replace('\\', "/")
        });
        names.filter(|name| name != State::FILE).collect()
    }
}

#[test]
fn an_upgrade_brings_what_is_new_and_keeps_what_is_the_persons() {
    let app = Shipped::new();
    let one = app.version(
        "1.0",
        &[
            ("app.py", "one"),
            ("stock.db", "shipped"),
            ("prices é.csv", "old"),
            ("both.csv", "old"),
            ("gone.csv", "old"),
            ("used.csv", "old"),
            ("views/old.py", "old"),
            ("out/", ""),
            ("__pycache__/app.cpython-311.pyc", "compiled"),
        ],
    );
    assert_eq!(one.bring().unwrap().kept, []);
    let all = ["app.py", "both.csv", "gone.csv", "out", "prices é.csv", "stock.db", "used.csv"];
    assert_eq!(app.names(), [&all[..], &["views", "views/old.py"]].concat());

    app.write("stock.db", "with a row");
    app.write("both.csv", "mine");
    app.write("used.csv", "mine");
    app.write("made.csv", "made");
    fs_err::create_dir(app.data().join("views/__pycache__")).unwrap();
    app.write("views/__pycache__/old.cpython-311.pyc", "compiled");
    let data = one.data().unwrap().unwrap();
    assert_eq!(data.changed, ["both.csv", "stock.db", "used.csv"]);
    assert_eq!(data.made, ["made.csv"]);

    let two = app.version(
        "1:2/é",
        &[
            ("app.py", "two"),
            ("stock.db", "shipped"),
            ("prices é.csv", "new"),
            ("both.csv", "new"),
            ("views2/new.py", "new"),
        ],
    );
    let (file, beside) = ("both.csv".into(), "both.csv.new-1_2__".into());
    assert_eq!(two.bring().unwrap().kept, [Kept { file, beside }]);
    assert_eq!(two.bring().unwrap().kept, [], "once");
    for (name, text) in [
        ("app.py", "two"),
        ("stock.db", "with a row"),
        ("prices é.csv", "new"),
        ("both.csv", "mine"),
        ("both.csv.new-1_2__", "new"),
        ("used.csv", "mine"),
        ("made.csv", "made"),
        ("views2/new.py", "new"),
    ] {
        assert_eq!(app.read(name), text, "{name}");
    }
    for name in ["gone.csv", "views", "out"] {
        assert!(!app.data().join(name).exists(), "{name}: the author has it no more");
    }

    // An earlier version comes back by the same rules.
    assert_eq!(one.bring().unwrap().kept.len(), 2);
    assert_eq!((app.read("app.py"), app.read("both.csv")), ("one".into(), "mine".into()));
    assert_eq!(app.read("both.csv.new-1.0"), "old");
    assert_eq!(app.read("used.csv"), "mine");
}

#[test]
fn a_copy_that_was_broken_off_is_finished_also_by_another_version() {
    let app = Shipped::new();
    let one = app.version("1", &[("app.py", "one"), ("a.csv", "1"), ("z.csv", "1")]);
    // As far as a full disk let it come: some files are there, and nothing is known to be done.
    fs_err::create_dir_all(app.data()).unwrap();
    let mut state = State::default();
    state.begin(&one.shipped().unwrap());
    state.write(&app.data()).unwrap();
    app.write("a.csv", "1");
    app.write("app.py", "one");

    let two = app.version("2", &[("app.py", "two"), ("a.csv", "2"), ("z.csv", "2")]);
    assert_eq!(two.bring().unwrap().kept, [], "nobody has changed anything");
    assert_eq!(app.names(), ["a.csv", "app.py", "z.csv"]);
    assert_eq!((app.read("a.csv"), app.read("app.py")), ("2".into(), "two".into()));
}

#[test]
fn what_was_emptied_is_filled_again_and_what_was_removed_stays_away() {
    let app = Shipped::new();
    let files = [("app.py", "one"), ("helper.py", "1"), ("sample.csv", "1")];
    let one = app.version("1", &files);
    one.bring().unwrap();
    fs_err::remove_file(app.data().join("sample.csv")).unwrap();
    fs_err::remove_file(app.data().join("helper.py")).unwrap();
    one.bring().unwrap();
    assert_eq!(app.names(), ["app.py", "helper.py"], "no app runs without its code");

    for name in ["app.py", "helper.py"] {
        fs_err::remove_file(app.data().join(name)).unwrap();
    }
    one.bring().unwrap();
    assert_eq!(app.names(), ["app.py", "helper.py", "sample.csv"]);
}

#[test]
fn a_database_with_a_log_of_its_own_is_not_replaced() {
    let app = Shipped::new();
    app.version("1", &[("app.py", "one"), ("stock.db", "1")]).bring().unwrap();
    app.write("stock.db-wal", "a row that is not in the file yet");
    let kept = app.version("2", &[("app.py", "one"), ("stock.db", "2")]).bring().unwrap().kept;
    assert_eq!(kept.len(), 1);
    assert_eq!((app.read("stock.db"), app.read("stock.db.new-2")), ("1".into(), "2".into()));
}

#[test]
fn what_an_earlier_version_of_the_app_wrote_there_is_kept() {
    let app = Shipped::new();
    fs_err::create_dir_all(app.data()).unwrap();
    app.write("stock.db", "rows of a year");
    app.write("views", "a file where a folder comes");
    let one = app.version("1", &[("app.py", ""), ("stock.db", "empty"), ("views/a.py", "")]);
    assert_eq!(one.bring().unwrap().kept.len(), 1);
    assert_eq!(app.read("stock.db"), "rows of a year");
    assert_eq!(app.read("views.before-1"), "a file where a folder comes");
    assert!(app.data().join("views/a.py").is_file());
}

#[test]
fn many_starts_at_once_make_one_copy() {
    let app = Shipped::new();
    let text = "x".repeat(1 << 16);
    let names: Vec<String> = (0..40).map(|number| format!("{number}.csv")).collect();
    let mut files: Vec<_> = names.iter().map(|name| (name.as_str(), text.as_str())).collect();
    files.push(("app.py", "one"));
    let one = app.version("1", &files);
    std::thread::scope(|scope| {
        let starts: Vec<_> = (0..4).map(|_| scope.spawn(|| one.bring().unwrap())).collect();
        assert!(starts.into_iter().all(|start| start.join().unwrap() == Brought::default()));
    });
    assert_eq!(app.names().len(), 41);
    assert!(names.iter().all(|name| app.read(name) == text));
}

#[cfg(unix)]
#[test]
fn copies_can_be_written_to_and_links_stay_links() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let app = Shipped::new();
    let one = app.version("1", &[("app.py", "one"), ("tool", "#!/bin/sh\n")]);
    let shipped = one.payload.app();
    for (name, mode) in [("app.py", 0o444), ("tool", 0o555)] {
        let mode = fs::Permissions::from_mode(mode);
        fs_err::set_permissions(shipped.join(name), mode).unwrap();
    }
    symlink("app.py", shipped.join("link")).unwrap();
    one.bring().unwrap();
    let mode =
        |name: &str| fs_err::metadata(app.data().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("app.py"), mode("tool")), (0o644, 0o755));
    assert_eq!(fs_err::read_link(app.data().join("link")).unwrap().to_str(), Some("app.py"));
    assert_eq!(one.data().unwrap(), Some(DataFiles::default()));
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let app = Shipped::new();
    let one = app.version("1", &[("app.py", "one")]);
    fs_err::create_dir_all(app.root.join("own")).unwrap();
    fs_err::write(app.data(), "a file in its place").unwrap();
    let error = one.bring().unwrap_err();
    assert!(matches!(&error, AppCopyError::Write { path, .. } if *path == app.data()), "{error}");
}

impl Shipped {
    /// The next version, with another script.
    fn starting(copy: AppCopy, script: &str) -> AppCopy {
        AppCopy { script: script.into(), ..copy }
    }
}

#[test]
fn a_script_with_another_name_leaves_no_code_of_the_earlier_version() {
    let app = Shipped::new();
    let one = app.version("1", &[("app.py", "one"), ("helper.py", "1"), ("pages/x.py", "1")]);
    one.bring().unwrap();
    let two = app.version("2", &[("main.py", "two"), ("helper.py", "2")]);
    assert_eq!(Shipped::starting(two, "main.py").bring().unwrap().kept, []);
    assert_eq!(app.names(), ["helper.py", "main.py"]);
    assert_eq!(app.read("helper.py"), "2");
}

#[test]
fn a_log_never_comes_beside_a_database_that_is_not_the_authors() {
    for log in ["stock.db-wal", "stock.db-journal", "stock.db.wal"] {
        let app = Shipped::new();
        let one = app.version("1", &[("app.py", "one"), ("stock.db", "1")]);
        one.bring().unwrap();
        app.write("stock.db", "with rows");
        let two = app.version("2", &[("app.py", "two"), ("stock.db", "2"), (log, "more of 2")]);
        two.bring().unwrap();
        assert_eq!(app.read("stock.db"), "with rows");
        assert!(!app.data().join(log).exists(), "{log}");

        // With the author's own database it comes, and rows in the person's log keep a database.
        let app = Shipped::new();
        let two = app.version("2", &[("app.py", "two"), ("stock.db", "2"), (log, "more of 2")]);
        two.bring().unwrap();
        assert_eq!(app.read(log), "more of 2");
        let three = app.version("3", &[("app.py", "three"), ("stock.db", "3")]);
        assert_eq!(three.bring().unwrap().kept.len(), 1, "{log}");
        assert_eq!((app.read("stock.db"), app.read(log)), ("2".into(), "more of 2".into()));
    }
}

#[test]
fn an_upgrade_that_was_broken_off_can_be_taken_back() {
    let app = Shipped::new();
    let files =
        |number: &'static str| [("app.py", number), ("helper.py", number), ("prices.csv", number)];
    let one = app.version("1", &[&files("1")[..], &[("words.txt", "1")]].concat());
    one.bring().unwrap();
    let two = app.version("2", &files("2"));
    // As far as a full disk let it come.
    let mut state = State::read(&app.data());
    state.begin(&two.shipped().unwrap());
    state.write(&app.data()).unwrap();
    app.write("helper.py", "2");
    fs_err::remove_file(app.data().join("words.txt")).unwrap();

    assert_eq!(one.bring().unwrap().kept, []);
    for name in ["app.py", "helper.py", "prices.csv", "words.txt"] {
        assert_eq!(app.read(name), "1", "{name}");
    }
}

#[test]
fn a_file_in_the_place_of_a_folder_makes_room() {
    let app = Shipped::new();
    let one = app.version("1", &[("app.py", "one"), ("views/a.py", "1")]);
    one.bring().unwrap();
    fs_err::remove_dir_all(app.data().join("views")).unwrap();
    app.write("views", "mine");
    one.bring().unwrap();
    assert_eq!(app.read("views/a.py"), "1");
    assert_eq!(app.read("views.before-1"), "mine");
}

#[test]
fn code_of_which_nothing_is_known_is_kept_under_another_name() {
    let app = Shipped::new();
    app.version("1", &[("app.py", "one"), ("own.csv", "1")]).bring().unwrap();
    app.write("own.csv", "mine");
    fs_err::remove_file(app.data().join(State::FILE)).unwrap();
    app.version("2", &[("app.py", "two"), ("own.csv", "2")]).bring().unwrap();
    assert_eq!((app.read("app.py"), app.read("own.csv")), ("two".into(), "mine".into()));
    assert_eq!(app.read("app.py.before-2"), "one");
}

#[test]
fn a_store_of_several_files_is_kept_or_replaced_as_a_whole() {
    let app = Shipped::new();
    let one = [
        ("app.py", "one"),
        ("db/chroma.sqlite3", "1"),
        ("db/a/index.bin", "1"),
        ("sales.parquet/part.0.parquet", "1"),
        ("sales.parquet/part.1.parquet", "1"),
        ("map/roads.shp", "1"),
        ("map/roads.dbf", "1"),
        ("map/other.csv", "1"),
    ];
    app.version("1", &one).bring().unwrap();
    // A row is in one file of the store alone; the other two nobody has changed.
    app.write("db/chroma.sqlite3", "with a row");
    let two = [
        ("app.py", "two"),
        ("db/chroma.sqlite3", "2"),
        ("db/b/index.bin", "2"),
        ("sales.parquet/part.0.parquet", "2"),
        ("map/roads.shp", "2"),
        ("map/roads.dbf", "2"),
        ("map/other.csv", "2"),
    ];
    let kept = app.version("2", &two).bring().unwrap().kept;
    assert_eq!(kept, [Kept { file: "db".into(), beside: "db.new-2".into() }]);
    for (name, text) in [
        ("db/chroma.sqlite3", "with a row"),
        ("db/a/index.bin", "1"),
        ("db.new-2/chroma.sqlite3", "2"),
        ("db.new-2/b/index.bin", "2"),
        ("sales.parquet/part.0.parquet", "2"),
        ("map/roads.shp", "2"),
    ] {
        assert_eq!(app.read(name), text, "{name}");
    }
    for name in ["db/b", "db.new-2/a", "sales.parquet/part.1.parquet"] {
        assert!(!app.data().join(name).exists(), "{name}: files of two versions are mixed");
    }

    // A part of a set of files is the person's now, and so is all of it.
    app.write("map/roads.dbf", "mine");
    app.write("sales.parquet/part.7.parquet", "more rows");
    let three: Vec<_> = two.iter().map(|(name, _)| (*name, "3")).collect();
    let kept = app.version("3", &three).bring().unwrap().kept;
    let files: Vec<_> = kept.iter().map(|kept| kept.file.as_str()).collect();
    assert_eq!(files, ["db", "sales.parquet", "map/roads.dbf", "map/roads.shp"]);
    assert_eq!((app.read("map/roads.shp"), app.read("map/other.csv")), ("2".into(), "3".into()));
    assert_eq!(app.read("sales.parquet/part.0.parquet"), "2");

    // Gone with the author's, unless it is the person's.
    app.version("4", &[("app.py", "4"), ("map/other.csv", "3")]).bring().unwrap();
    assert_eq!(app.read("db/chroma.sqlite3"), "with a row");
    assert!(app.data().join("map/roads.shp").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn data_that_cannot_be_written_stops_nothing_else_and_comes_with_a_later_start() {
    use std::os::unix::fs::symlink;
    let app = Shipped::new();
    let files = |text: &'static str| {
        [("app.py", text), ("a.csv", text), ("b.csv", text), ("out/é.csv", text)]
    };
    app.version("1", &files("1")).bring().unwrap();
    // Where not even the administrator writes.
    fs_err::remove_dir_all(app.data().join("out")).unwrap();
    symlink("/proc/self", app.data().join("out")).unwrap();
    let two = app.version("2", &files("2"));
    let brought = two.bring().unwrap();
    assert_eq!(brought.late.iter().map(|it| it.file.as_str()).collect::<Vec<_>>(), ["out/é.csv"]);
    assert!(!brought.late[0].why.is_empty());
    assert_eq!((app.read("app.py"), app.read("a.csv")), ("2".into(), "2".into()));
    fs_err::remove_file(app.data().join("b.csv")).unwrap();
    assert_eq!(two.bring().unwrap().late.len(), 1, "it is tried again");
    assert!(!app.data().join("b.csv").exists(), "what a person removed stays away");
    fs_err::remove_file(app.data().join("out")).unwrap();
    assert_eq!(two.bring().unwrap(), Brought::default());
    assert_eq!(app.read("out/é.csv"), "2");
    assert!(two.is_done(&State::read(&app.data())));
}

#[cfg(target_os = "linux")]
#[test]
fn code_that_cannot_be_written_stops_the_start() {
    let app = Shipped::new();
    app.version("1", &[("app.py", "1"), ("views/a.py", "1")]).bring().unwrap();
    fs_err::remove_dir_all(app.data().join("views")).unwrap();
    std::os::unix::fs::symlink("/proc/self", app.data().join("views")).unwrap();
    let two = app.version("2", &[("app.py", "2"), ("views/a.py", "2")]);
    assert!(matches!(two.bring(), Err(AppCopyError::Write { .. })));
    assert!(State::read(&app.data()).is_broken_off());
}

#[test]
fn a_long_name_leaves_room_for_the_authors_new_file_beside_it() {
    let app = Shipped::new();
    let long = format!("{}.csv", "é".repeat(125));
    app.version("1", &[("app.py", "1"), (&long, "1")]).bring().unwrap();
    app.write(&long, "mine");
    let kept = app.version("2", &[("app.py", "2"), (&long, "2")]).bring().unwrap().kept;
    assert_eq!((app.read(&long), app.read(kept[0].beside.as_str())), ("mine".into(), "2".into()));
    assert!(kept[0].beside.as_str().ends_with(".new-2"), "{kept:?}");
}

#[test]
fn what_was_left_by_starts_that_were_broken_off_goes_away() {
    let app = Shipped::new();
    let one = app.version("1", &[("app.py", "one"), ("out/a.csv", "1")]);
    fs_err::create_dir_all(app.data().join("out")).unwrap();
    fs_err::create_dir_all(app.data().join(".waterskin-Xy12/7")).unwrap();
    app.write("out/.waterskin-Ab3d", "half of a file");
    app.write(".waterskin-Ab3d", "half of a file");
    one.bring().unwrap();
    assert_eq!(app.names(), ["app.py", "out", "out/a.csv"]);
}

#[test]
fn nobody_waits_for_ever_for_another_start() {
    let app = Shipped::new();
    fs_err::create_dir_all(app.data()).unwrap();
    let mine = turn::wait(&app.data(), Duration::ZERO).unwrap();
    assert!(mine.is_some());
    let error = turn::wait(&app.data(), Duration::from_millis(60)).unwrap_err();
    assert!(matches!(error, AppCopyError::Busy { .. }), "{error}");
    drop(mine);
    assert!(turn::wait(&app.data(), Duration::ZERO).unwrap().is_some());
}

#[cfg(unix)]
#[test]
fn a_folder_that_a_person_has_elsewhere_stays_there() {
    let app = Shipped::new();
    app.version("1", &[("app.py", "one"), ("uploads/", "")]).bring().unwrap();
    let elsewhere = app.root.join("another disk");
    fs_err::create_dir(&elsewhere).unwrap();
    fs_err::remove_dir(app.data().join("uploads")).unwrap();
    std::os::unix::fs::symlink(&elsewhere, app.data().join("uploads")).unwrap();
    app.version("2", &[("app.py", "two"), ("uploads/sample.csv", "2")]).bring().unwrap();
    assert_eq!(fs_err::read_to_string(elsewhere.join("sample.csv")).unwrap(), "2");
}
