//! What `verbalize` says, `itn` writes back.

use sprog_text::itn::{Options, itn};
use sprog_text::verbalize::verbalize;

const BEST: Options = Options { max_readings: 1 };

fn back(written: &str) -> String {
    itn(&verbalize(written, &BEST).spoken, &BEST).written
}

/// Full stops between groups, and blanks in a telephone number, are the writer's choice.
fn digits(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '.' | ' ')).collect()
}

fn assert_cardinal(n: u64) {
    let written = n.to_string();
    assert_eq!(digits(&back(&written)), written, "{n}: {}", verbalize(&written, &BEST).spoken);
}

#[test]
fn cardinals_come_back() {
    (0..10_000).chain((10_000..1_000_000).step_by(97)).for_each(assert_cardinal);
}

#[test]
#[ignore = "a million numbers: run with --release"]
fn every_cardinal_below_a_million_comes_back() {
    (0..1_000_000).for_each(assert_cardinal);
}

/// SplitMix64, so that the numbers are the same in every run.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn large_numbers_come_back(count: usize) {
    let mut state = 1;
    for index in 0..count {
        let magnitude = 10_u64.pow(7 + (index % 9) as u32);
        let n = random(&mut state) % magnitude;
        assert_cardinal(n);
        // Sparse numbers: "en milliard og et".
        let unit = 10_u64.pow((index % 7) as u32 * 2);
        assert_cardinal((n / unit) * unit + n % 3);
    }
}

#[test]
fn a_thousand_large_cardinals_come_back() {
    large_numbers_come_back(1_000);
}

#[test]
#[ignore = "100,000 numbers: run with --release"]
fn cardinals_below_ten_to_the_fifteenth_come_back() {
    large_numbers_come_back(100_000);
}

#[test]
fn cardinals_with_full_stops_come_back_as_they_were() {
    for written in
        ["1.100", "12.500", "121.000", "1.000.001", "2.000.000", "999.999.999", "1.000.000.000.000.000"]
    {
        assert_eq!(back(written), written);
    }
}

#[test]
fn ordinals_come_back() {
    for n in (1..1_000).filter(|n| *n != 2 && n % 100 != 0) {
        let written = format!("{n}.");
        assert_eq!(back(&written), written, "{}", verbalize(&written, &BEST).spoken);
    }
}

const MONTHS: [(&str, u32); 12] = [
    ("januar", 31),
    ("februar", 29),
    ("marts", 31),
    ("april", 30),
    ("maj", 31),
    ("juni", 30),
    ("juli", 31),
    ("august", 31),
    ("september", 30),
    ("oktober", 31),
    ("november", 30),
    ("december", 31),
];

fn is_date(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    month != 2 || day < 29 || leap
}

fn dates_come_back(years: impl Iterator<Item = u32>) {
    let all = Options::default();
    for year in years {
        for (index, (name, days)) in MONTHS.iter().enumerate() {
            let month = index as u32 + 1;
            for day in (1..=*days).filter(|day| is_date(year, month, *day)) {
                let written = format!("{day}. {name} {year}");
                assert_eq!(back(&written), written);
                for other in [format!("{year}-{month:02}-{day:02}"), format!("{day:02}.{month:02}.{year}")] {
                    let found = itn(&verbalize(&other, &BEST).spoken, &all);
                    assert!(found.readings.contains(&other), "{other}: {:?}", found.readings);
                }
            }
        }
    }
}

#[test]
fn dates_of_some_years_come_back() {
    dates_come_back([1900, 1905, 1984, 2000, 2008, 2024, 2100].into_iter());
}

#[test]
#[ignore = "73,000 dates: run with --release"]
fn every_date_from_1900_to_2100_comes_back() {
    dates_come_back(1900..=2100);
}

#[test]
fn every_minute_of_the_day_comes_back() {
    let all = Options::default();
    for minute in 0..24 * 60 {
        let (hour, minute) = (minute / 60, minute % 60);
        let written = format!("kl. {hour}.{minute:02}");
        let found = itn(&verbalize(&written, &BEST).spoken, &all);
        assert!(found.readings.contains(&written), "{written}: {:?}", found.readings);
        if minute > 0 {
            assert_eq!(found.written, written);
        }
        let colon = format!("kl. {hour:02}:{minute:02}");
        let found = itn(&verbalize(&colon, &BEST).spoken, &all);
        assert!(found.readings.contains(&colon), "{colon}: {:?}", found.readings);
    }
}

#[test]
fn times_by_the_dial_come_back() {
    let all = Options::default();
    for minute in 0..12 * 60 {
        let (hour, minute) = (1 + minute / 60, minute % 60);
        let written = format!("kl. {hour}.{minute:02}");
        for span in verbalize(&written, &all).spans {
            for reading in span.readings {
                let found = itn(&reading, &all);
                assert!(found.readings.contains(&written), "{written}, {reading}: {:?}", found.readings);
            }
        }
    }
}

#[test]
fn readings_of_numbers_all_come_back() {
    let all = Options::default();
    for n in (0..10_000).step_by(7).chain([1_001, 1_100, 1_101, 100_000, 101_000, 1_000_001]) {
        let written = n.to_string();
        for span in verbalize(&written, &all).spans {
            for reading in span.readings {
                assert_eq!(digits(&itn(&reading, &BEST).written), written, "{reading}");
            }
        }
    }
}
