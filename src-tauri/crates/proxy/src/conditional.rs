//! Conditional and range requests for a file (RFC 9110 sections 13 and 14), decided as
//! Starlette 1.10's `FileResponse` and `StaticFiles` do, so that it makes no difference to a
//! browser whether the app or the proxy answers.

use std::ops::Range;
use std::time::{Duration, SystemTime};

use http::header::{HeaderMap, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, RANGE};
use md5::{Digest, Md5};

/// What tells one version of a file from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) etag: String,
    pub(crate) last_modified: String,
    modified: SystemTime,
    size: u64,
}

/// How much of the file to answer with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    Whole,
    /// 206.
    Part(Range<u64>),
    /// 304.
    NotModified,
    /// 416.
    Unsatisfiable,
    /// Several ranges, or none that can be understood: let the app answer.
    Other,
}

impl Version {
    /// `modified` and `size` are those of the file; `edition` is that of its folder, or empty.
    pub(crate) fn new(modified: SystemTime, size: u64, edition: &str) -> Self {
        let since = modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        // Python's `str(st_mtime)`: seconds as a float, in the shortest form that reads back.
        let seconds = since.as_secs() as f64 + 1e-9 * f64::from(since.subsec_nanos());
        let etag = hex::encode(Md5::digest(format!("{seconds:?}-{size}{edition}")));
        Self {
            etag: format!("\"{etag}\""),
            last_modified: httpdate::fmt_http_date(modified),
            modified: SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs()),
            size,
        }
    }

    pub(crate) fn select(&self, request: &HeaderMap) -> Selection {
        if self.is_known_to(request) {
            return Selection::NotModified;
        }
        let Some(range) = request.get(RANGE) else { return Selection::Whole };
        let current = |field: &http::HeaderValue| {
            field.as_bytes() == self.etag.as_bytes()
                || field.as_bytes() == self.last_modified.as_bytes()
        };
        if !request.get(IF_RANGE).is_none_or(current) {
            return Selection::Whole;
        }
        match range.to_str().ok().and_then(single_range) {
            Some(range) => range.of(self.size),
            None => Selection::Other,
        }
    }

    /// `If-None-Match` goes before `If-Modified-Since` (RFC 9110 section 13.2.2).
    fn is_known_to(&self, request: &HeaderMap) -> bool {
        if let Some(tags) = request.get(IF_NONE_MATCH).filter(|tags| !tags.is_empty()) {
            let Ok(tags) = tags.to_str() else { return false };
            return tags.trim() == "*"
                || tags
                    .split(',')
                    .map(str::trim)
                    .any(|tag| tag.strip_prefix("W/").unwrap_or(tag) == self.etag);
        }
        request
            .get(IF_MODIFIED_SINCE)
            .and_then(|since| since.to_str().ok())
            .and_then(|since| httpdate::parse_http_date(since).ok())
            .is_some_and(|since| since >= self.modified)
    }
}

/// One range as the request has it.
#[derive(Clone, Copy, Debug)]
enum Asked {
    From { start: u64, last: Option<u64> },
    Final(u64),
}

impl Asked {
    fn of(self, size: u64) -> Selection {
        let range = match self {
            Self::From { start, last } => {
                start..last.map_or(size, |last| last.saturating_add(1).min(size))
            }
            Self::Final(count) => size.saturating_sub(count)..size,
        };
        if range.start >= size {
            Selection::Unsatisfiable
        } else if range.is_empty() {
            Selection::Other
        } else {
            Selection::Part(range)
        }
    }
}

