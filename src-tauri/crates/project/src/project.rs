use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::{App, DataPolicy, Downloads, Secret, SystemPackage, Target, Window};

use crate::code::base::{CodeBase, Import};
use crate::code::imports::Need;
use crate::code::mentions::Mentions;
use crate::code::sources::Sources;
use crate::code::{compiled, habits, preload, source};
use crate::error::ProjectError;
use crate::files::{ProjectFile, ProjectFiles, keys};
use crate::guess::{self, Guess, NeededModule, UnknownModule};
use crate::notes::{About, Notes};
use crate::outline::Begun;
use crate::own::{self, OwnDistribution};
use crate::requirements::uv_settings::UvSettings;
use crate::requirements::{Requirements, RequirementsSource};
use crate::script::locate;
use crate::settings::config::Switches;
use crate::settings::identity::Identity;
use crate::settings::overrides::Overrides;
use crate::settings::python::PythonChoice;
use crate::settings::sign::Signing;
use crate::settings::{icon, secrets, secrets_read, streamlit};
use crate::system::packages::SystemPackages;
use crate::system::{programs, tk, wants};
use crate::writes::{self, FoundWrite};

/// How a project is read. Relative paths count from the current directory.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// The project's folder, or a script in it.
    pub path: &'a Utf8Path,
    /// Values that win over the project's own.
    pub overrides: &'a Overrides,
    /// The interpreter that the author named.
    pub python: Option<&'a Utf8Path>,
    /// The version of Python that the author named, such as `3.12` or `3.12.4`.
    pub python_version: Option<&'a str>,
    /// The distributions that bring modules of which nobody else says it, by the dotted names that
    /// [`UnknownModule`] has. An empty one means that nothing is installed for the module.
    pub answers: &'a BTreeMap<String, String>,
    /// What `trim` in the project's settings may switch.
    pub rules: &'a [&'a str],
    /// Folders that a build writes to: absolute, and no part of the project.
    pub outputs: &'a [&'a Utf8Path],
    /// Whether files from outside of the project come along where links in it lead to them.
    pub follow_links: bool,
    /// Whether nothing of the project may be executed later: what would have to be is refused.
    pub no_run: bool,
}

/// What a project is and what its app needs.
#[derive(Clone, Debug)]
pub struct Project {
    /// The project's folder, absolute.
    pub root: Utf8PathBuf,
    /// The script, relative to the project.
    pub entry: Utf8PathBuf,
    /// Arguments that the script gets.
    pub arguments: Vec<String>,
    /// The app's identity.
    pub app: App,
    /// The window, without its icon.
    pub window: Window,
    /// The picture that becomes the icon; `None` where there is none.
    pub icon: Option<Utf8PathBuf>,
    /// The port that the page prefers.
    pub port: u16,
    /// The secrets that the app asks its user for.
    pub secrets: Vec<Secret>,
    /// The keys of `st.secrets` that the code asks for, dotted where they are in sections.
    pub secrets_read: Vec<String>,
    /// Where the app may write.
    pub data: DataPolicy,
    /// Where the code writes into the app's own folder: why [`Project::data`] is a copy, where the
    /// author does not say anything else.
    pub writes: Vec<FoundWrite>,
    /// Where the page's downloads go.
    pub downloads: Downloads,
    /// Which Python.
    pub python: PythonChoice,
    /// Which distributions. Those that are guessed are among them.
    pub requirements: Requirements,
    /// The author's own distributions.
    pub own: Vec<OwnDistribution>,
    /// Distributions that the code seems to need, when no list says it.
    pub guessed: Vec<Guess>,
    /// Modules that no list says anything about and that are in no table either.
    pub unknown: Vec<UnknownModule>,
    /// Modules worth importing while the page boots.
    pub preload: Vec<String>,
    /// Modules from outside that must be there in the end.
    pub needed: Vec<NeededModule>,
    /// What its files say of what it needs of its packages.
    pub mentions: Mentions,
    /// Which rules of trimming the author switches.
    pub trim: Switches,
    /// How finished files are signed.
    pub sign: Signing,
    /// What of the project comes along.
    pub files: ProjectFiles,
    /// The systems that the author says it is for; none where nothing is said.
    pub targets: Vec<Target>,
    /// Packages of the system's that the project asks for.
    pub depends: Vec<SystemPackage>,
    /// Packages of the system's that the app is better with.
    pub recommends: Vec<SystemPackage>,
    /// The first file that imports Tk.
    pub tk: Option<Utf8PathBuf>,
    /// Whether the code shows emoji.
    pub emoji: bool,
    /// What the author should know.
    pub notes: Notes,
}

