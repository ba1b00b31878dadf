use super::*;
use crate::settings::config::Declaration;

/// A folder with a project in it, and what was found of the author's own.
struct Project {
    _dir: tempfile::TempDir,
    path: Utf8PathBuf,
}

fn project(files: &[(&str, &str)]) -> Project {
    let dir = tempfile::Builder::new().prefix("own é ").tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(dir.path().canonicalize().unwrap()).unwrap();
    for (name, text) in files {
        let file = path.join(name);
        fs_err::create_dir_all(file.parent().unwrap()).unwrap();
        fs_err::write(file, text).unwrap();
    }
    Project { _dir: dir, path }
}

#[derive(Default)]
struct With {
    follow_links: bool,
    no_run: bool,
}

impl Project {
    fn find(&self, root: &str, entry: &str, with: &With) -> Result<Found, OwnError> {
        let root = self.path.join(root);
        let entry = Utf8Path::new(entry);
        let files = ProjectFiles::select(&Selection {
            root: &root,
            outputs: &[],
            include: &[],
            exclude: &[],
            follow_links: false,
        })
        .unwrap();
        let names = files.files.iter().map(|file| file.path.clone()).collect();
        let code = CodeBase::follow(entry, &names, |file| source::read(&root.join(file))).unwrap();
        let declared = Requirements::declared(&root, entry, &Declaration::default()).unwrap();
        let requirements = declared
            .unwrap_or_else(|| Requirements::new(RequirementsSource::Imports, None, Vec::new()));
        let search = Search {
            root: &root,
            entry,
            requirements: &requirements,
            code: &code,
            files: &files,
            follow_links: with.follow_links,
            no_run: with.no_run,
        };
        search.find()
    }

    /// Each as name, folder and `?` where the app can do without it.
    fn own(&self, root: &str, entry: &str) -> Vec<String> {
        let found = self.find(root, entry, &With::default()).unwrap();
        let shown = |one: &OwnDistribution| {
            let folder = one.folder.strip_prefix(&self.path).unwrap();
            format!("{} {folder}{}", one.label(), if one.spare { "?" } else { "" })
        };
        found.distributions.iter().map(shown).collect()
    }
}

const BUILD: &str = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n";

#[test]
fn a_project_that_its_list_installs_is_found() {
    let project = project(&[
        ("p/app.py", "import harbour\n"),
        ("p/requirements.txt", "-r more.txt\nstreamlit\n"),
        ("p/more.txt", "-e .[maps]\n./libs/thing\n"),
        ("p/setup.py", "setup(name='harbour')"),
        ("p/src/harbour/__init__.py", ""),
        ("p/src/harbour/x.csv", ""),
        ("p/.env", ""),
        (
            "p/libs/thing/pyproject.toml",
            "[project]\nname = 'Thing'\ndependencies = ['deep @ file:../deep']\n",
        ),
        ("p/libs/deep/pyproject.toml", "[project]\nname = 'deep'\n"),
    ]);
    assert_eq!(project.own("p", "app.py"), ["harbour p", "Thing p/libs/thing", "deep p/libs/deep"]);
    let found = project.find("p", "app.py", &With::default()).unwrap();
    assert!(found.distributions[0].files.contains(&"src/harbour/x.csv".into()));
    assert!(!found.distributions[0].files.contains(&".env".into()));
    assert_eq!(found.distributions[1].files, ["pyproject.toml"]);
    assert_eq!(found.distributions[1].in_project.as_deref(), Some("libs/thing".into()));
}

#[test]
fn a_project_is_installed_by_the_rules_of_its_tool() {
    let list = "[project]\nname = 'harbour'\nversion = '1'\ndependencies = ['streamlit', 'thing']\n\
         [tool.uv.sources]\nthing = { path = 'libs/thing' }\n";
    for (rest, own) in [
        (BUILD, &["thing p/libs/thing", "harbour p?"][..]),
        ("", &["thing p/libs/thing"]),
        ("[build-system]\n[tool.uv]\npackage = false\n", &["thing p/libs/thing"]),
        ("[tool.uv]\npackage = true\n", &["thing p/libs/thing", "harbour p?"]),
    ] {
        // `[tool.uv]` may stand but once.
        let list = list.replace("[tool.uv.sources]\nthing =", "[tool.uv.sources.thing]\n#");
        let list = list.replace("# { path = 'libs/thing' }", "path = 'libs/thing'");
        let project = project(&[
            ("p/app.py", ""),
            ("p/pyproject.toml", &format!("{list}{rest}")),
            ("p/libs/thing/pyproject.toml", "[project]\nname = 'thing'\n"),
        ]);
        assert_eq!(project.own("p", "app.py"), own, "{rest}");
    }
    let poetry = "[tool.poetry]\nname = 'har-bour'\n[tool.poetry.dependencies]\nthing = { path = '../thing' }\n";
    let project = project(&[
        ("p/app.py", ""),
        ("p/pyproject.toml", poetry),
        ("thing/setup.py", ""),
        (".git/HEAD", ""),
    ]);
    assert_eq!(project.own("p", "app.py"), ["thing thing", "har-bour p?"]);
}

