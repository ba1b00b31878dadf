//! A signature by nobody (`codesign --sign -`), as the kernel and Gatekeeper read it (xnu,
//! `osfmk/kern/cs_blobs.h`): what the program is, page by page, and what belongs to it.

use sha2::{Digest as _, Sha256};

use super::mach_o::{MachO, MachOError};

/// What the signature of a bundle's program covers besides the program.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seal<'a> {
    /// `Info.plist`.
    pub info: &'a [u8],
    /// `_CodeSignature/CodeResources`.
    pub resources: &'a [u8],
}

const SUPER_BLOB: u32 = 0xfade_0cc0;
const CODE_DIRECTORY: u32 = 0xfade_0c02;
const REQUIREMENTS: u32 = 0xfade_0c01;
const CMS: u32 = 0xfade_0b01;
/// The version that says where the code is in the file.
const VERSION: u32 = 0x2_0400;
/// Signed by nobody.
const AD_HOC: u32 = 2;
/// The program, and no library.
const MAIN_BINARY: u64 = 1;
/// A page is so many bytes as a power of two.
const PAGE: u8 = 12;
/// The length of what comes before the name in a code directory of this version.
const DIRECTORY: usize = 88;
/// What has a digest besides the pages: `Info.plist`, requirements, and the seal.
const SPECIAL: usize = 3;
const SHA256: usize = 32;

/// The program with a signature of its own, for a bundle with this identifier.
pub(super) fn signed(
    file: &[u8],
    identifier: &str,
    seal: &Seal<'_>,
) -> Result<Vec<u8>, MachOError> {
    let mut program = MachO::unsigned(file)?;
    let requirements = blob(REQUIREMENTS, &0_u32.to_be_bytes());
    let cms = blob(CMS, &[]);
    let pages = program.bytes.len().div_ceil(1 << PAGE);
    let directory = DIRECTORY + identifier.len() + 1 + SHA256 * (SPECIAL + pages);
    // Kind and place of each of the three.
    let length = 12 + 3 * 8 + directory + requirements.len() + cms.len();
    program.announce(length)?;

    let special =
        [Sha256::digest(seal.resources), Sha256::digest(&requirements), Sha256::digest(seal.info)];
    let pages: Vec<_> = program.bytes.chunks(1 << PAGE).map(Sha256::digest).collect();
    let mut content = Vec::with_capacity(directory);
    let names = DIRECTORY + identifier.len() + 1;
    let limit = number(program.bytes.len())?;
    for field in [
        VERSION,
        AD_HOC,
        number(names + SHA256 * SPECIAL)?,
        number(DIRECTORY)?,
        number(SPECIAL)?,
        number(pages.len())?,
        limit,
    ] {
        content.extend(field.to_be_bytes());
    }
    // The length of a digest, its kind (SHA-256), the platform (none), and the length of a page.
    content.extend([32, 2, 0, PAGE]);
    // Nothing: spare, scattered, team, spare.
    content.extend([0; 16]);
    // The limit once more, where it needs 64 bits.
    content.extend(0_u64.to_be_bytes());
    for field in [program.text.0, program.text.1, MAIN_BINARY] {
        content.extend(field.to_be_bytes());
    }
    content.extend(identifier.as_bytes());
    content.push(0);
    content.extend(special.into_iter().chain(pages).flatten());
    let directory = blob(CODE_DIRECTORY, &content);

    let parts = [(0_u32, directory), (2, requirements), (0x1_0000, cms)];
    let mut at = 12 + 8 * parts.len();
    let mut content = number(parts.len())?.to_be_bytes().to_vec();
    for (kind, part) in &parts {
        content.extend(kind.to_be_bytes());
        content.extend(number(at)?.to_be_bytes());
        at += part.len();
    }
    content.extend(parts.iter().flat_map(|(_, part)| part));
    program.bytes.extend(blob(SUPER_BLOB, &content));
    Ok(program.bytes)
}

/// A part of a signature: its kind, its length with both, and its content.
fn blob(magic: u32, content: &[u8]) -> Vec<u8> {
    // A program is shorter than 4 GiB, so its digests are.
    let length = u32::try_from(content.len() + 8).unwrap_or(u32::MAX);
    [&magic.to_be_bytes()[..], &length.to_be_bytes(), content].concat()
}

fn number(length: usize) -> Result<u32, MachOError> {
    u32::try_from(length).map_err(|_| MachOError::Damaged)
}
