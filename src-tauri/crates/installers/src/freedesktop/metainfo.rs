use waterskin_bundle::App;

use crate::about::{publisher, synopsis};
use crate::text::{one_line, xml};

/// What software centres show of an app (AppStream 1.0, `desktop-application`). The version is as the
/// package that brings it has it, and the time counts in seconds since 1970.
pub(crate) fn metainfo(app: &App, version: &str, time: u64) -> String {
    let name = one_line(&app.name);
    let developer = publisher(app);
    let vendor = app.id.as_str().rsplit_once('.').map_or("", |(vendor, _)| vendor);
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<component type="desktop-application">
  <id>{id}</id>
  <name>{name}</name>
  <summary>{summary}</summary>
  <metadata_license>CC0-1.0</metadata_license>
  <project_license>LicenseRef-proprietary</project_license>
  <developer id="{vendor}">
    <name>{developer}</name>
  </developer>
  <description>
    <p>{name} opens in a window of its own and brings everything that it runs on.</p>
  </description>
  <launchable type="desktop-id">{id}.desktop</launchable>
  <icon type="stock">{id}</icon>
  <categories>
    <category>Utility</category>
  </categories>
  <provides>
    <binary>{package}</binary>
  </provides>
  <releases>
    <release version="{version}" timestamp="{time}"/>
  </releases>
  <content_rating type="oars-1.1"/>
</component>
"#,
        id = xml(app.id.as_str()),
        name = xml(&name),
        summary = xml(&synopsis(app)),
        vendor = xml(vendor),
        developer = xml(&developer),
        package = xml(app.package.as_str()),
        version = xml(version),
    )
}
