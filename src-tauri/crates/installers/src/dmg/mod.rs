//! Disk images, which people open and drag the app out of.

mod layers;
mod udif;

use waterskin_bundle::{System, Target};

use crate::archive::{Entries, Entry};
use crate::iso::Image;
use crate::macos::Bundle;
use crate::text::one_line;
use crate::{Artifact, Format, FormatError, InstallTree, Job};
use layers::Layers;
use udif::Udif;

/// A disk image, `<package>-<version>-<target>.dmg`, with the app and a link to the folder
/// that apps are dragged to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dmg;

impl Format for Dmg {
    fn name(&self) -> &'static str {
        "dmg"
    }

    fn about(&self) -> &'static str {
        "A disk image with the app for macOS"
    }

    fn supports(&self, target: &Target) -> bool {
        target.system() == System::MacOs
    }

    fn is_default(&self, _: &Target) -> bool {
        true
    }

    fn write(&self, tree: &InstallTree<'_>, job: &Job<'_>) -> Result<Artifact, FormatError> {
        let mut staged = job.begin(&format!("{}.{}", tree.full_name(), self.name()))?;
        let destination = staged.destination().to_owned();

        let Bundle { name: app, mut entries, layers, folder: _folder } = Bundle::of(tree, job)?;
        entries.add("Applications", Entry::Link("/Applications".to_owned()));
        job.progress.begin(entries.bytes());
        let groups: Vec<(_, Entries)> =
            layers.iter().map(|layer| (layer, entries.take(layer.path()))).collect();
        let all: Vec<_> = [&entries].into_iter().chain(groups.iter().map(|it| &it.1)).collect();
        let name = one_line(&tree.app().name);
        let image = Image::plan(&name, &all, tree.documents.time)?;

        let layers = Layers { destination: &destination, job };
        let write = || FormatError::write(&destination);
        let mut udif = Udif::new(staged.file());
        udif.add(&layers.own(&image.head, &entries)?).map_err(write())?;
        for part in layers.kept(&groups)? {
            udif.add(&part).map_err(write())?;
        }
        udif.finish().map_err(write())?;
        let (path, bytes) = job.finish(staged, true)?;
        let quoted = path.as_str().replace('\'', r"'\''");
        let install = format!("open '{quoted}', and drag `{app}` to Applications");
        Ok(Artifact { path, bytes, kind: self.name(), install })
    }
}
