use std::fs::File;
use std::io::{self, BufReader, BufWriter, Cursor, Read, Seek, Write};
use std::time::{Duration, SystemTime};

use cfb::{CompoundFile, Version};
use msi::{CodePage, Insert, LanguageId, Package, PackageType};

use super::product::Product;
use super::tables::{ICON, Table};
use crate::archive::BUFFER;

/// What Windows Installer must be, 5.0, which every system that runs the shell has.
const SCHEMA: i32 = 500;
/// Its files are compressed in cabinets.
const COMPRESSED: i32 = 2;
/// Opened for reading only.
const READ_ONLY: i32 = 2;

/// What stands in for a cabinet in the database until that is written out.
const MARK: &str = "the cabinet ";

/// Everything but the cabinets, which are of any size, in memory.
pub(super) fn database(
    product: &Product,
    tables: Vec<Table>,
    icon: &[u8],
    time: u64,
    cabinets: &[&str],
) -> io::Result<Vec<u8>> {
    let mut package = Package::create(PackageType::Installer, Cursor::new(Vec::new()))?;
    package.set_database_codepage(CodePage::Utf8);
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(time);
    let about = package.summary_info_mut();
    about.set_codepage(CodePage::Utf8);
    about.set_title("Installation Database");
    about.set_subject(product.name.as_str());
    about.set_author(product.publisher.as_str());
    about.set_comments(product.summary.as_str());
    about.set_keywords(&["Installer".to_owned()]);
    about.set_arch("x64");
    about.set_languages(&[LanguageId::from_tag("en-US")]);
    about.set_uuid(product.package_code());
    about.set_page_count(SCHEMA);
    about.set_word_count(COMPRESSED);
    about.set_doc_security(READ_ONLY);
    about.set_creation_time(time);
    about.set_last_save_time(time);
    about.set_creating_application("Waterskin");
    for table in tables {
        package.create_table(table.name, table.columns)?;
        if !table.rows.is_empty() {
            package.insert_rows(Insert::into(table.name).rows(table.rows))?;
        }
    }
    package.write_stream(&format!("Icon.{ICON}"))?.write_all(icon)?;
    for cabinet in cabinets {
        package.write_stream(cabinet)?.write_all(format!("{MARK}{cabinet}").as_bytes())?;
    }
    package.flush()?;
    Ok(package.into_inner()?.into_inner())
}

/// Writes the package into `output`, with the cabinets in it. The compound file has version 3, with
/// sectors of 512 bytes: what signs packages on other systems than Windows reads no other.
pub(super) fn write(
    database: Vec<u8>,
    cabinets: Vec<(&str, File)>,
    output: impl Read + Write + Seek,
) -> io::Result<()> {
    let mut from = CompoundFile::open(Cursor::new(database))?;
    let mut to = CompoundFile::create_with_version(Version::V3, output)?;
    to.set_storage_clsid("/", *from.root_entry().clsid())?;
    let mut cabinets: Vec<_> =
        cabinets.into_iter().map(|(name, file)| (format!("{MARK}{name}"), file)).collect();
    let streams: Vec<_> =
        from.walk().filter(cfb::Entry::is_stream).map(|entry| entry.path().to_owned()).collect();
    for path in streams {
        let mut content = Vec::new();
        from.open_stream(&path)?.read_to_end(&mut content)?;
        let mut stream = BufWriter::with_capacity(BUFFER, to.create_stream(&path)?);
        match cabinets.iter().position(|(mark, _)| mark.as_bytes() == content) {
            Some(at) => {
                let (_, cabinet) = cabinets.swap_remove(at);
                io::copy(&mut BufReader::with_capacity(BUFFER, cabinet), &mut stream)?;
            }
            None => stream.write_all(&content)?,
        }
        stream.flush()?;
    }
    to.flush()
}
