use proptest::prelude::*;

use super::*;
use crate::Code;

const TWO: &str = "# newdoc id = avis-7\n# sent_id = avis-7.1\n# text = Hvad så?\n\
    1\tHvad\thvad\tPRON\t_\tPronType=Int\t0\troot\t_\t_\n\
    2\tså\tså\tADV\t_\t_\t1\tadvmod\t_\tSpaceAfter=No\n\
    3\t?\t?\tPUNCT\t_\t_\t1\tpunct\t_\t_\n\n\
    # sent_id = avis-7.2\n\
    0.1\t_\t_\tPRON\t_\t_\t_\t_\t2:nsubj\t_\n\
    1-2\tha'det\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No\n\
    1\tha'\thave\tVERB\t_\tMood=Imp\t0\troot\t0:root\t_\n\
    2\tdet\tden\tPRON\t_\t_\t1\tobj\t1:obj\t_\n\
    3\t!\t!\tPUNCT\t_\t_\t1\tpunct\t1:punct\tNote=x|SpaceAfter=No\n\
    4\tKarl 10.\tKarl\tPROPN\t_\t_\t1\tvocative\t_\t_\n\
    4.1\t_\t_\tVERB\t_\t_\t_\t_\t1:conj\t_\n\n";

fn read_all(bytes: &[u8]) -> (Vec<Sentence>, Vec<(Code, Place)>) {
    let mut reader = Reader::new(bytes, &Limits::default());
    let mut sentences = Vec::new();
    while let Some(sentence) = reader.next_sentence().expect("within limits") {
        sentences.push(sentence);
    }
    (sentences, reader.take_problems().into_iter().map(|p| (p.code, p.place)).collect())
}

fn write_all(sentences: &[Sentence]) -> String {
    sentences.iter().fold(String::new(), |mut out, sentence| {
        write_sentence(sentence, &mut out);
        out
    })
}

fn bad(line: u64) -> (Code, Place) {
    (codes::BAD_TOKEN_LINE, Place::Line(line))
}

/// A token line with this id and form.
fn line(id: &str, form: &str) -> String {
    format!("{id}\t{form}\t_\t_\t_\t_\t_\t_\t_\t_\n")
}

#[test]
fn columns_ids_and_comments() {
    let (sentences, problems) = read_all(TWO.as_bytes());
    assert_eq!(problems, []);
    let ids: Vec<TokenId> = sentences[1].tokens.iter().map(|t| t.id).collect();
    use TokenId::{Empty, Range, Word};
    assert_eq!(ids, [Empty(0, 1), Range(1, 2), Word(1), Word(2), Word(3), Word(4), Empty(4, 1)]);
    let whats = &sentences[0].tokens[0];
    assert_eq!((whats.form.as_str(), whats.lemma.as_str(), whats.upos.as_str()), ("Hvad", "hvad", "PRON"));
    assert_eq!((whats.xpos.as_str(), whats.feats.as_str(), whats.head.as_str()), ("_", "PronType=Int", "0"));
    assert_eq!((whats.deprel.as_str(), whats.deps.as_str(), whats.misc.as_str()), ("root", "_", "_"));
    assert_eq!((sentences[0].newdoc_id(), sentences[0].sent_id()), (Some("avis-7"), Some("avis-7.1")));
    assert_eq!((sentences[1].newdoc_id(), sentences[1].sent_id()), (None, Some("avis-7.2")));
    assert_eq!(write_all(&sentences), TWO);
}

#[test]
fn text_is_the_comment_or_else_rebuilt() {
    let (mut sentences, _) = read_all(TWO.as_bytes());
    assert_eq!(sentences[0].text(), "Hvad så?");
    sentences[0].comments = vec!["#text=Hvad  så ?".into(), "# text = nej".into()];
    assert_eq!(sentences[0].text(), "Hvad  så ?");
    sentences[0].comments = vec!["# text_en = What then?".into()];
    assert_eq!(sentences[0].text(), "Hvad så?");
    assert_eq!(sentences[1].text(), "ha'det!Karl 10.");
}

#[test]
fn a_bad_line_costs_its_sentence_and_no_other() {
    let lines = [
        "1\tni\tkolonner\t_\t_\t_\t_\t_\t_\n".to_owned(),
        format!("1\tet\t{}", line("for", "mange")),
        line("2", "springer"),
        line("01", "nul"),
        line("+1", "plus"),
        line("2-1", "baglæns"),
        line("1.1", "for tidlig"),
        line("4294967296", "for stor"),
        line("", "tom"),
        line("1", "to i ét") + "# sent_id = b\n" + &line("1", "ny"),
        line("1-3", "a") + &line("1", "a") + &line("2-3", "overlapper"),
        line("4294967295", "x"),
    ];
    let bad_lines = [3, 3, 3, 3, 3, 3, 3, 3, 3, 4, 5, 3];
    for (bad_line, text) in bad_lines.into_iter().zip(&lines) {
        let good = line("1", "rød") + &line("2", "grød");
        let (sentences, problems) = read_all(format!("{}\n{text}\n{good}", line("1", "før")).as_bytes());
        assert_eq!(problems, [bad(bad_line)], "{text}");
        assert_eq!(sentences.len(), 2, "{text}");
        assert_eq!(sentences[1].text(), "rød grød", "{text}");
    }
}

