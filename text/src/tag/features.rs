//! The feature templates. A feature is a hash of its template's number and of what the template looks at.

use super::word::Word;
use crate::hash::fold;
use crate::morph::Upos;

const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
/// What stands before the first and after the last word.
const BORDER: u64 = 0x5851_f42d_4c95_7f2d;

/// Features of one place, as hashes.
#[derive(Default)]
pub(super) struct Features {
    pub(super) list: Vec<u64>,
    salt: u64,
}

impl Features {
    fn start(&mut self, salt: u64) {
        self.list.clear();
        self.salt = salt;
    }

    #[inline]
    fn one(&mut self, template: u64, a: u64) {
        self.list.push(fold(a ^ template.wrapping_mul(SPREAD), SPREAD ^ self.salt));
    }

    #[inline]
    fn two(&mut self, template: u64, a: u64, b: u64) {
        self.one(template, fold(a ^ SPREAD, b ^ BORDER));
    }

    #[inline]
    fn three(&mut self, template: u64, a: u64, b: u64, c: u64) {
        self.two(template, fold(a ^ SPREAD, b ^ BORDER), c);
    }
}

/// A sentence as the templates see it. `hidden` words (while training) have no identity, as an unknown word.
pub(super) struct Sentence<'a> {
    pub(super) words: Vec<&'a Word>,
    pub(super) hidden: Vec<bool>,
}

impl Sentence<'_> {
    fn word(&self, at: usize, by: isize) -> Option<&Word> {
        self.words.get(at.checked_add_signed(by)?).copied()
    }

    fn is_hidden(&self, at: usize, by: isize) -> bool {
        at.checked_add_signed(by).and_then(|at| self.hidden.get(at)).copied().unwrap_or(false)
    }

    /// The word, or what little is seen of a hidden one.
    fn id(&self, at: usize, by: isize) -> u64 {
        match self.word(at, by) {
            Some(_) if self.is_hidden(at, by) => 2,
            Some(word) => word.lower,
            None => BORDER,
        }
    }

    fn class(&self, at: usize, by: isize) -> u64 {
        self.word(at, by).map_or(BORDER, |word| word.class)
    }

    fn middle(&self, at: usize, by: isize) -> u64 {
        self.word(at, by).map_or(BORDER, |word| word.middle)
    }

    fn suffix(&self, at: usize, by: isize, letters: usize) -> u64 {
        self.word(at, by).map_or(BORDER, |word| longest(&word.suffixes, letters))
    }

    fn shape(&self, at: usize, by: isize) -> u64 {
        self.word(at, by).map_or(BORDER, |word| word.shape)
    }
}

/// The suffix of so many letters, or the whole of a shorter word.
fn longest(suffixes: &[u64], letters: usize) -> u64 {
    suffixes.iter().take(letters).rev().copied().find(|hash| *hash != 0).unwrap_or(0)
}

/// Features for the part of speech of a word: its own, those of the words around it, the two tags before it, and in
/// the second pass what the first made of all words.
pub(super) fn upos(
    s: &Sentence<'_>,
    at: usize,
    before: [Option<Upos>; 2],
    first: Option<&[Upos]>,
    f: &mut Features,
) {
    f.start(0);
    let Some(word) = s.word(at, 0) else { return };
    alone(word, s.is_hidden(at, 0), f);
    for offset in OFFSETS {
        neighbour(s.word(at, offset), s.is_hidden(at, offset), offset, f);
    }
    context(s, at, f);
    history(s, at, before, f);
    if let Some(first) = first {
        around(s, at, first, f);
    }
}

/// Where the neighbours are that have features of their own.
pub(super) const OFFSETS: [isize; 4] = [-1, 1, -2, 2];

/// A fresh list of one of the parts that [`upos`] is made of.
pub(super) fn part(f: &mut Features, add: impl FnOnce(&mut Features)) {
    f.start(0);
    add(f);
}

/// What a word says of itself.
pub(super) fn alone(word: &Word, hidden: bool, f: &mut Features) {
    f.one(0, 0);
    if !hidden {
        f.one(1, word.lower);
        f.one(2, word.form);
    }
    for (n, hash) in word.suffixes.iter().enumerate().filter(|(_, hash)| **hash != 0) {
        f.one(10 + n as u64, *hash);
    }
    for (n, hash) in word.prefixes.iter().enumerate().filter(|(_, hash)| **hash != 0) {
        f.one(16 + n as u64, *hash);
    }
    f.one(21, word.class);
    f.one(22, word.readings);
    f.two(24, word.class, longest(&word.suffixes, 3));
    f.two(25, word.class, longest(&word.suffixes, 2));
    f.one(52, word.middle);
}

