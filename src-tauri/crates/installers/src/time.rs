use std::time::{Duration, SystemTime};

use ::time::OffsetDateTime;

/// The time of every file in an archive where the author gives none: 2025-01-01, long enough ago
/// that no clock is behind it.
const DEFAULT: u64 = 1_735_689_600;

/// Seconds since 1970 for everything in an archive: `SOURCE_DATE_EPOCH`, which the makers of
/// reproducible builds agreed on, or a constant.
pub(crate) fn of_build() -> u64 {
    let given = std::env::var("SOURCE_DATE_EPOCH").ok();
    // What a 32-bit field can't hold is no time of a build.
    given.and_then(|text| text.trim().parse::<u32>().ok()).map_or(DEFAULT, u64::from)
}

/// The form that Debian's changelogs have (RFC 5322): `Wed, 01 Jan 2025 00:00:00 +0000`.
pub(crate) fn in_mail_form(seconds: u64) -> String {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    httpdate::fmt_http_date(time).replace("GMT", "+0000")
}

/// The form of ISO 8601 that documents for programs have: `2025-01-01T00:00:00Z`.
pub(crate) fn in_iso_form(seconds: u64) -> String {
    let Some(it) = parts(seconds) else { return String::new() };
    let (month, hour, minute) = (u8::from(it.month()), it.hour(), it.minute());
    let date = format!("{:04}-{month:02}-{:02}", it.year(), it.day());
    format!("{date}T{hour:02}:{minute:02}:{:02}Z", it.second())
}

/// Year, month, day, hour, minute and second; nothing for a year that no calendar has.
pub(crate) fn parts(seconds: u64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(i64::try_from(seconds).ok()?).ok()
}

/// The year, for a copyright notice.
pub(crate) fn year(seconds: u64) -> String {
    in_mail_form(seconds).split(' ').nth(3).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_changelogs() {
        assert_eq!(in_mail_form(DEFAULT), "Wed, 01 Jan 2025 00:00:00 +0000");
        assert_eq!(year(DEFAULT), "2025");
        assert_eq!(in_iso_form(DEFAULT + 3_723), "2025-01-01T01:02:03Z");
    }
}
