use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::stream::try_unfold;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap,
    HeaderName, HeaderValue, LAST_MODIFIED,
};
use http::{Method, Response, StatusCode};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use percent_encoding::percent_decode_str;

use crate::body::{Body, BoxError, empty, full};
use crate::conditional::{Selection, Version};
use crate::platform;

/// How much of a file is read at once, and so the most of it that is held in memory.
const CHUNK: u64 = 128 * 1024;

/// How long a browser may keep a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// It asks each time whether there is a newer one.
    Revalidate,
    /// A year: the file's name changes with its content.
    Immutable,
}

/// Files of a folder that the proxy answers by itself, so that a page loads while its app starts.
///
/// Only `GET` and `HEAD` for a file that is there are answered here. Everything else, for example
/// a path with `..` or a request for several ranges, goes to the app as it came.
#[derive(Clone, Debug)]
pub struct StaticFiles {
    directory: PathBuf,
    edition: String,
    files: Vec<(String, PathBuf, Cache)>,
    trees: Vec<(String, PathBuf, Cache)>,
}

impl StaticFiles {
    /// Answers nothing yet.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            edition: String::new(),
            files: Vec::new(),
            trees: Vec::new(),
        }
    }

    /// Names the edition of the folder, which becomes a part of every `ETag`.
    ///
    /// Without it, a file's version is its time and size, as for Streamlit's own server. Files of
    /// a reproducible package all have the same time, and a new page may have the old one's size:
    /// a browser that kept the old one would be told that it is still good.
    #[must_use]
    pub fn edition(mut self, edition: &str) -> Self {
        edition.clone_into(&mut self.edition);
        self
    }

    /// Answers exactly this URL path with the file `name` of the folder.
    #[must_use]
    pub fn file(mut self, path: &str, name: &str, cache: Cache) -> Self {
        self.files.push((path.to_owned(), self.directory.join(name), cache));
        self
    }

    /// Answers every URL path that begins with `prefix`, which ends in a slash, with the file of
    /// that name below the folder's folder `name`.
    #[must_use]
    pub fn tree(mut self, prefix: &str, name: &str, cache: Cache) -> Self {
        self.trees.push((prefix.to_owned(), self.directory.join(name), cache));
        self
    }

    /// The answer, when the request is for one of these files.
    pub(crate) async fn answer(
        &self,
        method: &Method,
        path: &str,
        request: &HeaderMap,
    ) -> Option<Response<Body>> {
        let with_body = match *method {
            Method::GET => true,
            Method::HEAD => false,
            _ => return None,
        };
        let (file, cache) = self.find(path)?;
        let kind = content_type(&file);
        if let Some(found) = platform::in_memory(&file, CHUNK) {
            let version = Version::new(found.modified, found.bytes.len() as u64, &self.edition);
            return respond(Found::of_bytes(version, found.bytes, request, with_body), cache, kind);
        }
        let (request, edition) = (request.clone(), self.edition.clone());
        // One trip to a thread that may block, for all but large files.
        let opened =
            tokio::task::spawn_blocking(move || open(&file, &edition, &request, with_body)).await;
        let found = opened.ok()?.ok()?;
        respond(found, cache, kind)
    }

    /// The file that a URL path stands for, whether it exists or not.
    fn find(&self, path: &str) -> Option<(PathBuf, Cache)> {
        if let Some((_, file, cache)) = self.files.iter().find(|(it, ..)| it == path) {
            return Some((file.clone(), *cache));
        }
        self.trees.iter().find_map(|(prefix, folder, cache)| {
            let file = below(folder, path.strip_prefix(prefix.as_str())?)?;
            Some((file, *cache))
        })
    }
}

/// The path below `folder`, when every segment is the plain name of a file or folder on every
/// system: no `..`, no drive or stream (`:`), no separator that was encoded.
fn below(folder: &Path, path: &str) -> Option<PathBuf> {
    let decoded = percent_decode_str(path).decode_utf8().ok()?;
    let is_plain = |segment: &str| {
        !segment.is_empty()
            && !segment.ends_with(['.', ' '])
            && !segment.contains(|c: char| c.is_control() || matches!(c, '\\' | ':'))
    };
    // A slash that was encoded would be a separator for the file system only.
    let encoded_slash = path.to_ascii_lowercase().contains("%2f");
    (!encoded_slash && decoded.split('/').all(is_plain))
        .then(|| decoded.split('/').fold(folder.to_owned(), |path, segment| path.join(segment)))
}

