//! The tables as a whole, the words of texts, and any input.

use proptest::prelude::*;
use sprog_text::g2p::{
    Foreign, G2p, Lexicon, Notation, Options, PhoneId, PhoneSet, Register, Source, Symbol,
};

fn say(word: &str) -> String {
    G2p::default().pronounce(word)[0].text(PhoneSet::Full).replace(' ', "")
}

#[test]
fn the_sounds_that_make_danish_danish() {
    for (word, phones, what) in [
        ("gade", "ɡˈæːðə", "soft d, long vowel ahead of one consonant"),
        ("katte", "kˈadə", "short vowel ahead of two; plain plosive ahead of schwa"),
        ("hund", "hˈunˀ", "silent d, stød"),
        ("hunde", "hˈunə", "no stød ahead of e"),
        ("hvid", "ʋˈiːˀð", "silent h"),
        ("hjerte", "jˈɛɐ̯də", "silent h, r as a glide"),
        ("navn", "nˈɑʊ̯ˀn", "v as a glide"),
        ("vej", "ʋˈɑɪ̯ˀ", "ej"),
        ("tegn", "tˈɑɪ̯ˀn", "eg ahead of n"),
        ("lege", "lˈɑɪ̯ə", "eg ahead of e"),
        ("dage", "dˈæːə", "lost g"),
        ("sang", "sˈɑŋˀ", "ng"),
        ("station", "sdaɕˈoːˀn", "-tion"),
        ("studere", "sdudˈeːˀɐ", "the stress of -ere, d ahead of it"),
        ("bedre", "bˈɛðʁɐ", "r and schwa"),
        ("kirkegård", "kˈiɐ̯ɡəɡˌɒːˀ", "a compound"),
        ("solskin", "sˈoːlsɡˌenˀ", "no stød ahead of another part"),
        ("forstå", "fʌsdˈɔːˀ", "a prefix without stress"),
        ("DSB", "dˈeːˀˈɛsbˈeːˀ", "letters"),
        ("chef", "ɕˈɛːˀf", "French ch"),
        ("Aage", "ˈɔːʊ̯ə", "aa is å"),
        ("e-mail", "ˈeːˀmˈɛɪ̯l", "a hyphen"),
        ("4", "fˈiːɐ", "a digit"),
    ] {
        assert_eq!(say(word), phones, "{word}: {what}");
    }
}

#[test]
fn phones_of_the_table_are_consistent() {
    let ids: Vec<PhoneId> = PhoneId::all().collect();
    assert_eq!(ids.len(), 56);
    for id in &ids {
        let info = id.info();
        assert_eq!(PhoneId::from_ipa(info.ipa), Some(*id));
        assert!(!info.near.is_empty(), "{} is near to none", info.ipa);
        assert!(!info.near.contains(id), "{} is near to itself", info.ipa);
        assert_eq!(info.bare.info().bare, info.bare, "{}", info.ipa);
        let same = ids.iter().filter(|other| other.info().xsampa == info.xsampa).count();
        assert_eq!(same, 1, "X-SAMPA {} stands for several", info.xsampa);
    }
    let mut bare: Vec<PhoneId> = ids.iter().map(|id| id.info().bare).collect();
    bare.sort();
    bare.dedup();
    assert_eq!(bare.len(), 38, "the labels of PhoneSet::Alignment");
}

#[test]
fn every_transcription_of_the_tables_is_understood() {
    let tables = [
        ("stems", include_str!("../data/g2p/stems.tsv")),
        ("endings", include_str!("../data/g2p/endings.tsv")),
        ("letters", include_str!("../data/g2p/letters.tsv")),
    ];
    for (name, table) in tables {
        let mut forms = std::collections::HashSet::new();
        for row in table.lines().filter(|row| !row.starts_with("# ")) {
            let cells: Vec<&str> = row.split('\t').collect();
            assert!((2..=3).contains(&cells.len()), "{name}: {row:?}");
            for reading in cells[1].split(' ').filter(|cell| *cell != ".") {
                let mut lexicon = Lexicon::default();
                assert_eq!(lexicon.add("x", reading), Ok(()), "{name}: {row:?}");
            }
            assert!(forms.insert((cells[0], cells.get(2).copied())), "{name}: {row:?} is there twice");
        }
    }
}

