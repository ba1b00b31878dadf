//! A bill of materials of everything inside, in CycloneDX 1.6.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use waterskin_bundle::{Digest, Manifest, Payload, Work};

use super::pinned::{Pinned, normalized};
use crate::about::publisher;
use crate::text::one_line;
use crate::{FormatError, time};

/// What a version keeps in an address of a package: all other characters are escaped.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_').remove(b'~');

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bill {
    #[serde(rename = "$schema")]
    schema: &'static str,
    bom_format: &'static str,
    spec_version: &'static str,
    serial_number: String,
    version: u32,
    metadata: Metadata,
    components: Vec<Component>,
    dependencies: Vec<Dependency>,
}

#[derive(Serialize)]
struct Metadata {
    timestamp: String,
    tools: Tools,
    component: Component,
}

#[derive(Serialize)]
struct Tools {
    components: Vec<Component>,
}

#[derive(Default, Serialize)]
struct Component {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "bom-ref", skip_serializing_if = "String::is_empty")]
    reference: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<String>,
    name: String,
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<Hash>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    licenses: Vec<Licence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpe: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<String>,
    #[serde(rename = "externalReferences", skip_serializing_if = "Vec::is_empty")]
    references: Vec<Reference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<Property>,
}

#[derive(Serialize)]
struct Hash {
    alg: &'static str,
    content: String,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Licence {
    Expression(String),
    License(Named),
}

/// A licence in its own words.
#[derive(Serialize)]
struct Named {
    name: String,
}

#[derive(Serialize)]
struct Reference {
    #[serde(rename = "type")]
    kind: &'static str,
    url: String,
    comment: &'static str,
    hashes: Vec<Hash>,
}

#[derive(Serialize)]
struct Property {
    name: &'static str,
    value: String,
}

#[derive(Serialize)]
struct Dependency {
    #[serde(rename = "ref")]
    reference: String,
    #[serde(rename = "dependsOn")]
    depends_on: Vec<String>,
}

/// What `payload` and the program with this digest are made of, as JSON. The same parts and the same
/// time, in seconds since 1970, give the same text.
pub(super) fn sbom(
    payload: &Payload,
    works: &[Work],
    program: &Digest,
    time: u64,
) -> Result<String, FormatError> {
    let manifest = &payload.manifest;
    let pinned = Pinned::of(payload)?;
    let mut components = vec![shell(manifest, program)];
    let (python, distributions) = works.split_at(works.len().min(1));
    components.extend(python.iter().map(|work| interpreter(manifest, work)));
    components.extend(distributions.iter().map(|work| distribution(work, &pinned)));
    let app = app(manifest);
    let reference = app.reference.clone();
    let depends_on = components.iter().map(|it| it.reference.clone()).collect();
    let mut bill = Bill {
        schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
        bom_format: "CycloneDX",
        spec_version: "1.6",
        serial_number: String::new(),
        version: 1,
        metadata: Metadata {
            timestamp: time::in_iso_form(time),
            tools: Tools { components: vec![maker(manifest)] },
            component: app,
        },
        components,
        dependencies: vec![Dependency { reference, depends_on }],
    };
    // A number that is drawn would differ each time.
    bill.serial_number = serial_number(json(&bill).as_bytes());
    Ok(json(&bill))
}

fn json(bill: &Bill) -> String {
    // Text and numbers can't fail.
    let mut text = serde_json::to_string_pretty(bill).unwrap_or_default();
    text.push('\n');
    text
}

/// A UUID of version 8, whose bits are their maker's own (RFC 9562, section 5.8).
fn serial_number(content: &[u8]) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(content)[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().urn().to_string()
}

fn app(manifest: &Manifest) -> Component {
    let app = &manifest.app;
    Component {
        kind: "application",
        reference: app.id.to_string(),
        publisher: Some(publisher(app)),
        name: one_line(&app.name),
        version: one_line(&app.version),
        description: Some(one_line(&app.summary)).filter(|text| !text.is_empty()),
        properties: tree(manifest, "app"),
        ..Component::default()
    }
}

fn maker(manifest: &Manifest) -> Component {
    Component {
        kind: "application",
        name: "waterskin".to_owned(),
        version: manifest.shell.version.clone(),
        ..Component::default()
    }
}

fn shell(manifest: &Manifest, program: &Digest) -> Component {
    Component {
        kind: "application",
        reference: "waterskin-shell".to_owned(),
        name: "waterskin-shell".to_owned(),
        version: manifest.shell.version.clone(),
        hashes: hash(program.as_str()).into_iter().collect(),
        licenses: vec![Licence::Expression("MIT OR Apache-2.0".to_owned())],
        ..Component::default()
    }
}

fn interpreter(manifest: &Manifest, work: &Work) -> Component {
    let purl = format!("pkg:generic/python@{}", escaped(&work.version));
    Component {
        kind: "platform",
        reference: purl.clone(),
        name: work.name.clone(),
        version: work.version.clone(),
        licenses: licences(work),
        // Known faults of Python are listed by this name.
        cpe: Some(format!("cpe:2.3:a:python:python:{}:*:*:*:*:*:*:*", work.version)),
        purl: Some(purl),
        properties: tree(manifest, "python"),
        ..Component::default()
    }
}

fn distribution(work: &Work, pinned: &BTreeMap<String, Pinned>) -> Component {
    let name = normalized(&work.name);
    let pinned = pinned.get(&name);
    let address = pinned.and_then(|it| it.address.as_deref());
    let address = address.map(|it| match it.contains("+") {
        true => format!("?vcs_url={}", escaped(it)),
        false => format!("?download_url={}", escaped(it)),
    });
    let purl = format!("pkg:pypi/{name}@{}{}", escaped(&work.version), address.unwrap_or_default());
    let hashes: Vec<Hash> =
        pinned.into_iter().flat_map(|it| &it.hashes).filter_map(|it| hash(it)).collect();
    let archive = |hashes| Reference {
        kind: "distribution",
        url: purl.clone(),
        comment: "The archive that was installed has one of these digests.",
        hashes,
    };
    Component {
        kind: "library",
        reference: purl.clone(),
        name: work.name.clone(),
        version: work.version.clone(),
        licenses: licences(work),
        references: (!hashes.is_empty()).then(|| archive(hashes)).into_iter().collect(),
        purl: Some(purl.clone()),
        ..Component::default()
    }
}

/// An expression where the metadata have one, else a name: which licence somebody means with `BSD`
/// is not for us to say.
fn licences(work: &Work) -> Vec<Licence> {
    let text = one_line(&work.licence);
    if text.is_empty() {
        return Vec::new();
    }
    vec![match spdx::Expression::parse(&text) {
        Ok(_) => Licence::Expression(text),
        Err(_) => Licence::License(Named { name: text }),
    }]
}

/// The digest of a tree of the payload, as the manifest has it.
fn tree(manifest: &Manifest, name: &str) -> Vec<Property> {
    let digest = manifest.digests.get(name).map(|it| it.as_str().to_owned());
    digest.into_iter().map(|value| Property { name: "waterskin:tree", value }).collect()
}

/// A digest that begins with the name of its kind.
fn hash(text: &str) -> Option<Hash> {
    let (kind, content) = text.split_once([':', '='])?;
    let (alg, length) = match kind {
        "sha256" => ("SHA-256", 64),
        "sha384" => ("SHA-384", 96),
        "sha512" => ("SHA-512", 128),
        _ => return None,
    };
    let is_hex = content.len() == length && content.bytes().all(|it| it.is_ascii_hexdigit());
    is_hex.then(|| Hash { alg, content: content.to_owned() })
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}
