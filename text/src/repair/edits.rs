//! Edits of one round over a text, and how rounds add up to changes of the original.

use std::ops::Range;

use super::Change;
use super::chain::Chain;

/// Bytes past which neighbours stay apart.
const NEIGHBOURS: u32 = 1 << 20;

/// One replacement of bytes of the text before by bytes of [`Edits::replacements`].
struct Edit {
    start: usize,
    text_start: usize,
    length: u32,
    text_length: u32,
    /// Index into [`Edits::chains`].
    chain: u32,
}

impl Edit {
    fn end(&self) -> usize {
        self.start + self.length as usize
    }

    fn text_end(&self) -> usize {
        self.text_start + self.text_length as usize
    }
}

/// Replacements in a text.
#[derive(Default)]
pub(super) struct Edits {
    list: Vec<Edit>,
    replacements: String,
    /// The chains in use, few of them.
    chains: Vec<Chain>,
}

impl Edits {
    /// Adds an edit of a window of the text, so that no length comes near 4 GiB.
    pub(super) fn push(&mut self, range: Range<usize>, text: &str, chain: Chain) {
        let chain = match self.chains.iter().position(|c| *c == chain) {
            Some(at) => at,
            None => {
                self.chains.push(chain);
                self.chains.len() - 1
            }
        };
        let text_start = self.replacements.len();
        let (Ok(length), Ok(text_length), Ok(chain)) =
            (u32::try_from(range.len()), u32::try_from(text.len()), u32::try_from(chain))
        else {
            return;
        };
        self.replacements.push_str(text);
        // Neighbours of the same chain are one.
        if let Some(last) = self.list.last_mut()
            && last.end() == range.start
            && last.text_end() == text_start
            && last.chain == chain
            && last.length < NEIGHBOURS
        {
            last.length += length;
            last.text_length += text_length;
            return;
        }
        self.list.push(Edit { start: range.start, text_start, length, text_length, chain });
    }

    /// Makes room for as many edits as a text of so many bytes has when all of it is damaged.
    pub(super) fn reserve(&mut self, bytes: usize) {
        self.list.reserve(bytes / 40);
        self.replacements.reserve(bytes / 16);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Number of edits, for [`Edits::sort_from`].
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Sorts the edits pushed since there were `mark`.
    pub(super) fn sort_from(&mut self, mark: usize) {
        if let Some(tail) = self.list.get_mut(mark..)
            && !tail.is_sorted_by_key(|e| e.start)
        {
            tail.sort_by_key(|e| e.start);
        }
    }

    /// Sorts by place, and drops edits that overlap one before or change nothing.
    fn settle(&mut self, text: &str) {
        self.sort_from(0);
        let replacements = self.replacements.as_bytes();
        let mut end = 0;
        self.list.retain(|edit| {
            let keep = edit.start >= end
                && (edit.length != edit.text_length
                    || text.as_bytes()[edit.start..edit.end()]
                        != replacements[edit.text_start..edit.text_end()]);
            if keep {
                end = edit.end();
            }
            keep
        });
    }

    /// Applies settled edits to the original itself.
    fn apply_first(self, text: &str, mut out: String) -> (String, Vec<Change>) {
        let mut copied = 0;
        let mut changes = Vec::with_capacity(self.list.len());
        for edit in &self.list {
            out.push_str(&text[copied..edit.start]);
            let start = out.len();
            out.push_str(&self.replacements[edit.text_start..edit.text_end()]);
            copied = edit.end();
            let chain = self.chains[edit.chain as usize];
            changes.push(Change { original: edit.start..copied, repaired: start..out.len(), chain });
        }
        out.push_str(&text[copied..]);
        (out, changes)
    }

    /// Applies the edits to `text` and adds them to `changes`, which led from the original to it.
    ///
    /// # Errors
    ///
    /// Gives `changes` back if nothing changes.
    pub(super) fn apply(
        mut self,
        text: &str,
        changes: Vec<Change>,
    ) -> Result<(String, Vec<Change>), Vec<Change>> {
        self.settle(text);
        if self.list.is_empty() {
            return Err(changes);
        }
        let mut out = String::with_capacity(text.len());
        if changes.is_empty() {
            return Ok(self.apply_first(text, out));
        }
        let mut composed = Vec::with_capacity(self.list.len().max(changes.len()));
        let mut old = changes.into_iter().peekable();
        let mut new = self.list.iter().peekable();
        // How far `text` lies behind the original at this place.
        let mut behind = 0i64;
        let mut copied = 0;
        loop {
            let first_old = old.peek().map_or(usize::MAX, |c| c.repaired.start);
            let first_new = new.peek().map_or(usize::MAX, |e| e.start);
            let start = first_old.min(first_new);
            if start == usize::MAX {
                break;
            }
            out.push_str(&text[copied..start]);
            copied = start;
            // All changes and edits that overlap become one change.
            let mut end = start;
            let (from, behind_before) = (out.len(), behind);
            let (mut chain_old, mut chain_new) = (Chain::default(), Chain::default());
            let mut taken = false;
            loop {
                let overlaps = |range: &Range<usize>| !taken || range.start < end;
                if let Some(c) = old.peek()
                    && c.repaired.start <= new.peek().map_or(usize::MAX, |e| e.start)
                    && overlaps(&c.repaired)
                {
                    end = end.max(c.repaired.end);
                    behind += c.original.len() as i64 - c.repaired.len() as i64;
                    if c.chain.len() > chain_old.len() {
                        chain_old = c.chain;
                    }
                    old.next();
                } else if let Some(e) = new.peek()
                    && overlaps(&(e.start..e.end()))
                {
                    out.push_str(&text[copied..e.start]);
                    out.push_str(&self.replacements[e.text_start..e.text_end()]);
                    copied = e.end();
                    end = end.max(e.end());
                    let chain = self.chains[e.chain as usize];
                    if chain.len() > chain_new.len() {
                        chain_new = chain;
                    }
                    new.next();
                } else {
                    break;
                }
                taken = true;
            }
            out.push_str(&text[copied..end]);
            copied = end;
            let original = |at: usize, behind: i64| usize::try_from(at as i64 + behind).unwrap_or(at);
            composed.push(Change {
                original: original(start, behind_before)..original(end, behind),
                repaired: from..out.len(),
                chain: chain_old.followed_by(&chain_new),
            });
        }
        out.push_str(&text[copied..]);
        Ok((out, composed))
    }
}

#[cfg(test)]
mod tests {
    use super::super::chain::Step;
    use super::*;

    #[test]
    fn two_rounds_compose_to_ranges_of_the_original() {
        let (a, b) = (Chain::of(Step::HtmlEntities), Chain::of(Step::QuotedPrintable));
        let original = "..AAA..BB..CC";
        let mut edits = Edits::default();
        edits.push(2..5, "xy", a);
        edits.push(7..9, "z", a);
        let (text, changes) = edits.apply(original, Vec::new()).expect("changes");
        assert_eq!(text, "..xy..z..CC");
        let mut edits = Edits::default();
        edits.push(3..5, "Q", b);
        edits.push(9..11, "", b);
        let (text, changes) = edits.apply(&text, changes).expect("changes");
        assert_eq!(text, "..xQ.z..");
        let found: Vec<_> = changes
            .iter()
            .map(|c| (&original[c.original.clone()], &text[c.repaired.clone()], c.chain.len()))
            .collect();
        assert_eq!(found, [("AAA.", "xQ", 2), ("BB", "z", 1), ("CC", "", 1)]);
    }
}
