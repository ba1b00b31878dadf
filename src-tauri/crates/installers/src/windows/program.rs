use editpe::types::{VersionU16, VersionU32};
use editpe::{Image, ResourceDirectory, ResourceEntryName, VersionInfo, VersionStringTable};
use waterskin_bundle::App;

use super::numbers;
use crate::about::publisher;
use crate::text::{one_line, shortened};
use crate::{FormatError, InstallTree, Job};

/// The types of resources (`winuser.h`): an image of an icon, and what lists the images of one.
const ICON: u32 = 3;
const GROUP_ICON: u32 = 14;

/// The subsystems of a program (`winnt.h`).
const WINDOWS: u16 = 2;
const CONSOLE: u16 = 3;

/// The language of the version's texts, English of the United States, and their code page, Unicode.
const LANGUAGE: u16 = 0x0409;
const CODE_PAGE: u16 = 0x04b0;

/// The most characters of a text in a program's version.
const LONGEST: usize = 200;

/// The prebuilt shell as the program of a tree's app, signed where the author's command does that.
/// `icon` is the content of an icon file.
///
/// # Errors
///
/// The shell can't be read, is no program for Windows, or is not signed.
pub(crate) fn program(
    tree: &InstallTree<'_>,
    icon: &[u8],
    job: &Job<'_>,
) -> Result<Vec<u8>, FormatError> {
    let (path, name) = (tree.program.file, tree.program_name());
    let shell = fs_err::read(path).map_err(FormatError::read(path))?;
    let program = branded(&shell, tree.app(), &name, icon)
        .map_err(|reason| FormatError::Program { path: path.to_owned(), reason })?;
    job.signed(&name, program)
}

/// The prebuilt shell as this app's own program: with its icon (the content of an icon file), its
/// name, version and publisher, and without a terminal beside its window. `name` is the file's.
///
/// # Errors
///
/// What is wrong with the program, as a text: it is none for Windows, or a damaged one.
pub(super) fn branded(shell: &[u8], app: &App, name: &str, icon: &[u8]) -> Result<Vec<u8>, String> {
    let mut image = Image::parse(shell).map_err(|error| error.to_string())?;
    if image.subsystem() == CONSOLE {
        image.set_subsystem(WINDOWS);
    }
    // What else is in there stays, such as the manifest that asks for today's controls.
    let mut resources = image.resource_directory().cloned().unwrap_or_default();
    set_icon(&mut resources, icon).map_err(|error| error.to_string())?;
    resources.remove_version_info().map_err(|error| error.to_string())?;
    resources.set_version_info(&version_info(app, name)).map_err(|error| error.to_string())?;
    image.set_resource_directory(resources).map_err(|error| error.to_string())?;
    Ok(image.data().to_vec())
}

/// In the place of every icon that is there.
fn set_icon(resources: &mut ResourceDirectory, icon: &[u8]) -> Result<(), editpe::ResourceError> {
    for kind in [ICON, GROUP_ICON] {
        resources.root_mut().remove(ResourceEntryName::ID(kind));
    }
    resources.set_main_icon(icon)
}

fn version_info(app: &App, name: &str) -> VersionInfo {
    let [major, minor, patch, build] = numbers(&app.version).map(u32::from);
    let version = VersionU32 { major: major << 16 | minor, minor: patch << 16 | build };
    let text = |text: &str| shortened(&one_line(text), LONGEST);
    let title = text(&app.name);
    let mut table =
        VersionStringTable { key: format!("{LANGUAGE:04x}{CODE_PAGE:04x}"), ..Default::default() };
    for (key, value) in [
        // What the task manager and the question for an administrator's consent show.
        ("FileDescription", title.clone()),
        ("ProductName", title),
        ("CompanyName", text(&publisher(app))),
        ("FileVersion", text(&app.version)),
        ("ProductVersion", text(&app.version)),
        ("InternalName", app.package.to_string()),
        ("OriginalFilename", name.to_owned()),
    ] {
        table.strings.insert(key.to_owned(), value);
    }
    let mut info = VersionInfo {
        strings: vec![table],
        vars: vec![VersionU16 { major: LANGUAGE, minor: CODE_PAGE }],
        ..Default::default()
    };
    info.info.file_version = version;
    info.info.product_version = version;
    info
}