#[test]
fn a_member_of_a_workspace_has_its_lock_and_the_members_that_it_needs() {
    let lock = "version = 1\n[[package]]\nname = 'app'\nversion = '1'\nsource = { editable = 'packages/app' }\n\
         dependencies = [{ name = 'lib' }]\n\
         [[package]]\nname = 'lib'\nversion = '1'\nsource = { editable = 'packages/lib' }\n\
         [[package]]\nname = 'other'\nversion = '1'\nsource = { editable = 'packages/other' }\n";
    let member = |name: &str| format!("[project]\nname = '{name}'\nversion = '1'\n{BUILD}");
    let (app, lib, other) = (member("app"), member("lib"), member("other"));
    let project = project(&[
        ("w/pyproject.toml", "[tool.uv.workspace]\nmembers = ['packages/*']\n"),
        ("w/uv.lock", lock),
        ("w/packages/app/pyproject.toml", &app),
        ("w/packages/app/src/app/main.py", ""),
        ("w/packages/lib/pyproject.toml", &lib),
        ("w/packages/lib/src/lib/__init__.py", "KEY = 1"),
        ("w/packages/other/pyproject.toml", &other),
    ]);
    let own = ["app w/packages/app?", "lib w/packages/lib"];
    assert_eq!(project.own("w/packages/app", "src/app/main.py"), own);
    assert_eq!(project.own("w", "packages/app/src/app/main.py"), own);
    let found = project.find("w/packages/app", "src/app/main.py", &With::default()).unwrap();
    assert_eq!(found.distributions[1].texts().collect::<Vec<_>>(), [("KEY = 1".to_owned(), false)]);
    let key = "AKIA".to_owned() + "ABCDEFGHIJKLMN23";
    fs_err::write(project.path.join("w/packages/lib/k.py"), key).unwrap();
    let found = project.find("w/packages/app", "src/app/main.py", &With::default()).unwrap();
    assert_eq!(found.keys[0].file, project.path.join("w/packages/lib/k.py"));
}

#[test]
fn a_package_that_the_code_imports_is_installed_where_nothing_else_brings_it() {
    let code = "import harbour.tides\n";
    let pyproject =
        "[project]\nname = 'harbour'\nversion = '1'\ndependencies = ['tabulate>=0.9', 'six']\n";
    let built = format!("{pyproject}{BUILD}");
    let (src, flat) = ("p/src/harbour/__init__.py", "p/harbour/__init__.py");
    let with_path = format!("import sys\nsys.path.insert(0, 'src')\n{code}");
    let with_version = format!("from importlib.metadata import version\n{code}");
    let without_package = format!("{built}[tool.uv]\npackage = false\n");
    for (code, pyproject, file, own, more) in [
        (code, &built[..], src, &["harbour p"][..], &[][..]),
        (code, pyproject, src, &["harbour p"], &[]),
        (code, &without_package, src, &[], &[]),
        (&with_path, &built, src, &[], &["six"]),
        ("import other\n", &built, src, &[], &[]),
        // It is found beside the script, but not what it asks for.
        (code, &built, flat, &[], &["six"]),
        (code, pyproject, flat, &[], &[]),
        (&with_version, &built, flat, &["harbour p?"], &[]),
    ] {
        let project = project(&[
            ("p/app.py", code),
            ("p/requirements.txt", "streamlit\ntabulate==0.8\n"),
            ("p/pyproject.toml", pyproject),
            (file, ""),
            ("p/src/other.txt", ""),
        ]);
        assert_eq!(project.own("p", "app.py"), own, "{code}{pyproject}{file}");
        let found = project.find("p", "app.py", &With::default()).unwrap();
        assert_eq!(found.dependencies, more, "{code}{pyproject}{file}");
    }
}

#[test]
fn a_folder_from_elsewhere_is_told_and_comes_along_when_the_person_says_so() {
    let files = [
        ("p/app.py", ""),
        ("p/requirements.txt", "streamlit\n-e ../sibling\n"),
        ("sibling/setup.py", "setup(name='sibling')"),
    ];
    let project = project(&files);
    let error = project.find("p", "app.py", &With::default()).unwrap_err();
    let text = error.to_string().replace(project.path.as_str(), "");
    assert_eq!(
        text,
        "`/sibling`, which `/p/requirements.txt:2` asks for, is outside of the project"
    );
    assert!(error.hint().contains("--follow-links"));
    let with = With { follow_links: true, ..With::default() };
    assert_eq!(project.find("p", "app.py", &with).unwrap().distributions[0].label(), "sibling");
}

#[test]
fn where_nothing_may_run_what_needs_no_build_is_copied() {
    let with = With { no_run: true, ..With::default() };
    let plain = "[project]\nname = 'harbour'\nversion = '1'\n";
    let mut files = vec![
        ("p/app.py", "import harbour\n"),
        ("p/requirements.txt", "-e .\n"),
        ("p/pyproject.toml", plain),
        ("p/src/harbour.py", ""),
    ];
    let found = project(&files).find("p", "app.py", &with).unwrap();
    assert!(!found.distributions[0].built);
    files.push(("p/setup.py", "import os"));
    let error = project(&files).find("p", "app.py", &with).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a build would run the build backend of `harbour`: its `setup.py` is a program"
    );
    let spare = [
        ("p/app.py", ""),
        (
            "p/pyproject.toml",
            "[project]\nname = 'harbour'\ndynamic = ['version']\ndependencies = []\n[build-system]\n",
        ),
    ];
    let found = project(&spare).find("p", "app.py", &with).unwrap();
    assert_eq!((found.distributions.len(), found.notes.len()), (0, 1));
}
