//! The word graph: chains of states between nodes. Every path from the first node to the last says the
//! words in order, with one of their pronunciations each, and silence where it may be.

use super::words::{PhoneId, SILENCE, Word};
use super::{AcousticModel, Error};

/// pdf of the background: see [`GraphOptions::garbage_penalty`].
pub(crate) const BACKGROUND: u32 = u32::MAX;

/// What may happen beside the words.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphOptions {
    /// Optional silence before, between and after the words. Log-probability of taking it.
    pub silence: f32,
    /// Cost of leaving a skippable word out.
    pub skip_penalty: f32,
    /// Cost of putting the background model (any speech) in a word's place, or between words; `None`
    /// allows neither.
    pub garbage_penalty: Option<f32>,
    /// Cost of the background model for each frame. It is the best phone's own, so it would win otherwise.
    pub garbage_frame: f32,
    /// States a phone at the most; 3, or fewer where an utterance is too short for its words.
    pub states: usize,
}

impl Default for GraphOptions {
    fn default() -> Self {
        GraphOptions {
            silence: -0.7,
            skip_penalty: 30.0,
            garbage_penalty: None,
            garbage_frame: 13.0,
            states: 3,
        }
    }
}

/// What a chain stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Role {
    /// Silence.
    Silence,
    /// Pronunciation `variant` of word `word`.
    Word {
        /// Index of the word.
        word: u32,
        /// Index of the pronunciation.
        variant: u16,
    },
    /// The background in place of a word, or between words.
    Garbage,
}

#[derive(Clone, Debug)]
pub(crate) struct Chain {
    pub(crate) role: Role,
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) first: u32,
    pub(crate) len: u32,
    pub(crate) cost: f32,
}

#[derive(Clone, Debug)]
pub(crate) struct Jump {
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) cost: f32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct State {
    pub(crate) pdf: u32,
    pub(crate) phone: PhoneId,
    /// Index of the phone in its pronunciation.
    pub(crate) position: u16,
    /// Index of the state in its phone.
    pub(crate) index: u8,
    pub(crate) stay: f32,
    pub(crate) leave: f32,
}

/// A word graph, ready for [`AcousticModel::align`]. Chains stand in the order of the nodes they leave.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    pub(crate) chains: Vec<Chain>,
    pub(crate) states: Vec<State>,
    /// In the order of the nodes they reach.
    pub(crate) jumps: Vec<Jump>,
    pub(crate) nodes: u32,
    pub(crate) words: usize,
}

impl Graph {
    /// An empty graph with its first node.
    pub fn new() -> Graph {
        Graph { nodes: 1, ..Graph::default() }
    }

    /// The graph of a sequence of words.
    ///
    /// # Errors
    /// [`Error::NoPronunciation`]; [`Error::UnknownPhone`] for an id that the model has no states for.
    pub fn of_words(words: &[Word], model: &AcousticModel, options: &GraphOptions) -> Result<Graph, Error> {
        let mut graph = Graph::new();
        graph.optional_silence(model, options)?;
        for word in words {
            graph.word(word, model, options)?;
            graph.optional_silence(model, options)?;
        }
        Ok(graph)
    }

    /// A new last node, reached from the one before by silence or at once (and by garbage, if allowed).
    ///
    /// # Errors
    /// As [`Graph::of_words`].
    pub fn optional_silence(&mut self, model: &AcousticModel, options: &GraphOptions) -> Result<(), Error> {
        let from = self.nodes - 1;
        self.nodes += 1;
        self.chain(Role::Silence, from, -options.silence, &[SILENCE], model, 3)?;
        if let Some(penalty) = options.garbage_penalty {
            self.garbage(from, penalty, options.garbage_frame);
        }
        self.jumps.push(Jump { from, to: from + 1, cost: -options.silence });
        Ok(())
    }

    /// A new last node, reached from the one before by the word.
    ///
    /// # Errors
    /// As [`Graph::of_words`].
    pub fn word(&mut self, word: &Word, model: &AcousticModel, options: &GraphOptions) -> Result<(), Error> {
        let from = self.nodes - 1;
        self.nodes += 1;
        let index = self.words as u32;
        self.words += 1;
        if word.pronunciations.is_empty() || word.pronunciations.iter().any(Vec::is_empty) {
            return Err(Error::NoPronunciation { word: index as usize });
        }
        for (variant, phones) in word.pronunciations.iter().take(usize::from(u16::MAX)).enumerate() {
            let role = Role::Word { word: index, variant: variant as u16 };
            self.chain(role, from, 0.0, phones, model, options.states)?;
        }
        if let Some(penalty) = options.garbage_penalty {
            self.garbage(from, penalty, options.garbage_frame);
        }
        if word.skippable {
            self.jumps.push(Jump { from, to: from + 1, cost: options.skip_penalty });
        }
        Ok(())
    }

    fn garbage(&mut self, from: u32, cost: f32, frame: f32) {
        let first = self.states.len() as u32;
        let state =
            State { pdf: BACKGROUND, phone: SILENCE, position: 0, index: 0, stay: -frame, leave: -frame };
        self.states.push(state);
        self.chains.push(Chain { role: Role::Garbage, from, to: from + 1, first, len: 1, cost });
    }

    fn chain(
        &mut self,
        role: Role,
        from: u32,
        cost: f32,
        phones: &[PhoneId],
        model: &AcousticModel,
        states: usize,
    ) -> Result<(), Error> {
        let first = self.states.len() as u32;
        for (position, phone) in phones.iter().enumerate() {
            let all = model.states_of(*phone);
            if all == 0 {
                return Err(Error::UnknownPhone { phone: model.phones().name(*phone).to_owned() });
            }
            let used: &[usize] = match states.min(all) {
                0 | 1 => &[all / 2],
                2 => &[0, all - 1],
                _ => &ALL[..all],
            };
            for state in used {
                let (stay, leave) = model.transition(*phone, *state);
                let (position, index) = (position as u16, *state as u8);
                let pdf = AcousticModel::pdf(*phone, *state);
                self.states.push(State { pdf, phone: *phone, position, index, stay, leave });
            }
        }
        let len = self.states.len() as u32 - first;
        self.chains.push(Chain { role, from, to: from + 1, first, len, cost });
        Ok(())
    }

    /// The least number of frames that a path takes.
    pub fn least_frames(&self) -> usize {
        let mut least = vec![u32::MAX; self.nodes as usize];
        least[0] = 0;
        let mut arcs: Vec<(u32, u32, u32)> = self.chains.iter().map(|c| (c.from, c.to, c.len)).collect();
        arcs.extend(self.jumps.iter().map(|j| (j.from, j.to, 0)));
        arcs.sort_unstable();
        for (from, to, len) in arcs {
            let through = least[from as usize].saturating_add(len);
            least[to as usize] = least[to as usize].min(through);
        }
        least.last().copied().unwrap_or(0) as usize
    }
}

/// Indices of states; no phone has more.
static ALL: [usize; 8] = [0, 1, 2, 3, 4, 5, 6, 7];