impl Project {
    /// Reads a project. Nothing is written, nothing is downloaded and no program is started.
    ///
    /// # Errors
    ///
    /// Every mistake in the project that can be seen without resolving its requirements.
    pub fn read(reading: &Reading<'_>) -> Result<Self, ProjectError> {
        let overrides = reading.overrides;
        let named = overrides.entry.as_deref();
        let (rules, outputs) = (reading.rules, reading.outputs);
        let begun = Begun::read(reading.path, named, rules, outputs, reading.follow_links)?;
        let Begun { root, declaration, files, names, chosen, started } = begun;
        let read = |file: &Utf8Path| source::read(&root.join(file));
        let entry = chosen.script;
        let code = follow(&entry, &names, read)?;
        let identity = Identity::make(&root, &declaration, overrides)?;
        let secrets = secrets::asked(&declaration.config.secrets)?;
        // The project excuses its own files only.
        let excused = |file: &ProjectFile| {
            let mut excused = declaration.config.no_keys.iter().map(Utf8Path::new);
            file.from.is_none() && excused.any(|path| path == file.path)
        };
        let looked_at = files.files.iter().filter(|file| !excused(file));
        let found = keys::find(&root, looked_at.map(|file| file.path.as_path()));
        if !found.is_empty() {
            return Err(ProjectError::Keys { found });
        }
        let declared = Requirements::declared(&root, &entry, &declaration)?;
        let compiled = compiled::versions(&root, &files);
        let of_list = declared.as_ref();
        let python = PythonChoice::make(
            &root,
            &declaration,
            of_list.and_then(|list| Some((list.requires_python.as_deref()?, list.source))),
            reading.python_version,
            reading.python,
        )?
        .or_of_modules(compiled::requires(&compiled));
        let outside = code.outside(python.minor());
        let (mut requirements, guessed) = match declared {
            Some(requirements) => (requirements, guess::Guessed::default()),
            None => {
                let guessed = guess::guess(&root, &code, &files, python.minor(), reading.answers);
                let (mut requirements, guessed) = of_guess(guessed);
                requirements.given.settings = UvSettings::read(&root, &requirements.listed)?;
                (requirements, guessed)
            }
        };
        if reading.no_run {
            requirements.refuse_sources()?;
        }
        let own = own::Search {
            root: &root,
            entry: &entry,
            requirements: &requirements,
            code: &code,
            files: &files,
            follow_links: reading.follow_links,
            no_run: reading.no_run,
        };
        let own = own.find()?;
        if !own.keys.is_empty() {
            return Err(ProjectError::Keys { found: own.keys });
        }
        requirements.listed.extend(own.dependencies.iter().cloned());
        requirements.given.lines.extend(own.dependencies);
        let mut mentions = Mentions::read(&root, &files, &code, &requirements, python.minor());
        mentions.add_own(&own.distributions);

        let mut notes = Notes::default();
        notes.add(About::Identity, identity.notes);
        notes.add(
            About::Script,
            chosen.launcher.map(|launcher| {
                format!("`{launcher}` starts Streamlit with `{entry}`, which is the script")
            }),
        );
        notes.add(About::Script, started.note);
        notes.add(About::Own, own.notes);
        notes.add(About::Requirements, requirements.notes.iter().cloned());
        notes.add(About::Guess, requirements.passed_over.iter().map(|file| {
            let file = file.strip_prefix(&root).unwrap_or(file);
            format!("`{file}` lists requirements too and is passed over; `requirements = \"{file}\"` in the settings takes it")
        }));
        notes.add(About::Guess, guessed.notes);
        notes.add(About::Code, notes_about(&code, &files));
        notes.add(About::Code, crate::files::notes::notes(&files, &code));
        notes.add(About::Code, compiled::note(&compiled, python.minor()));
        let wanted = || wants::wants(&mentions.words);
        notes.add(About::Wants, wanted().map(|want| want.note.to_owned()));
        let mut recommends: Vec<_> =
            wanted().flat_map(|want| want.packages).map(|name| SystemPackage::new(*name)).collect();
        let texts = code.paths().filter_map(|path| Some((path.to_owned(), read(path).ok()?)));
        let sources = Sources::parse(texts);
        notes.add(About::Settings, secrets_read::notes(&sources, &secrets));
        notes.add(About::Settings, streamlit::notes(&root, &entry));
        let secrets_read = secrets_read::keys(&sources);
        let named = sources.names();
        let writes = writes::find(&named);
        let data = declaration.config.data.unwrap_or(match writes.is_empty() {
            true => DataPolicy::AppFolder,
            false => DataPolicy::Copy,
        });
        let surely = writes.first().filter(|write| write.sure && data == DataPolicy::AppFolder);
        notes.add(About::Data, surely.map(|write| {
            format!("the app writes where it is installed, which nobody may: {write}; `data = \"copy\"` has it run in a copy")
        }));
        let system = SystemPackages::read(&root, &entry);
        notes.add(About::System, system.notes);
        let (listed, depends) = (&requirements.listed, system.depends);
        for needed in programs::needed(&named, &code, &outside, listed, &depends) {
            notes.add(About::System, Some(needed.note));
            recommends.extend(needed.package);
        }
        Ok(Self {
            arguments: started.arguments,
            app: identity.app,
            window: identity.window,
            icon: icon::find(&root, &declaration, overrides)?,
            port: overrides.port.or(declaration.config.port).unwrap_or(8501),
            secrets,
            secrets_read,
            data,
            writes,
            downloads: declaration.config.downloads,
            own: own.distributions,
            guessed: guessed.guesses,
            unknown: guessed.unknown,
            preload: preload::modules(&code, &outside),
            needed: needed(&outside).chain(guess::hidden(&root, &code)).collect(),
            tk: code.importer(&tk::MODULES).map(Utf8Path::to_owned),
            emoji: sources.texts().any(wants::has_emoji),
            trim: declaration.config.trim,
            sign: declaration.config.sign,
            targets: declaration.config.targets,
            mentions,
            python,
            requirements,
            files,
            depends,
            recommends,
            notes,
            entry,
            root,
        })
    }
}

