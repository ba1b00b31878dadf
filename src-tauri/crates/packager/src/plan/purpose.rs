use serde::Serialize;
use waterskin_project::About;

use crate::export::base::Base;

/// What a plan is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Installers, whose app opens in a window of its own.
    #[default]
    Installers,
    /// A folder of which an engine for containers makes an image, for a server.
    Export(Base),
}

/// What is said of an app on a server: neither its window nor its recipient's system.
const OF_A_SERVER: [About; 8] = [
    About::Identity,
    About::Script,
    About::Own,
    About::Requirements,
    About::Wheels,
    About::Guess,
    About::Code,
    About::Native,
];

impl Purpose {
    /// Whether it is for installers.
    pub fn is_installers(&self) -> bool {
        *self == Self::Installers
    }

    /// What the notes of a plan are about; `None` for everything.
    pub(crate) fn about(&self) -> Option<&'static [About]> {
        (!self.is_installers()).then_some(&OF_A_SERVER)
    }
}
