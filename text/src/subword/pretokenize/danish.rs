//! Our own pre-tokenizer: o200k_base without what is of English, and with numbers as Danish writes them.
//!
//! ```text
//! [^\r\n\p{L}\p{M}\p{N}]?(?:[\p{L}\p{M}]+|\p{N}{1,3})| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
//! ```
//!
//! What was chosen, and why. Percentages are bytes a token against the other choice: vocabularies of 32,000 on 20 MB of
//! Danish, the mean of five kinds of text that were kept aside.
//!
//! - **Words are letters and combining marks.** A `å` written as `a` and a ring stays in its word, as in o200k_base; in
//!   GPT-2 and cl100k_base it ends it.
//! - **Capitals cut no word.** o200k_base cuts `McDonald` and `iPhone`. Danish has few of them, and it makes no
//!   difference in size; then one word is the simpler rule.
//! - **One sign before letters belongs to them**, be it a space, a hyphen or an apostrophe: ` hus`, `-topmøde` of
//!   `EU-topmøde`, `-mail` of `e-mail` and `.eks` of `f.eks.` can be tokens. 0.3 % against a space only.
//! - **English endings are no rule.** `'s`, `'d`, `'m` cut `'so`, `'det` and `'mand` at the start of a quotation. An
//!   apostrophe goes with the letters behind it, and so with the ending where Danish puts one: before the endings of
//!   abbreviations, digits and letters (`tv'et`, `EU's`, `1990'erne`, `a'ere`; Retskrivningsordbogen § 6) and where
//!   letters are left out (`gi'r`). The ending is then the same token after all stems. Keeping `tv'et` whole gives the
//!   same size. After s, x and z the apostrophe ends the word (`Lars' bil`): it is a sign by itself.
//! - **Digits in threes from the left, with one sign before them.** Danish puts a full stop before each three digits that
//!   are counted from the right: `1.234.567,89` is `1`, `.234`, `.567`, `,89`; dates and times are cut where they have
//!   their signs. The space before a number is in its token: 0.7 %. All other signs: 0.3 %. Numbers without full stops are
//!   mostly years: from the left they share their decade (`199`, `202`), 0.1 % against counting from the right, which needs a
//!   look-ahead. Whole numbers would save 0.05 % more, and a model would not see their digits. What it costs:
//!   `12` and ` 12` are different tokens, as the same word is at the start of a text and inside it.
//! - **Abbreviations with full stops are no rule** either: to keep `bl.a.` whole saves 0.05 %.
//! - **Signs, spaces and line ends as in o200k_base**, so that code and markup cost what they cost there. Line ends that
//!   follow a sign are in its token: 2 %.
//! - **Compounds stay whole.** Cut at their joints by [`compounds`](crate::compounds), in training and in use, vocabularies
//!   keep their size (0.1 % worse) and cut 36 % of the compounds that they cut at joints only, against 18 %; but no
//!   `tokenizer.json` can say that, and no other program would give these ids. Cut in training only, which any file can hold,
//!   they are 0.7 % worse, and begin a token at 81 % of the joints of shared cases that they cut, against 65 %.

use super::class::{self, LETTER, MARK, NUMBER, SYMBOL};
use super::scan::{self, BEFORE_WORD, Scan};

/// Scanner of [`Pattern::Danish`](super::Pattern::Danish).
#[derive(Clone, Copy, Debug)]
pub struct Danish;

const WORD: u8 = LETTER | MARK;

impl Scan for Danish {
    #[inline(always)]
    fn end(text: &[u8], at: usize) -> usize {
        let (first, length) = class::at(text, at);
        if first & WORD != 0 {
            return scan::run::<WORD>(text, at);
        }
        if first & BEFORE_WORD != 0 {
            let (second, _) = class::at(text, at + length);
            if second & WORD != 0 {
                return scan::run::<WORD>(text, at + length);
            }
            if second & NUMBER != 0 {
                return scan::digits::<3>(text, at + length);
            }
        }
        if first & NUMBER != 0 {
            return scan::digits::<3>(text, at);
        }
        let start = at + usize::from(text.get(at) == Some(&b' '));
        if class::at(text, start).0 & SYMBOL != 0 {
            return scan::newlines::<true>(text, scan::run::<SYMBOL>(text, start));
        }
        scan::rest::<true>(text, at)
    }
}

#[cfg(test)]
mod tests {
    use crate::subword::pretokenize::Pattern;

    #[test]
    fn danish_is_cut_as_the_rules_say() {
        for words in [
            "Rødgrød| med| fløde|.",
            "A\u{30a}rhus| og| cafe\u{301}er",
            "EU|-topmøde|,| e|-mail|,| Nord|-| og| Sydeuropa",
            "tv|'et|,| EU|'s|,| EU|’s|,| a|'ere|,| cd|'en|,| gi|'r",
            "199|0|'erne",
            "Lars|'| bil| og| kbh|.'|s",
            "'det| er| '|sådan|'",
            "f|.eks|.| ca|.| bl|.a|.",
            "1|.234|.567|,89| kr|.",
            "12|.03|.202|4| kl|.| 12|:30",
            "123|456|7",
            " 199|7|-199|9",
            "§14| §| 14",
            "iPhone| McDonald| KØBENHAVN",
            "(se| side| 12|)\n\n|Ja|!\n",
            "fn| main|()| {\n|   | return|;\n|}",
            "❤\u{fe0f}| 😀❤\u{fe0f}",
        ] {
            let text = words.replace('|', "");
            let found: Vec<&str> = Pattern::Danish.words(&text).collect();
            let expected: Vec<&str> = words.split('|').filter(|word| !word.is_empty()).collect();
            assert_eq!(found, expected);
        }
    }
}
