use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use waterskin_bundle::{App, DataPolicy, Downloads, Secret, Target, Window};

use crate::code_base::CodeBase;
use crate::config::Declaration;
use crate::files::{ProjectFile, ProjectFiles, Selection};
use crate::format::Compression;
use crate::guess::{self, Guess, UnknownModule};
use crate::habits;
use crate::identity::Identity;
use crate::imports::Need;
use crate::inside::is_inside;
use crate::kept::{CACHE_LIMIT, cache_folder};
use crate::locate::{self, Located};
use crate::native::Native;
use crate::own::{self, OwnDistribution};
use crate::plan_error::PlanError;
use crate::python_choice::PythonChoice;
use crate::requirements::{Requirements, RequirementsSource};
use crate::runs::Run;
use crate::runtime::tk;
use crate::settings::{Format, Settings};
use crate::sources::Sources;
use crate::system_packages::SystemPackages;
use crate::trim::{App as AppSays, Trim};
use crate::uv_settings::UvSettings;
use crate::writes::{self, FoundWrite};
use crate::{
    compiled, file_notes, icon, installed, keys, locked_wheels, preload, programs, secrets,
    secrets_read, source, streamlit_config, tools, wants,
};

/// Everything that a build will do, decided before anything is done. Printing it is what
/// `--dry-run` does.
#[derive(Clone, Debug, Serialize)]
pub struct BuildPlan {
    /// The app's identity.
    pub app: App,
    /// The project's folder, absolute.
    pub root: Utf8PathBuf,
    /// The script, relative to the project.
    pub entry: Utf8PathBuf,
    /// Arguments that the script gets.
    pub arguments: Vec<String>,
    /// The secrets that the app asks its user for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
    /// The window, without its icon.
    pub window: Window,
    /// The picture that becomes the icon; `None` draws one.
    pub icon: Option<Utf8PathBuf>,
    /// The port that the page prefers.
    pub port: u16,
    /// Where the app may write.
    pub data: DataPolicy,
    /// Where the code writes into the app's own folder: why [`BuildPlan::data`] is a copy, where the
    /// author does not say anything else.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub writes: Vec<FoundWrite>,
    /// Where the page's downloads go.
    #[serde(skip_serializing_if = "Downloads::is_default")]
    pub downloads: Downloads,
    /// Which Python.
    pub python: PythonChoice,
    /// Which distributions.
    pub requirements: Requirements,
    /// The author's own distributions, which are installed with the others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub own: Vec<OwnDistribution>,
    /// Distributions that the code seems to need, when no list says it. The author should be
    /// asked whether they are right; they are in [`BuildPlan::requirements`] already.
    pub guessed: Vec<Guess>,
    /// Modules that no list says anything about and that are in no table either: nothing is installed
    /// for them, and the author should be asked. [`Settings::answers`] has the answers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<UnknownModule>,
    /// Modules worth importing while the page boots.
    pub preload: Vec<String>,
    /// What will be removed from the packages.
    pub trim: Trim,
    /// What of the project comes along.
    pub files: ProjectFiles,
    /// What the author should know.
    pub notes: Vec<String>,
    /// What is made, and for which system.
    pub formats: Vec<Format>,
    /// Packages of the system's that the project asks for: a Debian package depends on them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub depends: Vec<String>,
    /// The first file that imports Tk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tk: Option<Utf8PathBuf>,
    /// What a Debian package recommends.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recommends: Vec<&'static str>,
    /// How a Debian package is compressed.
    #[serde(skip)]
    pub compression: Compression,
    /// The system that it is for.
    pub target: Target,
    /// The folder that gets the finished files, absolute.
    pub output: Utf8PathBuf,
    /// Where to leave the payload; `None` removes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_payload: Option<Utf8PathBuf>,
    /// Where runtimes and packages are kept between builds.
    pub cache: Utf8PathBuf,
    /// How many bytes are kept there.
    #[serde(skip)]
    pub cache_limit: u64,
    /// The program `uv`.
    pub uv: Utf8PathBuf,
    /// The prebuilt shell.
    pub shell: Utf8PathBuf,
    /// Whether to work from the caches alone.
    pub offline: bool,
    /// What a build executes beside its own tools.
    pub runs: Vec<Run>,
    /// Whether a build may execute nothing but its own tools.
    #[serde(skip)]
    pub no_run: bool,
    /// The GNU C library that compiled files of the project ask for; empty for none.
    #[serde(skip)]
    pub(crate) native_glibc: String,
    /// Modules of the code that a build looks for in the payload before it is done.
    #[serde(skip)]
    pub(crate) needed: Vec<NeededModule>,
}

/// A module from outside of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NeededModule {
    pub module: String,
    /// Whether the app can't even begin without it.
    pub always: bool,
    pub file: Utf8PathBuf,
    /// What tells of it where nothing imports it, as in "calls `read_excel`".
    pub clue: Option<String>,
}