#[test]
fn crlf_marks_and_missing_ends_are_taken() {
    let crlf = format!("\u{FEFF}{}", TWO.replace('\n', "\r\n"));
    let (sentences, problems) = read_all(crlf.as_bytes());
    assert_eq!((write_all(&sentences).as_str(), problems), (TWO, vec![]));
    assert_eq!(read_all(format!("\n\n{}", TWO.trim_end_matches('\n')).as_bytes()), {
        let (sentences, _) = read_all(TWO.as_bytes());
        (sentences, vec![(codes::TRUNCATED, Place::Line(17))])
    });
    assert_eq!(read_all(line("1", "uden tom linje").as_bytes()).0.len(), 1);
    assert_eq!(read_all(b""), (vec![], vec![]));
}

#[test]
fn odd_bytes_and_lone_comments_are_told() {
    let (sentences, problems) =
        read_all(b"# text = r\xF8d\n1\tr\xC3\xB8d\t_\t_\t_\t_\t_\t_\t_\t_\n\n# slut\n\n");
    assert_eq!((sentences.len(), &*sentences[0].text()), (1, "r\u{FFFD}d"));
    assert_eq!(problems, [(codes::BAD_ENCODING, Place::Line(1)), bad(4 + 1)]);
}

#[test]
fn a_long_line_is_an_error_after_no_more_than_the_limit() {
    let limits = Limits { line_bytes: 1000, ..Limits::default() };
    let mut source = std::io::BufReader::with_capacity(64, std::io::repeat(b'x'));
    let mut reader = Reader::new(&mut source, &limits);
    let error = reader.next_sentence().expect_err("endless line");
    assert_eq!((error.code(), error.place()), (codes::LIMIT, Place::Line(1)));
    assert!(reader.buffer.capacity() <= 2048, "{}", reader.buffer.capacity());
    assert_eq!(reader.next_sentence().expect("after an error"), None);

    let text = line("1", "præcis");
    let exact = Limits { line_bytes: text.len() - 1, ..Limits::default() };
    assert!(Reader::new(text.as_bytes(), &exact).next_sentence().expect("fits").is_some());
    let short = Limits { line_bytes: text.len() - 2, ..Limits::default() };
    assert_eq!(
        Reader::new(text.as_bytes(), &short).next_sentence().expect_err("too long").code(),
        codes::LIMIT
    );
}

#[test]
fn sentences_and_problems_are_bounded() {
    let error = |limits: Limits, text: &str| {
        let mut reader = Reader::new(text.as_bytes(), &limits);
        while reader.next_sentence()?.is_some() {}
        Ok::<(), Error>(())
    };
    let two = Limits { items: 2, ..Limits::default() };
    let three_words = line("1", "a") + &line("2", "b") + &line("3", "c");
    assert_eq!(error(two.clone(), &three_words).expect_err("three lines").place(), Place::Line(3));
    assert_eq!(error(two, "x\n\nx\n\nx\n\n").expect_err("three problems").place(), Place::Line(5));
    let bytes = Limits { bytes: 30, ..Limits::default() };
    assert_eq!(error(bytes, &three_words).expect_err("60 bytes").place(), Place::Line(2));
}

#[test]
fn what_a_column_cannot_hold_is_written_as_blanks() {
    let (mut sentences, _) = read_all(line("1", "x").as_bytes());
    sentences[0].comments.push("sent_id = 1\n2".into());
    sentences[0].tokens[0].form = "to\tord\n".into();
    sentences[0].tokens[0].lemma.clear();
    assert_eq!(write_all(&sentences), format!("# sent_id = 1 2\n{}\n", line("1", "to ord ")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn written_sentences_read_back_the_same(raw in prop::collection::vec(
        (prop::collection::vec("# ?[a-zæøå_]{1,6} = \\PC{0,9}", 0..3),
         prop::collection::vec(prop::collection::vec("[\\PC&&[^\t]]{1,6}", 9), 1..5)), 0..4)
    ) {
        let sentences: Vec<Sentence> = raw.into_iter().map(|(comments, rows)| Sentence {
            comments,
            tokens: (1..).zip(rows).map(|(n, row)| {
                let column = |i: usize| row[i].clone();
                Token {
                    id: TokenId::Word(n), form: column(0), lemma: column(1), upos: column(2), xpos: column(3),
                    feats: column(4), head: column(5), deprel: column(6), deps: column(7), misc: column(8),
                }
            }).collect(),
        }).collect();
        prop_assert_eq!(read_all(write_all(&sentences).as_bytes()), (sentences, vec![]));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(read_all(&bytes).0.len() <= bytes.len());
    }

    #[test]
    fn near_conllu_never_panics(text in "(#|[0-9]{1,10}[.-]?[0-9]{0,3}(\t[a-zø_]){8,10}|\n|\r|\t|æ){0,20}") {
        let (sentences, _) = read_all(text.as_bytes());
        prop_assert_eq!(read_all(write_all(&sentences).as_bytes()), (sentences, vec![]));
    }
}
