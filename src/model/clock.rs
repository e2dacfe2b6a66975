//! What time it is: the machine's, or the one that `DUIBIAO_NOW` names, so that a year can be played
//! through in minutes. Whatever goes by the calendar asks here; how long something took does not.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The variable of the environment that names another time, as RFC 3339.
pub const VARIABLE: &str = "DUIBIAO_NOW";

/// When this process began: in its own time, and as it is measured.
static BEGAN: LazyLock<(Option<Timestamp>, Instant)> =
    LazyLock::new(|| (named().and_then(Result::ok), Instant::now()));

/// Returns the time.
pub fn now() -> Timestamp {
    let (named, since) = *BEGAN;
    let passed = named.and_then(|began| began.checked_add(since.elapsed()).ok());
    passed.unwrap_or_else(Timestamp::now)
}

/// Returns the text that was named as the time, or what is wrong with it; none where none was named.
pub fn named() -> Option<Result<Timestamp, String>> {
    let text = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty())?;
    Some(text.parse().map_err(|_| text))
}

/// Returns a time zone by its name, such as `Asia/Shanghai`; that of the machine where none is named.
pub fn zone(name: Option<&str>) -> Option<TimeZone> {
    match name {
        Some(name) => TimeZone::get(name).ok(),
        None => Some(TimeZone::system()),
    }
}

/// Returns how long ago a time was; nothing for one that is to come.
pub fn since(earlier: Timestamp) -> Duration {
    Duration::try_from(now().duration_since(earlier)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_by_their_names() {
        assert!(zone(Some("Asia/Shanghai")).is_some() && zone(None).is_some());
        assert!(zone(Some("Asia/Nowhere")).is_none());
    }
}