/// Finds out what the project is and decides what a build does. Nothing is written, nothing is
/// downloaded and no program is started.
///
/// # Errors
///
/// Every mistake in the project that can be seen without resolving its requirements.
pub fn plan(settings: &Settings) -> Result<BuildPlan, PlanError> {
    let located = Located::find(&settings.path)?;
    let root = located.root;
    let declaration = Declaration::read(&root)?;
    let absolute = |path: &Utf8Path| {
        camino::absolute_utf8(path)
            .map_err(|source| PlanError::Path { path: path.to_owned(), source })
    };
    let output = absolute(&settings.output)?;
    let keep_payload = settings.keep_payload.as_deref().map(absolute).transpose()?;
    let target = Target::host();
    let formats = formats(&settings.formats, &target)?;
    let outputs: Vec<&Utf8Path> =
        std::iter::once(output.as_path()).chain(keep_payload.as_deref()).collect();
    let files = ProjectFiles::select(&Selection {
        root: &root,
        outputs: &outputs,
        include: &declaration.config.include,
        exclude: &declaration.config.exclude,
        follow_links: settings.follow_links,
    })?;
    let names: BTreeSet<Utf8PathBuf> = files.files.iter().map(|file| file.path.clone()).collect();
    let read = |file: &Utf8Path| source::read(&root.join(file));

    let named = settings.overrides.entry.clone().or(located.script);
    let named = named.or_else(|| declaration.config.entry.clone());
    let chosen = locate::entry(&root, named.as_deref(), &names, read)?;
    let entry = chosen.script;
    let code = follow(&entry, &names, read)?;
    let identity = Identity::make(&root, &declaration, &settings.overrides)?;
    let secrets = secrets::asked(&declaration.config.secrets)?;
    // The project excuses its own files only.
    let excused = |file: &ProjectFile| {
        let mut excused = declaration.config.no_keys.iter().map(Utf8Path::new);
        file.from.is_none() && excused.any(|path| path == file.path)
    };
    let looked_at = files.files.iter().filter(|file| !excused(file));
    let found = keys::find(&root, looked_at.map(|file| file.path.as_path()));
    if !found.is_empty() {
        return Err(PlanError::Keys { found });
    }
    let declared = Requirements::declared(&root, &entry, &declaration)?;
    let compiled = compiled::versions(&root, &files);
    let python = PythonChoice::make(
        &root,
        &declaration,
        declared.as_ref().and_then(|list| Some((list.requires_python.as_deref()?, list.source))),
        settings.python_version.as_deref(),
        settings.python.as_deref(),
    )?
    .or_of_modules(compiled::requires(&compiled));
    let outside = code.outside(python.minor());
    let (mut requirements, guessed) = match declared {
        Some(requirements) => (requirements, guess::Guessed::default()),
        None => {
            let guessed = guess::guess(&root, &code, &files, python.minor(), &settings.answers);
            let (mut requirements, guessed) = of_guess(guessed);
            requirements.given.settings = UvSettings::read(&root, &requirements.listed)?;
            (requirements, guessed)
        }
    };
    if settings.no_run {
        requirements.refuse_sources()?;
    }
    let own = own::Search {
        root: &root,
        entry: &entry,
        requirements: &requirements,
        code: &code,
        files: &files,
        follow_links: settings.follow_links,
        no_run: settings.no_run,
    };
    let own = own.find()?;
    if !own.keys.is_empty() {
        return Err(PlanError::Keys { found: own.keys });
    }
    requirements.listed.extend(own.dependencies.iter().cloned());
    requirements.given.lines.extend(own.dependencies);
    let mut notes = identity.notes;
    notes.extend(chosen.launcher.map(|launcher| {
        format!("`{launcher}` starts Streamlit with `{entry}`, which is the script")
    }));
    notes.extend(own.notes);
    let own = own.distributions;
    if formats.contains(&Format::Deb) {
        notes.extend(installed::note(&identity.app));
    }
    notes.extend(requirements.notes.iter().cloned());
    notes.extend(locked_wheels::note(&requirements.given.wheels, &target, python.minor()));
    notes.extend(requirements.passed_over.iter().map(|file| {
        let file = file.strip_prefix(&root).unwrap_or(file);
        format!("`{file}` lists requirements too and is passed over; `requirements = \"{file}\"` in the settings takes it")
    }));
    notes.extend(guessed.notes);
    notes.extend(notes_about(&code, &files));
    notes.extend(file_notes::notes(&files, &code));
    notes.extend(compiled::note(&compiled, python.minor()));
    let native = Native::of_project(&root, &files, &target);
    notes.extend(native.notes(&target));
    let mut says = AppSays::read(&root, &files, &code, &requirements, python.minor());
    says.add_own(&own);
    notes.extend(wants::wants(&says.words).map(|want| want.note.to_owned()));
    let mut recommends: Vec<_> =
        wants::wants(&says.words).flat_map(|want| want.packages.iter().copied()).collect();
    let texts = code.paths().filter_map(|path| Some((path.to_owned(), read(path).ok()?)));
    let sources = Sources::parse(texts);
    if formats.contains(&Format::TarGz) && sources.texts().any(wants::has_emoji) {
        notes.push(wants::EMOJI.to_owned());
    }
    notes.extend(secrets_read::notes(&sources, &secrets));
    notes.extend(streamlit_config::notes(&root, &entry));
    let names = sources.names();
    let writes = writes::find(&names);
    let data = declaration.config.data.unwrap_or(match writes.is_empty() {
        true => DataPolicy::AppFolder,
        false => DataPolicy::Copy,
    });
    let surely = writes.first().filter(|write| write.sure && data == DataPolicy::AppFolder);
    notes.extend(surely.map(|write| {
        format!("the app writes where it is installed, which nobody may: {write}; `data = \"copy\"` has it run in a copy")
    }));
    let system = SystemPackages::read(&root, &entry);
    notes.extend(system.notes);
    let (listed, depends) = (&requirements.listed, system.depends);
    for needed in programs::needed(&names, &code, &outside, listed, &depends) {
        notes.push(needed.note);
        recommends.extend(needed.package);
    }
    let trim = Trim::plan(&declaration.config.trim, &says)?;
    let cache = match &settings.cache_dir {
        Some(folder) => absolute(folder)?,
        None => cache_folder()?,
    };
    let uv = tools::find_uv(settings.uv.as_deref())?;
    let named = python.executable.iter().chain([&uv]);
    let programs: Vec<_> = named.filter(|program| is_inside(&root, program)).cloned().collect();
    if let (true, Some(program)) = (settings.no_run, programs.first()) {
        return Err(PlanError::Runs { program: program.clone() });
    }
    let mut runs: Vec<Run> = programs.into_iter().map(|program| Run::Program { program }).collect();
    if !settings.no_run {
        runs.extend(requirements.backends());
    }
    runs.extend(own.iter().filter(|one| one.built).map(OwnDistribution::run));
    let tried = !settings.no_run && !settings.no_try;
    runs.extend(tried.then(|| Run::App { entry: entry.clone() }));
    Ok(BuildPlan {
        app: identity.app,
        arguments: declaration.config.arguments.clone(),
        secrets,
        window: identity.window,
        icon: icon::find(&root, &declaration, &settings.overrides)?,
        port: settings.overrides.port.or(declaration.config.port).unwrap_or(8501),
        data,
        writes,
        downloads: declaration.config.downloads,
        preload: preload::modules(&code, &outside),
        needed: outside
            .iter()
            .filter(|import| import.need > Need::Optional)
            .map(|import| NeededModule {
                module: import.module.to_owned(),
                always: import.need == Need::Always,
                file: import.file.to_owned(),
                clue: None,
            })
            .chain(guess::hidden(&root, &code))
            .collect(),
        trim,
        python,
        requirements,
        own,
        guessed: guessed.guesses,
        unknown: guessed.unknown,
        files,
        notes,
        formats,
        depends,
        tk: code.importer(&tk::MODULES).map(Utf8Path::to_owned),
        recommends,
        compression: settings.compression,
        target,
        keep_payload,
        output,
        cache,
        cache_limit: settings.cache_limit.unwrap_or(CACHE_LIMIT),
        uv,
        runs,
        no_run: settings.no_run,
        native_glibc: native.glibc(),
        shell: tools::find_shell(settings.shell.as_deref())?,
        offline: settings.offline,
        entry,
        root,
    })
}

