//! What the fuzz targets check, on a few thousand inputs put together by chance.

#[path = "../fuzz/checks/contamination.rs"]
mod contamination;
#[path = "../fuzz/checks/dedup.rs"]
mod dedup;
#[path = "../fuzz/checks/langid.rs"]
mod langid;
#[path = "../fuzz/checks/normalize.rs"]
mod normalize;
#[path = "../fuzz/checks/pii.rs"]
mod pii;
#[path = "../fuzz/checks/profile.rs"]
mod profile;
#[path = "../fuzz/checks/repair.rs"]
mod repair;
#[path = "../fuzz/checks/segment.rs"]
mod segment;
#[path = "../fuzz/checks/tokenizer_json.rs"]
mod tokenizer_json;
#[path = "../fuzz/checks/verbalize.rs"]
mod verbalize;

#[test]
fn invariants_hold_on_scrambled_bytes() {
    const PIECES: [&str; 48] = [
        "aa",
        "-\n",
        "å",
        "a\u{30a}",
        "\u{ad}",
        " ",
        "\n",
        "42",
        ".",
        "kg",
        "’",
        "\u{200d}",
        "é",
        "Mand",
        "\u{301}",
        "0",
        "1.000",
        "010190-1234",
        "kl. ",
        "§ 12, stk. ",
        "kr.",
        "%",
        "Ã¸",
        "Ã†",
        "â€œ",
        "\u{fffd}",
        "?",
        "{",
        "|",
        "&oslash;",
        "=C3=A6",
        "@",
        "www.",
        "IV",
        "Christian ",
        "3. december",
        "tooghalvfjerds",
        "tusind",
        "og",
        "»",
        "\u{202e}",
        "\0",
        "H.C.",
        "f.eks.",
        "Vestergade 7",
        "DK50",
        "tlf. ",
        "/",
    ];
    let mut state = 1u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for round in 0..2000 {
        let mut data = Vec::new();
        for _ in 0..next(24) {
            data.extend_from_slice(PIECES[next(PIECES.len())].as_bytes());
            if round % 7 == 0 && next(5) == 0 {
                data.push(next(256) as u8);
            }
        }
        contamination::check(&data);
        dedup::check(&data);
        langid::check(&data);
        normalize::check_normalize(&data);
        normalize::check_score(&data);
        pii::check(&data);
        profile::check(&data);
        repair::check(&data);
        segment::check(&data);
        tokenizer_json::check(&data);
        verbalize::check(&data);
    }
}
