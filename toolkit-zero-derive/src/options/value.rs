//! Sizes and times as people write them.

/// Bytes: `"2MiB"`, `"512KiB"`, `"100B"`, `"1GB"` or a bare number.
pub(crate) fn size(text: &str) -> Option<u64> {
    let (number, unit) = number_and_unit(text)?;
    let factor: u64 = match unit {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "kB" | "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => return None,
    };
    number.checked_mul(factor)
}

/// Milliseconds: `"2s"`, `"500ms"`, `"1m"`, `"1h"`; a time of zero is none.
pub(crate) fn milliseconds(text: &str) -> Option<u64> {
    let (number, unit) = number_and_unit(text)?;
    let factor: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number
        .checked_mul(factor)
        .filter(|milliseconds| *milliseconds > 0)
}

fn number_and_unit(text: &str) -> Option<(u64, &str)> {
    let end = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    Some((number.parse().ok()?, unit.trim_start_matches(' ')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_know_binary_and_decimal_units() {
        assert_eq!(size("2MiB"), Some(2 << 20));
        assert_eq!(size("512 KiB"), Some(512 << 10));
        assert_eq!(size("3kB"), Some(3_000));
        assert_eq!(size("7"), Some(7));
        for wrong in ["", "MiB", "2 potatoes", "-1MiB", "1.5MiB", "99999999999GiB"] {
            assert_eq!(size(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_want_a_unit() {
        assert_eq!(milliseconds("2s"), Some(2_000));
        assert_eq!(milliseconds("500ms"), Some(500));
        assert_eq!(milliseconds("1m"), Some(60_000));
        for wrong in ["", "2", "-1s", "0s", "2 years"] {
            assert_eq!(milliseconds(wrong), None, "{wrong}");
        }
    }
}