/// What a word says of the one that it stands beside, so far from it.
pub(super) fn neighbour(word: Option<&Word>, hidden: bool, offset: isize, f: &mut Features) {
    let template = 30 + 2 * (offset + 2).unsigned_abs() as u64;
    let id = word.map_or(BORDER, |word| if hidden { 2 } else { word.lower });
    f.one(template, id);
    f.one(template + 1, word.map_or(BORDER, |word| word.class));
    if offset.abs() == 1 {
        f.one(template + 10, word.map_or(BORDER, |word| word.readings));
        f.one(template + 11, word.map_or(BORDER, |word| longest(&word.suffixes, 3)));
    }
}

/// Words together.
pub(super) fn context(s: &Sentence<'_>, at: usize, f: &mut Features) {
    let Some(word) = s.word(at, 0) else { return };
    let hidden = s.is_hidden(at, 0);
    let starts = u64::from(at == 0 || s.shape(at, -1) & 1 << 10 != 0);
    let class = word.class;
    if !hidden {
        f.two(3, word.lower, starts);
        f.two(4, word.lower, s.id(at, -1));
        f.two(5, word.lower, s.id(at, 1));
        f.two(6, word.lower, s.class(at, 1));
        f.two(7, word.lower, s.class(at, -1));
        f.two(8, word.lower, s.suffix(at, 1, 2));
        f.three(9, word.lower, s.class(at, 1), s.class(at, 2));
    }
    f.two(60, word.shape, starts);
    f.three(61, class, word.shape, starts);
    f.two(62, s.shape(at, -1), word.shape);
    f.two(63, s.shape(at, 1), word.shape);
    f.two(64, s.id(at, -1), class);
    f.two(65, class, s.id(at, 1));
    f.two(66, s.class(at, -1), class);
    f.two(67, class, s.class(at, 1));
    f.three(68, s.class(at, -1), class, s.class(at, 1));
    f.three(69, class, s.class(at, 1), s.class(at, 2));
    f.two(70, s.id(at, -1), s.id(at, 1));
    f.two(71, s.id(at, -1), s.suffix(at, 0, 3));
    f.two(72, s.middle(at, -1), word.middle);
    f.two(73, word.middle, s.middle(at, 1));
    f.three(74, word.middle, s.middle(at, 1), s.middle(at, 2));
    clause(s, at, hidden, f);
}

/// The tags before a word.
pub(super) fn history(s: &Sentence<'_>, at: usize, before: [Option<Upos>; 2], f: &mut Features) {
    let Some(word) = s.word(at, 0) else { return };
    let tag = |upos: Option<Upos>| upos.map_or(BORDER, |upos| upos as u64);
    let (t1, t2) = (tag(before[0]), tag(before[1]));
    f.one(130, t1);
    f.two(131, t1, t2);
    f.two(132, t1, word.class);
    f.three(133, t1, t2, word.class);
    f.two(134, t1, s.suffix(at, 0, 3));
    f.three(135, t1, word.class, s.class(at, 1));
    f.two(136, t1, s.id(at, 1));
    f.two(137, t1, word.shape);
    if !s.is_hidden(at, 0) {
        f.two(138, t1, word.lower);
        f.three(139, t1, t2, word.lower);
    }
}

/// The tags of the first pass, on both sides.
pub(super) fn around(s: &Sentence<'_>, at: usize, first: &[Upos], f: &mut Features) {
    let hidden = s.is_hidden(at, 0);
    let tag = |by: isize| {
        at.checked_add_signed(by).and_then(|at| first.get(at)).map_or(BORDER, |upos| *upos as u64)
    };
    let class = s.class(at, 0);
    let ending = s.suffix(at, 0, 3);
    f.two(100, tag(0), class);
    f.one(101, tag(1));
    f.two(102, tag(1), class);
    f.two(103, tag(-1), tag(1));
    f.three(104, tag(-1), tag(1), class);
    f.two(105, tag(1), tag(2));
    f.three(106, tag(1), tag(2), class);
    f.three(107, tag(-2), tag(-1), class);
    f.three(108, tag(-1), tag(0), tag(1));
    f.two(109, tag(1), ending);
    f.three(110, tag(-1), tag(1), ending);
    // Which tags the rest of the clause has, and the first that is no function word.
    let (mut ahead, mut next) = (0u64, BORDER);
    for upos in first.iter().skip(at + 1).take(CLAUSE) {
        if *upos == Upos::Punct {
            break;
        }
        ahead |= 1 << *upos as u64;
        if next == BORDER && !matches!(upos, Upos::Adv | Upos::Pron | Upos::Det | Upos::Part | Upos::Aux) {
            next = *upos as u64;
        }
    }
    let mut behind = 0u64;
    for upos in first.iter().take(at).rev().take(CLAUSE) {
        if matches!(upos, Upos::Punct | Upos::Sconj) {
            break;
        }
        behind |= 1 << *upos as u64;
    }
    let verbs = 1 << Upos::Verb as u64 | 1 << Upos::Aux as u64;
    let nouns = 1 << Upos::Noun as u64 | 1 << Upos::Propn as u64 | 1 << Upos::Pron as u64;
    f.two(111, class, ahead & verbs);
    f.two(112, class, next);
    f.three(113, class, ahead & verbs, behind & verbs);
    f.three(114, class, behind & (verbs | nouns), next);
    if !hidden {
        let lower = s.id(at, 0);
        f.two(120, lower, tag(1));
        f.three(121, lower, tag(-1), tag(1));
        f.three(122, lower, tag(1), tag(2));
        f.two(123, lower, next);
        f.two(124, lower, ahead & verbs);
        f.three(125, lower, ahead & verbs, next);
        f.three(126, lower, behind & (verbs | nouns), ahead & verbs);
    }
}