fn single_range(field: &str) -> Option<Asked> {
    let (unit, range) = field.split_once('=')?;
    let (start, last) = range.trim().split_once('-')?;
    // `parse` would take a sign, and a comma means several ranges.
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !unit.trim().eq_ignore_ascii_case("bytes") || !plain(start) || !plain(last) {
        return None;
    }
    match (start, last) {
        ("", "") => None,
        ("", count) => count.parse().ok().map(Asked::Final),
        (start, "") => start.parse().ok().map(|start| Asked::From { start, last: None }),
        (start, last) => {
            Some(Asked::From { start: start.parse().ok()?, last: Some(last.parse().ok()?) })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use http::header::{HeaderMap, HeaderName, HeaderValue};

    use super::{Selection, Version};

    fn version() -> Version {
        let modified = SystemTime::UNIX_EPOCH + Duration::new(1_795_410_144, 717_094_076);
        Version::new(modified, 7863, "")
    }

    fn select(fields: &[(&str, &str)]) -> Selection {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        version().select(&headers)
    }

    #[test]
    fn validators_are_those_of_starlette() {
        // Answered by streamlit 1.67.0 (starlette 1.10.0, CPython 3.11.7) for its `index.html`
        // of 7863 bytes with this modification time.
        // (Windows keeps no time to the nanosecond.)
        if cfg!(unix) {
            assert_eq!(version().etag, "\"34aea630ecb7427666f3575ca4b624d6\"");
        }
        assert_eq!(version().last_modified, "Mon, 23 Nov 2026 05:02:24 GMT");
    }

    #[test]
    fn not_modified_by_tag_or_by_date() {
        let (tag, date) = (version().etag, version().last_modified);
        let known = |name, value: &str| select(&[(name, value)]) == Selection::NotModified;
        assert!(known("if-none-match", &tag));
        assert!(known("if-none-match", &format!("\"x\", W/{tag}")));
        assert!(known("if-none-match", "*"));
        assert!(!known("if-none-match", "\"x\""));
        assert!(known("if-modified-since", &date), "the fraction of a second does not count");
        assert!(!known("if-modified-since", "Mon, 23 Nov 2026 05:02:23 GMT"));
        assert!(!known("if-modified-since", "yesterday"));
        let both = [("if-none-match", "\"x\""), ("if-modified-since", date.as_str())];
        assert_eq!(select(&both), Selection::Whole, "a tag goes before a date");
    }

    #[test]
    fn single_ranges_and_what_is_left_to_the_app() {
        let range = |value: &str| select(&[("range", value)]);
        assert_eq!(range("bytes=0-9"), Selection::Part(0..10));
        assert_eq!(range("Bytes = 5-"), Selection::Part(5..7863));
        assert_eq!(range("bytes=-5"), Selection::Part(7858..7863));
        assert_eq!(range("bytes=-9000"), Selection::Part(0..7863));
        assert_eq!(range("bytes=7862-9000"), Selection::Part(7862..7863));
        assert_eq!(range("bytes=0-18446744073709551615"), Selection::Part(0..7863));
        assert_eq!(range("bytes=7863-"), Selection::Unsatisfiable);
        assert_eq!(range("bytes=-0"), Selection::Unsatisfiable);
        for other in [
            "bytes=0-1,5-6",
            "bytes=9-5",
            "bytes=",
            "bytes=-",
            "bytes",
            "lines=0-5",
            "bytes=+1-5",
            "bytes=1-99999999999999999999",
        ] {
            assert_eq!(range(other), Selection::Other, "{other}");
        }
    }

    #[test]
    fn if_range_asks_for_the_whole_when_the_file_changed() {
        let (tag, date) = (version().etag, version().last_modified);
        let with = |condition: &str| select(&[("range", "bytes=0-0"), ("if-range", condition)]);
        assert_eq!(with(&tag), Selection::Part(0..1));
        assert_eq!(with(&date), Selection::Part(0..1));
        assert_eq!(with(&format!("W/{tag}")), Selection::Whole);
        assert_eq!(with("\"x\""), Selection::Whole);
    }

    /// An app was updated, and its new page had the size of the old one and, as everything in a
    /// reproducible package, the same time: the window kept the old page, whose scripts were gone.
    #[test]
    fn another_edition_is_another_version() {
        let old = Version::new(SystemTime::UNIX_EPOCH, 7863, "a");
        let new = Version::new(SystemTime::UNIX_EPOCH, 7863, "b");
        let mut request = HeaderMap::new();
        request.insert(http::header::IF_NONE_MATCH, old.etag.parse().unwrap());
        request.insert(http::header::IF_MODIFIED_SINCE, old.last_modified.parse().unwrap());
        assert_eq!(old.select(&request), Selection::NotModified);
        assert_eq!(new.select(&request), Selection::Whole);
    }
}