/// The modules that the code itself imports and can't always do without.
fn needed<'a>(outside: &'a [Import<'a>]) -> impl Iterator<Item = NeededModule> + 'a {
    outside.iter().filter(|import| import.need > Need::Optional).map(|import| NeededModule {
        module: import.module.to_owned(),
        always: import.need == Need::Always,
        file: import.file.to_owned(),
        clue: None,
    })
}

/// Reads the code that the app runs. A mistake in the script itself or in a page is an error; one
/// in another file is only said, since nothing may ever import it.
fn follow(
    entry: &Utf8Path,
    names: &BTreeSet<Utf8PathBuf>,
    read: impl Fn(&Utf8Path) -> std::io::Result<String>,
) -> Result<CodeBase, ProjectError> {
    let mut current = entry.to_owned();
    let code = CodeBase::follow(entry, names, |file| {
        file.clone_into(&mut current);
        read(file)
    })
    .map_err(|source| locate::LocateError::Read { file: current.clone(), source })?;
    let pages = entry.parent().unwrap_or(Utf8Path::new("")).join("pages");
    let broken = code
        .broken
        .iter()
        .find(|(file, _)| file == entry || file.parent() == Some(pages.as_path()));
    match broken {
        Some((file, source)) => {
            let (file, source) = (file.clone(), source.clone());
            Err(locate::LocateError::Syntax { file, source }.into())
        }
        None => Ok(code),
    }
}

/// The requirements that are guessed. Streamlit is among them already.
fn of_guess(mut guessed: guess::Guessed) -> (Requirements, guess::Guessed) {
    guessed.guesses.retain(|guess| guess.distribution != "streamlit");
    let listed = guessed.guesses.iter().map(|guess| guess.distribution.clone()).collect();
    (Requirements::new(RequirementsSource::Imports, None, listed), guessed)
}

/// A project as big as this is most often one that holds more than it should.
const MANY_BYTES: u64 = 1 << 30;
const MANY_FILES: usize = 20_000;

fn notes_about(code: &CodeBase, files: &ProjectFiles) -> Vec<String> {
    let mut notes: Vec<String> = code
        .broken
        .iter()
        .map(|(file, error)| format!("`{file}:{}` is not valid Python ({error})", error.line))
        .collect();
    notes.extend(habits::notes(code));
    if files.bytes() > MANY_BYTES || files.files.len() > MANY_FILES {
        notes.push(format!(
            "the project has {} files; leave out what the app does not need with `exclude`",
            files.files.len()
        ));
    }
    notes
}