/// How far a clause is looked at.
const CLAUSE: usize = 10;

/// What else the clause has: participles and infinitives tell auxiliaries from verbs, and content words predicates.
fn clause(s: &Sentence<'_>, at: usize, hidden: bool, f: &mut Features) {
    let (mut seen, mut distance) = (0u64, 0u64);
    let mut content = [BORDER; 2];
    let mut found = 0;
    for word in s.words.iter().skip(at + 1).take(CLAUSE) {
        if word.role.stop {
            break;
        }
        distance += 1;
        if word.role.content && found < content.len() {
            content[found] = word.middle;
            found += 1;
        }
        let role = word.role;
        for (bit, is) in [role.participle, role.infinitive, role.finite].into_iter().enumerate() {
            if is && seen & 1 << bit == 0 {
                seen |= 1 << bit | distance.min(3) << (4 + 2 * bit);
            }
        }
    }
    let mut behind = 0u64;
    for word in s.words[..at].iter().rev().take(CLAUSE) {
        if word.role.stop {
            break;
        }
        behind |= u64::from(word.role.finite)
            | u64::from(word.role.infinitive) << 1
            | u64::from(word.role.participle) << 2;
    }
    let class = s.class(at, 0);
    f.two(80, class, seen);
    f.two(81, class, seen & 7);
    f.two(82, class, content[0]);
    f.three(83, class, content[0], content[1]);
    f.two(84, class, behind);
    f.three(85, class, behind, seen & 7);
    if !hidden {
        let lower = s.id(at, 0);
        f.two(86, lower, seen);
        f.two(87, lower, seen & 7);
        f.two(88, lower, content[0]);
        f.three(89, lower, content[0], content[1]);
        f.three(90, lower, behind, seen & 7);
    }
}

/// What is known of a sentence when features are chosen: all parts of speech, and hashes of the tags before.
pub(super) struct Tagged<'a> {
    pub(super) upos: &'a [Upos],
    /// Hash of the features of each word before this one.
    pub(super) feats: &'a [u64],
}

impl Tagged<'_> {
    fn upos(&self, at: usize, by: isize) -> u64 {
        at.checked_add_signed(by).and_then(|at| self.upos.get(at)).map_or(BORDER, |upos| *upos as u64)
    }

    fn feats(&self, at: usize, back: usize) -> u64 {
        at.checked_sub(back).and_then(|at| self.feats.get(at)).copied().unwrap_or(BORDER)
    }
}

/// How far agreement looks.
const REACH: usize = 6;

/// Features for the morphology of a word, given all parts of speech.
pub(super) fn feats(s: &Sentence<'_>, at: usize, t: &Tagged<'_>, f: &mut Features) {
    let (Some(word), Some(upos)) = (s.word(at, 0), t.upos.get(at).copied()) else { return };
    f.start((upos as u64 + 1).wrapping_mul(BORDER) | 1);
    let hidden = s.is_hidden(at, 0);
    let listed = word.readings_of(upos);
    f.one(0, 0);
    f.one(1, listed);
    f.two(2, listed, word.source as u64);
    f.two(3, listed, s.suffix(at, 0, 2));
    if !hidden {
        f.one(4, word.lower);
        f.two(5, word.lower, s.id(at, -1));
        f.two(6, word.lower, t.upos(at, -1));
        f.two(7, word.lower, t.upos(at, 1));
        f.three(8, word.lower, t.upos(at, 1), t.upos(at, -1));
    }
    for (n, hash) in word.suffixes.iter().enumerate().filter(|(_, hash)| **hash != 0) {
        f.one(10 + n as u64, *hash);
    }
    f.one(15, word.prefixes[2]);
    f.one(16, word.shape);
    f.one(17, s.id(at, -1));
    f.one(18, s.id(at, 1));
    f.two(19, s.id(at, -1), listed);
    f.one(20, t.upos(at, -1));
    f.one(21, t.upos(at, 1));
    f.two(22, t.upos(at, -1), t.upos(at, 1));
    f.two(23, t.upos(at, -1), listed);
    f.two(24, t.upos(at, 1), listed);
    let before = fold(t.feats(at, 1) ^ SPREAD, t.upos(at, -1) ^ BORDER);
    f.one(25, before);
    f.two(26, before, listed);
    f.two(27, before, s.suffix(at, 0, 2));
    f.two(28, before, fold(t.feats(at, 2) ^ SPREAD, t.upos(at, -2) ^ BORDER));
    f.two(29, s.suffix(at, 0, 2), s.id(at, -1));
    match upos {
        Upos::Noun | Upos::Propn => nominal(s, at, t, listed, f),
        Upos::Adj | Upos::Det | Upos::Num | Upos::Pron => attribute(s, at, t, listed, f),
        Upos::Verb | Upos::Aux => {
            verbal(s, at, t, listed, f);
            attribute(s, at, t, listed, f);
        }
        _ => {}
    }
}

