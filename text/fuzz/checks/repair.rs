//! What holds of repair for any bytes.

use sprog_text::repair::{Options, first_garbled, repair};

/// What holds for every text: a second repair changes nothing, changes are in order and lead from the
/// original to the repaired text, and all ranges are of whole characters.
pub(crate) fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let options = Options::default();
    let once = repair(&text, &options);
    let twice = repair(&once.text, &options);
    assert!(!twice.changed(), "{text:?} -> {:?} -> {:?}", once.text, twice.text);
    assert_eq!(once.changed(), text != once.text);
    let (mut rebuilt, mut at) = (String::new(), 0);
    for change in &once.changes {
        assert!(at <= change.original.start && !change.chain.is_empty());
        rebuilt.push_str(&text[at..change.original.start]);
        assert_eq!(rebuilt.len(), change.repaired.start);
        rebuilt.push_str(&once.text[change.repaired.clone()]);
        at = change.original.end;
    }
    rebuilt.push_str(&text[at..]);
    assert_eq!(rebuilt, once.text);
    for loss in &once.losses {
        assert!(text.get(loss.range.clone()).is_some_and(|lost| !lost.is_empty()));
    }
    assert_eq!(once.lossy(), !once.losses.is_empty());
    if let Some(range) = first_garbled(&text) {
        assert!(text.get(range).is_some_and(|garbled| !garbled.is_empty()));
    }
    let steps = once.chain();
    assert_eq!(steps.is_empty(), !once.changed());
}