#[test]
fn a_word_of_the_user_wins_over_the_tables() {
    let read = Lexicon::from_tsv("# c\nhund\tk a t\nhund\tˈhunˀ\t2\nxx\tqq\nyy\nzz\ta\t-1\n", Notation::Ipa);
    let problems: Vec<String> = read.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "line 4: \"qq\" is no phone",
            "line 5: no transcription in the 1 cells of the line",
            "line 6: weight \"-1\" is no number above 0"
        ]
    );
    let g2p = G2p::default().with_lexicon(read.lexicon);
    let said: Vec<String> = g2p.pronounce("HUND").iter().map(|one| one.text(PhoneSet::Full)).collect();
    assert_eq!(said, ["h ˈu nˀ", "k a t"]);
    assert_eq!(g2p.pronounce("hund")[0].source, Source::User);
    assert_eq!(g2p.pronounce("hunden")[0].source, Source::Lexicon);
}

#[test]
fn x_sampa_and_nst_say_the_same_as_ipa() {
    let read = Lexicon::from_tsv("hunden\th \"u n? @ n", Notation::XSampa);
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    let x = G2p::default().with_lexicon(read.lexicon).pronounce("hunden")[0].text(PhoneSet::Full);
    let read =
        Lexicon::from_tsv("hunden\t\"hun?$@n\nlærer\t\"lE:$R6\nråt\t\"R6t\ntur\t\"tu6?", Notation::Nst);
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    let g2p = G2p::default().with_lexicon(read.lexicon);
    assert_eq!(g2p.pronounce("hunden")[0].text(PhoneSet::Full), x);
    assert_eq!(g2p.pronounce("lærer")[0].text(PhoneSet::Full), "l ˈɛː ʁ ɐ");
    assert_eq!(g2p.pronounce("råt")[0].text(PhoneSet::Full), "ʁ ˈʌ t");
    assert_eq!(g2p.pronounce("tur")[0].text(PhoneSet::Full), "t ˈu ɐ̯ˀ");
}

#[test]
fn nst_lines_that_are_garbage_or_several_words_are_left_out() {
    let text = "a_b;;;;;;;;;;;\"a;\nx;;;;;;;GARB;;;;\"a;\nhej;;;;;;;;;;;\"hAj;;;;\"hE#j;\nuden\n";
    let read = Lexicon::from_nst(text);
    assert_eq!(read.lexicon.len(), 1);
    let problems: Vec<String> = read.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        ["line 3: \"#j\" is no phone", "line 4: no transcription in the 1 cells of the line"]
    );
}

#[test]
fn words_of_a_text_lead_back_to_it() {
    let text = "Kl. 8.15 betalte 42-årige Ib 12,50 kr. – fx i DSB's tog, ikke?";
    let words = G2p::default().words_of(text);
    let found: Vec<(&str, &str)> =
        words.iter().map(|word| (word.spoken.as_str(), &text[word.source.clone()])).collect();
    for pair in [
        ("klokken", "Kl. 8.15"),
        ("otte", "Kl. 8.15"),
        ("betalte", "betalte"),
        ("toogfyrreårige", "42-årige"),
        ("Ib", "Ib"),
        ("tolv", "12,50 kr."),
        ("ikke", "ikke"),
    ] {
        assert!(found.contains(&pair), "{pair:?} is not in {found:?}");
    }
    assert!(words.iter().all(|word| !word.pronunciations.is_empty()), "{found:?}");
    assert!(words.windows(2).all(|pair| pair[0].source.start <= pair[1].source.start));
}

#[test]
fn registers_and_variants_are_what_was_asked_for() {
    let with = |register, max_variants| {
        let g2p = G2p::new(Options { register, max_variants, ..Options::default() });
        g2p.pronounce("gaden").iter().map(|one| one.text(PhoneSet::Length)).collect::<Vec<_>>()
    };
    assert_eq!(with(Register::Distinct, 4), ["ɡ æː ð ə n"]);
    assert_eq!(with(Register::Everyday, 4), ["ɡ æː ð n̩"]);
    assert_eq!(with(Register::Both, 4), ["ɡ æː ð ə n", "ɡ æː ð n̩"]);
    assert_eq!(with(Register::Both, 0), ["ɡ æː ð ə n"]);
}

