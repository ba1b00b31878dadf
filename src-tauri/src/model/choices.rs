use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a person chose in the window, kept in one small file of the app's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// The zoom in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoom: Option<u32>,
    /// Whether the page may use each device that it has asked for.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub devices: BTreeMap<Device, bool>,
}

/// Something that a page has to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Device {
    /// The camera.
    Camera,
    /// The microphone.
    Microphone,
}
