use camino::Utf8Path;
use object_rewrite::Rewriter;

use super::ElfError;

/// Makes `search_path` the one place where a program or library looks for what it needs, before
/// the environment and the system.
///
/// It is written as `DT_RPATH`, not `DT_RUNPATH`: only that one wins over the recipient's
/// `LD_LIBRARY_PATH`, which conda and vendors' scripts like to set (ld.so(8)).
//
// `object-rewrite` leaves the program headers at the file's start. The crate `elb` 0.4.1 moves them
// to a segment whose address and offset differ, and Linux before 5.18 computes `AT_PHDR` from the
// offset, so a program so changed crashes there at its start.
pub(crate) fn set_search_path(file: &Utf8Path, search_path: &str) -> Result<(), ElfError> {
    let data = fs_err::read(file).map_err(ElfError::file("read", file))?;
    let rewritten = rewrite(&data, search_path)
        .map_err(|source| ElfError::SearchPath { path: file.to_owned(), source })?;
    fs_err::write(file, rewritten).map_err(ElfError::file("write", file))
}

fn rewrite(data: &[u8], search_path: &str) -> object_rewrite::Result<Vec<u8>> {
    let mut rewriter = Rewriter::read(data)?;
    // An old entry is removed first: there may be one of each kind.
    rewriter.elf_delete_runpath()?;
    rewriter.elf_set_runpath(search_path.as_bytes().to_vec())?;
    rewriter.elf_use_rpath()?;
    let mut rewritten = Vec::with_capacity(data.len() + 64 * 1024);
    rewriter.write(&mut rewritten)?;
    Ok(rewritten)
}