/// What Streamlit's server names a file's type. It sets the types of scripts itself, whatever the
/// system says (`web/bootstrap.py`, 1.67.0).
fn content_type(file: &Path) -> HeaderValue {
    let extension = file.extension().and_then(|it| it.to_str()).unwrap_or("");
    if matches!(extension, "js" | "mjs") {
        return HeaderValue::from_static("application/javascript");
    }
    let guess = mime_guess::from_path(file).first_or_octet_stream();
    let text = match guess.type_() {
        mime_guess::mime::TEXT => format!("{}; charset=utf-8", guess.essence_str()),
        _ => guess.essence_str().to_owned(),
    };
    HeaderValue::try_from(text)
        .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"))
}

/// An opened file and the part of it to send.
struct Found {
    version: Version,
    size: u64,
    selection: Selection,
    /// The first chunk of the part; empty for `HEAD`.
    first: Vec<u8>,
    /// The file after the first chunk, and how much of the part is left in it.
    rest: Option<(fs_err::File, u64)>,
}

fn open(path: &Path, edition: &str, request: &HeaderMap, with_body: bool) -> io::Result<Found> {
    let mut file = fs_err::File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let size = metadata.len();
    let version = Version::new(metadata.modified()?, size, edition);
    let selection = version.select(request);
    let mut found = Found { version, size, selection, first: Vec::new(), rest: None };
    if let (true, Some(part)) = (with_body, found.part()) {
        if part.start > 0 {
            file.seek(SeekFrom::Start(part.start))?;
        }
        let left = part.end - part.start;
        found.first = read_chunk(&mut file, left)?;
        let left = left - found.first.len() as u64;
        found.rest = (left > 0).then_some((file, left));
    }
    Ok(found)
}

impl Found {
    /// The same as [`open`] gives, of a file that is read already.
    fn of_bytes(
        version: Version,
        mut bytes: Vec<u8>,
        request: &HeaderMap,
        with_body: bool,
    ) -> Self {
        let (size, selection) = (bytes.len() as u64, version.select(request));
        let mut found = Self { version, size, selection, first: Vec::new(), rest: None };
        if let (true, Some(part)) = (with_body, found.part()) {
            // Both ends are within the file, which is no longer than memory.
            bytes.truncate(part.end as usize);
            bytes.drain(..part.start as usize);
            found.first = bytes;
        }
        found
    }

    fn part(&self) -> Option<Range<u64>> {
        match &self.selection {
            Selection::Whole => Some(0..self.size),
            Selection::Part(range) => Some(range.clone()),
            Selection::NotModified | Selection::Unsatisfiable | Selection::Other => None,
        }
    }
}

