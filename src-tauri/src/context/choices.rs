use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use crate::model::choices::Choices;

/// The choices and their file.
pub struct ChoicesFile {
    /// No file: what is chosen holds until the window is closed.
    file: Option<PathBuf>,
    choices: Mutex<Choices>,
}

impl ChoicesFile {
    /// Reads the file `window.json` in `folder`. One that can't be read counts as empty.
    pub fn read(folder: Option<&Path>) -> Self {
        let file = folder.map(|folder| folder.join("window.json"));
        let choices = file.as_deref().and_then(|file| match std::fs::read(file) {
            Ok(text) => serde_json::from_slice(&text)
                .inspect_err(|error| tracing::warn!(%error, "the choices could not be read"))
                .ok(),
            Err(_) => None,
        });
        Self { file, choices: Mutex::new(choices.unwrap_or_default()) }
    }

    /// The choices now.
    pub fn now(&self) -> Choices {
        self.choices.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes the choices and writes them down. Where that fails they hold until the end.
    pub fn change(&self, change: impl FnOnce(&mut Choices)) {
        let mut choices = self.choices.lock().unwrap_or_else(PoisonError::into_inner);
        let before = choices.clone();
        change(&mut choices);
        if *choices == before {
            return;
        }
        if let Some(file) = &self.file
            && let Err(error) = write(file, &choices)
        {
            tracing::warn!(%error, "the choices could not be written down");
        }
    }
}

fn write(file: &Path, choices: &Choices) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs_err::create_dir_all(folder)?;
    let mut staged = tempfile::NamedTempFile::new_in(folder)?;
    staged.write_all(&serde_json::to_vec_pretty(choices)?)?;
    staged.persist(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::choices::Device;

    #[test]
    fn choices_are_there_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("not there yet");
        let file = ChoicesFile::read(Some(&folder));
        assert_eq!(file.now(), Choices::default());
        file.change(|choices| {
            choices.zoom = Some(125);
            choices.devices.insert(Device::Camera, false);
        });
        let again = ChoicesFile::read(Some(&folder)).now();
        assert_eq!((again.zoom, again.devices.get(&Device::Camera)), (Some(125), Some(&false)));
        fs_err::write(folder.join("window.json"), "{\"zoom\": ").unwrap();
        assert_eq!(ChoicesFile::read(Some(&folder)).now(), Choices::default());
    }

    #[test]
    fn without_a_folder_choices_hold_until_the_end() {
        let file = ChoicesFile::read(None);
        file.change(|choices| choices.zoom = Some(90));
        assert_eq!(file.now().zoom, Some(90));
    }
}