/// A noun agrees with the determiner before it.
fn nominal(s: &Sentence<'_>, at: usize, t: &Tagged<'_>, listed: u64, f: &mut Features) {
    for back in 1..=REACH {
        let Some(from) = at.checked_sub(back) else { break };
        match t.upos.get(from) {
            Some(Upos::Det | Upos::Num) => {
                let head = fold(t.feats(at, back) ^ SPREAD, t.upos(from, 0) ^ BORDER);
                f.two(30, head, listed);
                f.two(31, head, s.suffix(at, 0, 2));
                f.two(32, s.id(from, 0), listed);
                return;
            }
            Some(Upos::Adj | Upos::Adv | Upos::Verb) => {}
            _ => break,
        }
    }
    f.two(33, listed, t.upos(at, -1));
}

/// What stands before a noun agrees with it, and with the determiner before both.
fn attribute(s: &Sentence<'_>, at: usize, t: &Tagged<'_>, listed: u64, f: &mut Features) {
    for on in 1..=REACH {
        let Some(word) = s.words.get(at + on) else { break };
        match t.upos.get(at + on) {
            Some(Upos::Noun) => {
                let noun = word.readings_of(Upos::Noun);
                f.two(40, noun, listed);
                f.two(41, noun, s.suffix(at, 0, 1));
                f.two(42, s.suffix(at + on, 0, 3), s.suffix(at, 0, 1));
                f.two(43, s.suffix(at + on, 0, 2), listed);
                break;
            }
            Some(Upos::Adj | Upos::Adv | Upos::Num | Upos::Verb | Upos::Cconj | Upos::Det) => {}
            _ => break,
        }
    }
    for back in 1..=REACH {
        let Some(from) = at.checked_sub(back) else { break };
        match t.upos.get(from) {
            Some(Upos::Det | Upos::Num) => {
                let head = fold(t.feats(at, back) ^ SPREAD, t.upos(from, 0) ^ BORDER);
                f.two(44, head, listed);
                f.two(45, head, s.suffix(at, 0, 1));
                return;
            }
            Some(Upos::Adj | Upos::Adv | Upos::Cconj) => {}
            _ => break,
        }
    }
    f.two(46, listed, s.suffix(at, 0, 1));
    for back in 1..=2 * REACH {
        let Some(from) = at.checked_sub(back) else { break };
        if let Some(Upos::Noun | Upos::Propn | Upos::Pron) = t.upos.get(from) {
            let subject = fold(t.feats(at, back) ^ SPREAD, t.upos(from, 0) ^ BORDER);
            f.two(47, subject, listed);
            f.two(48, subject, s.suffix(at, 0, 1));
            return;
        }
    }
}

/// A verb's form depends on the auxiliary and the `at` before it.
fn verbal(s: &Sentence<'_>, at: usize, t: &Tagged<'_>, listed: u64, f: &mut Features) {
    for back in 1..=2 * REACH {
        let Some(from) = at.checked_sub(back) else { break };
        let Some(upos) = t.upos.get(from) else { break };
        if matches!(upos, Upos::Aux | Upos::Part | Upos::Verb | Upos::Sconj) {
            let governor = fold(t.feats(at, back) ^ SPREAD, *upos as u64 ^ BORDER);
            f.two(50, governor, listed);
            f.two(51, governor, s.suffix(at, 0, 2));
            f.two(52, s.id(from, 0), listed);
            f.two(53, s.id(from, 0), s.suffix(at, 0, 2));
            return;
        }
    }
    f.two(54, listed, u64::from(at == 0));
}