fn read_chunk(file: &mut fs_err::File, left: u64) -> io::Result<Vec<u8>> {
    let wanted = left.min(CHUNK);
    let mut chunk = Vec::with_capacity(usize::try_from(wanted).unwrap_or(0));
    file.take(wanted).read_to_end(&mut chunk)?;
    if (chunk.len() as u64) < wanted {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(chunk)
}

/// The answer; `None` when the app should give it.
fn respond(found: Found, cache: Cache, kind: HeaderValue) -> Option<Response<Body>> {
    let text = |text: String| HeaderValue::try_from(text).ok();
    let mut fields: Vec<(HeaderName, HeaderValue)> = Vec::new();
    let part = found.part();
    let status = match &found.selection {
        Selection::Other => return None,
        Selection::NotModified => {
            fields.push((ETAG, text(found.version.etag)?));
            StatusCode::NOT_MODIFIED
        }
        Selection::Unsatisfiable => {
            fields.push((CONTENT_RANGE, text(format!("bytes */{}", found.size))?));
            fields.push((CONTENT_LENGTH, HeaderValue::from_static("0")));
            fields.push((CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")));
            StatusCode::RANGE_NOT_SATISFIABLE
        }
        selection @ (Selection::Whole | Selection::Part(_)) => {
            let part = part?;
            fields.push((CONTENT_TYPE, kind));
            fields.push((ACCEPT_RANGES, HeaderValue::from_static("bytes")));
            fields.push((CONTENT_LENGTH, HeaderValue::from(part.end - part.start)));
            fields.push((LAST_MODIFIED, text(found.version.last_modified)?));
            fields.push((ETAG, text(found.version.etag)?));
            fields.push((CACHE_CONTROL, HeaderValue::from_static(cache.field())));
            if *selection == Selection::Whole {
                StatusCode::OK
            } else {
                let (first, last) = (part.start, part.end - 1);
                fields.push((CONTENT_RANGE, text(format!("bytes {first}-{last}/{}", found.size))?));
                StatusCode::PARTIAL_CONTENT
            }
        }
    };
    let body = match found.rest {
        Some((file, left)) => streamed(found.first, file, left),
        None if found.first.is_empty() => empty(),
        None => full(found.first),
    };
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer.headers_mut().extend(fields);
    Some(answer)
}

impl Cache {
    fn field(self) -> &'static str {
        match self {
            Self::Revalidate => "no-cache",
            Self::Immutable => "public, immutable, max-age=31536000",
        }
    }
}

/// The first chunk and then the rest, read as the window takes it.
fn streamed(first: Vec<u8>, file: fs_err::File, left: u64) -> Body {
    let chunks = try_unfold((first, Some(file), left), |(ready, file, left)| async move {
        if !ready.is_empty() {
            return Ok(Some((Frame::data(Bytes::from(ready)), (Vec::new(), file, left))));
        }
        let Some(mut file) = file.filter(|_| left > 0) else { return Ok(None) };
        let read = move || read_chunk(&mut file, left).map(|chunk| (chunk, file));
        let (chunk, file) = tokio::task::spawn_blocking(read).await??;
        let left = left - chunk.len() as u64;
        Ok::<_, BoxError>(Some((Frame::data(Bytes::from(chunk)), (Vec::new(), Some(file), left))))
    });
    StreamBody::new(chunks).boxed_unsync()
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Cache, StaticFiles, content_type};

    fn files() -> StaticFiles {
        StaticFiles::new("/app's/ä static").file("/", "index.html", Cache::Revalidate).tree(
            "/static/",
            "static",
            Cache::Immutable,
        )
    }

    #[test]
    fn finds_what_it_was_told_and_nothing_above_it() {
        let found = |path| files().find(path);
        let file = |name: &str| PathBuf::from("/app's/ä static").join(name);
        assert_eq!(found("/"), Some((file("index.html"), Cache::Revalidate)));
        assert_eq!(found("/static/js/a.js"), Some((file("static/js/a.js"), Cache::Immutable)));
        assert_eq!(found("/static/a%20%C3%A9.js"), Some((file("static/a é.js"), Cache::Immutable)));
        for path in [
            "/index.html",
            "//",
            "/static",
            "/static/",
            "/static/js/",
            "/static//a.js",
            "/Static/a.js",
            "/x",
            "/static/../index.html",
            "/static/%2e%2e/index.html",
            "/static/%2E./a",
            "/static/a/..%2f..%2fb",
            "/static/a%5c..%5cb",
            "/static/..\\b",
            "/static/./a.js",
            "/static/c:/a",
            "/static/a.js::$DATA",
            "/static/a%00.js",
            "/static/%ff.js",
            "/static/a.js.",
            "/static/a.js%20",
            "/static/a%2Fb.js",
            "/static//etc/passwd",
            "/static/%2fetc/passwd",
        ] {
            assert_eq!(found(path), None, "{path}");
        }
    }

    #[test]
    fn types_are_those_of_streamlit() {
        for (name, kind) in [
            ("index.html", "text/html; charset=utf-8"),
            ("a.js", "application/javascript"),
            ("a.css", "text/css; charset=utf-8"),
            ("manifest.json", "application/json"),
            ("a.woff2", "font/woff2"),
            ("favicon.png", "image/png"),
            ("a.svg", "image/svg+xml"),
            ("a.gif", "image/gif"),
            ("a", "application/octet-stream"),
        ] {
            assert_eq!(content_type(Path::new(name)), kind, "{name}");
        }
    }
}