/// What is made for `target`: what the author wants, in the usual order, or all that it has.
fn formats(wanted: &[Format], target: &Target) -> Result<Vec<Format>, PlanError> {
    let possible = Format::default_for(target);
    if let Some(format) = wanted.iter().find(|format| !possible.contains(format)) {
        return Err(PlanError::Format { format: *format, target: target.clone() });
    }
    let mut formats = if wanted.is_empty() { possible } else { wanted }.to_vec();
    formats.sort_unstable();
    formats.dedup();
    Ok(formats)
}

/// Reads the code that the app runs. A mistake in the script itself or in a page is an error; one
/// in another file is only said, since nothing may ever import it.
fn follow(
    entry: &Utf8Path,
    names: &BTreeSet<Utf8PathBuf>,
    read: impl Fn(&Utf8Path) -> std::io::Result<String>,
) -> Result<CodeBase, PlanError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_has_its_formats_and_no_others() {
        let (linux, windows, mac) = (
            Target::of("x86_64-unknown-linux-gnu"),
            Target::of("x86_64-pc-windows-msvc"),
            Target::of("aarch64-apple-darwin"),
        );
        let both = [Format::Deb, Format::TarGz];
        assert_eq!(formats(&[], &linux).unwrap(), both);
        assert_eq!(formats(&[Format::TarGz, Format::Deb, Format::Deb], &linux).unwrap(), both);
        for target in [windows, mac] {
            assert_eq!(formats(&[], &target).unwrap(), [Format::TarGz]);
            assert_eq!(formats(&[Format::TarGz], &target).unwrap(), [Format::TarGz]);
            let error = formats(&both, &target).unwrap_err();
            let text = format!("a .deb can't be made for {}", target.triple());
            assert_eq!(error.to_string(), text);
            assert!(error.hint().unwrap().contains("tar.gz"));
        }
    }
}