#[test]
fn letters_of_other_scripts_stand_for_themselves_or_are_left_out() {
    assert_eq!(say("Ωμέγα"), "Ωμέγα");
    let skip = G2p::new(Options { foreign: Foreign::Skip, ..Options::default() });
    assert!(skip.pronounce("Ωμέγα").is_empty());
    assert_eq!(skip.pronounce("βtest")[0].phones[0].bytes, 2..3);
    assert!(skip.pronounce("…").is_empty() && skip.pronounce("").is_empty());
    assert_eq!(G2p::graphemes("Æg-😀ß").text(PhoneSet::Full), "æ g ß");
}

#[test]
fn a_long_word_takes_time_in_proportion() {
    let g2p = G2p::default();
    for unit in ["a", "x", "sk", "ægge", "1", "-", "e\u{301}", "ω", "bogstav-", "😀", "a\u{300}\u{301}", "1a"]
    {
        let word = unit.repeat(1_000_000 / unit.len());
        for one in g2p.pronounce(&word) {
            assert!(one.phones.iter().all(|phone| phone.bytes.end <= word.len()));
        }
        assert!(g2p.words_of(&word[..100_000 / unit.len() * unit.len()]).len() <= 100_000);
    }
}

/// Words of a list that one of its transcriptions is right for.
fn right(list: &str, set: PhoneSet) -> (usize, usize) {
    let (mut right, mut all) = (0, 0);
    let plain = |text: String| text.replace(['ˈ', 'ˌ'], "");
    for row in list.lines().filter(|row| !row.starts_with("# ")) {
        let (word, cells) = row.split_once('\t').expect("a word and its transcriptions");
        let cells = cells.split('\t');
        let said = plain(G2p::default().pronounce(word)[0].text(set));
        let wanted = cells.map(|cell| {
            let mut lexicon = Lexicon::default();
            lexicon.add("x", cell).expect("phones of the table");
            plain(G2p::default().with_lexicon(lexicon).pronounce("x")[0].text(set))
        });
        right += usize::from(wanted.into_iter().any(|wanted| wanted == said));
        all += 1;
    }
    (right, all)
}

#[test]
fn words_of_lists_made_by_hand_are_as_right_as_they_were() {
    for (list, full, bare) in
        [(include_str!("hand_dev.tsv"), 340, 345), (include_str!("hand_kept.tsv"), 150, 160)]
    {
        let (right_full, _) = right(list, PhoneSet::Full);
        let (right_bare, all) = right(list, PhoneSet::Alignment);
        assert!(right_full >= full, "{right_full} of {all} with stød and length, wanted {full}");
        assert!(right_bare >= bare, "{right_bare} of {all} without, wanted {bare}");
    }
}

fn check(word: &str) -> Result<(), TestCaseError> {
    let g2p = G2p::default();
    for one in g2p.pronounce(word) {
        prop_assert!(!one.phones.is_empty());
        prop_assert!(one.weight > 0.0 && one.weight <= 1.0);
        for phone in &one.phones {
            prop_assert!(word.get(phone.bytes.clone()).is_some_and(|part| !part.is_empty()), "{:?}", phone);
        }
        let starts: Vec<usize> = one.phones.iter().map(|phone| phone.bytes.start).collect();
        prop_assert!(starts.windows(2).all(|pair| pair[0] <= pair[1]), "{word:?}: {starts:?}");
        let symbols: Vec<Symbol> = one.phones.iter().map(|phone| phone.symbol).collect();
        prop_assert_eq!(symbols.len(), one.labels(PhoneSet::Alignment).len());
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_text_is_read(text in any::<String>()) {
        check(&text)?;
        let words = G2p::default().words_of(&text);
        for word in &words {
            prop_assert!(text.get(word.source.clone()).is_some());
        }
    }

    #[test]
    fn any_danish_letters_have_a_pronunciation(word in "[a-zæøåéüöA-ZÆØÅ]{1,45}") {
        check(&word)?;
        prop_assert!(!G2p::default().pronounce(&word).is_empty());
    }

    #[test]
    fn any_lexicon_is_imported_or_told_about(text in "([a-zæøå;\t\"%?:$@6 0-9\n]|ˈ|ˀ|ː|ɐ̯|ð){0,200}") {
        for notation in [Notation::Ipa, Notation::XSampa, Notation::Nst] {
            let read = Lexicon::from_tsv(&text, notation);
            prop_assert!(read.lexicon.len() + read.problems.len() <= text.lines().count());
        }
        let read = Lexicon::from_nst(&text);
        let g2p = G2p::default().with_lexicon(read.lexicon);
        for word in text.split([';', '\n', '\t']) {
            g2p.pronounce(word);
        }
    }
}
