//! Byte ranges (RFC 9110, section 14.1.2).

/// What a `Range` field asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it: no range, or one that is not understood.
    Whole,
    /// A part, both ends included.
    Part {
        /// First byte.
        first: u64,
        /// Last byte.
        last: u64,
    },
    /// Nothing that is there.
    Nothing,
}

impl Wanted {
    /// Reads the field for a file of `total` bytes. Of several ranges the first is given.
    pub(super) fn parse(field: &str, total: u64) -> Wanted {
        let Some((unit, set)) = field.split_once('=') else { return Wanted::Whole };
        if !unit.trim().eq_ignore_ascii_case("bytes") {
            return Wanted::Whole;
        }
        let spec = set.split(',').next().unwrap_or_default().trim();
        let Some((first, last)) = spec.split_once('-') else { return Wanted::Whole };
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if !digits(first) || !digits(last) {
            return Wanted::Whole;
        }
        // A number too large to hold is past every end.
        let number = |text: &str| text.parse().unwrap_or(u64::MAX);
        match (first.is_empty(), last.is_empty()) {
            (true, true) => Wanted::Whole,
            (true, false) => match number(last).min(total) {
                0 => Wanted::Nothing,
                suffix => Wanted::Part { first: total - suffix, last: total - 1 },
            },
            (false, open) => {
                let first = number(first);
                let last = if open { u64::MAX } else { number(last) };
                if last < first {
                    Wanted::Whole
                } else if first >= total {
                    Wanted::Nothing
                } else {
                    Wanted::Part { first, last: last.min(total - 1) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_has_them() {
        let part = |first, last| Wanted::Part { first, last };
        for (field, expected) in [
            ("bytes=0-3", part(0, 3)),
            ("bytes=5-", part(5, 9)),
            ("bytes=-4", part(6, 9)),
            ("bytes=-40", part(0, 9)),
            ("bytes=3-99999999999999999999999", part(3, 9)),
            ("bytes=1-2, 4-5", part(1, 2)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=99999999999999999999-", Wanted::Nothing),
            ("bytes=4-3", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("lines=0-3", Wanted::Whole),
            ("bytes", Wanted::Whole),
        ] {
            assert_eq!(Wanted::parse(field, 10), expected, "{field}");
        }
        assert_eq!(Wanted::parse("bytes=0-", 0), Wanted::Nothing);
        assert_eq!(Wanted::parse("bytes=-1", 0), Wanted::Nothing);
    }
}
