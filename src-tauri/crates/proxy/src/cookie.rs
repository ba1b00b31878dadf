//! `Cookie` fields as bytes (RFC 6265 section 5.4): a browser sends one field with pairs between
//! semicolons; several fields and malformed pairs are met too and must not get lost.

use http::header::{COOKIE, HeaderMap, HeaderValue};

/// The values of every pair called `name`, in every `Cookie` field.
pub(crate) fn values<'a>(
    headers: &'a HeaderMap,
    name: &'a str,
) -> impl Iterator<Item = &'a [u8]> + 'a {
    headers.get_all(COOKIE).iter().flat_map(|field| pairs(field.as_bytes())).filter_map(
        move |pair| {
            let (key, value) = split(pair);
            (key == name.as_bytes()).then_some(value)
        },
    )
}

/// The field without the pairs whose name `keep` rejects. `None` when nothing is left.
///
/// A field that loses nothing comes back byte for byte.
pub(crate) fn filtered(field: &HeaderValue, keep: impl Fn(&[u8]) -> bool) -> Option<HeaderValue> {
    let bytes = field.as_bytes();
    if pairs(bytes).all(|pair| keep(split(pair).0)) {
        return Some(field.clone());
    }
    let kept: Vec<&[u8]> =
        pairs(bytes).filter(|pair| !pair.is_empty() && keep(split(pair).0)).collect();
    if kept.is_empty() {
        return None;
    }
    // The pieces come from a valid value, so they make one; were they not, the field goes.
    HeaderValue::from_bytes(&kept.join(&b"; "[..])).ok()
}

fn pairs(field: &[u8]) -> impl Iterator<Item = &[u8]> {
    field.split(|byte| *byte == b';').map(<[u8]>::trim_ascii)
}

fn split(pair: &[u8]) -> (&[u8], &[u8]) {
    match pair.iter().position(|byte| *byte == b'=') {
        Some(at) => (pair[..at].trim_ascii_end(), pair[at + 1..].trim_ascii_start()),
        None => (pair, b""),
    }
}

#[cfg(test)]
mod tests {
    use http::header::{COOKIE, HeaderMap, HeaderValue};

    use super::{filtered, values};

    #[test]
    fn finds_every_pair_of_the_name_in_every_field() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=1; gate=x;gate = y ; b"));
        headers.append(COOKIE, HeaderValue::from_bytes(b"\xff=\xfe; gate=z=w").unwrap());
        let found: Vec<&[u8]> = values(&headers, "gate").collect();
        assert_eq!(found, [&b"x"[..], b"y", b"z=w"]);
    }

    #[test]
    fn keeps_the_bytes_of_what_stays() {
        let keep = |name: &[u8]| name != b"gate";
        let case = |text: &'static [u8]| {
            filtered(&HeaderValue::from_bytes(text).unwrap(), keep)
                .map(|value| value.as_bytes().to_vec())
        };
        assert_eq!(case(b"a=1;b=2 ;; c").unwrap(), b"a=1;b=2 ;; c");
        assert_eq!(case(b"gate=1"), None);
        assert_eq!(case(b" gate=1 ; "), None);
        assert_eq!(case(b"a=\"1\"; gate=1; \xe9=|").unwrap(), b"a=\"1\"; \xe9=|");
        assert_eq!(case(b"gate=1;a=x=y").unwrap(), b"a=x=y");
        assert_eq!(case(b"gated=1; =gate").unwrap(), b"gated=1; =gate");
    }
}
