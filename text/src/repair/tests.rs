use super::*;

fn fixed(text: &str) -> String {
    repair(text, &Options::default()).text.into_owned()
}

#[test]
fn damage_is_found_and_clean_text_is_not() {
    for text in ["pÃ¥ Ã†rÃ¸", "Â§ 12", "den â€œsidsteâ€\u{9d}", "gr\u{fffd}d", "FÃ¦rÃ¸erne"]
    {
        assert!(first_garbled(text).is_some(), "{text}");
    }
    for text in ["São Paulo, château, Âge d’or", "æøåÆØÅé §“”–…", ""] {
        assert_eq!(first_garbled(text), None, "{text}");
    }
}

#[test]
fn a_damaged_passage_is_repaired_and_the_clean_rest_stays() {
    assert_eq!(fixed("på dansk: »pÃ¥ Ã†rÃ¸« – så"), "på dansk: »på Ærø« – så");
}
