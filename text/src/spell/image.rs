//! The bytes of a compiled dictionary.
//!
//! Little-endian throughout: eight bytes `SPROGSPL`, the version, the index of the automaton's root, then
//! offset and length of five sections (alphabet, options, classes, sets of flags, automaton) in bytes from
//! the start. A class is two `u32`: its bits and the number of its set. The sets are `u32`s, each set with
//! its length before it. Everything is read in place but the first two sections, which are small.

use super::SpellError;
use super::alphabet::Alphabet;
use super::dawg::Dawg;
use super::options::Options;
use super::start::Start;

const MAGIC: &[u8; 8] = b"SPROGSPL";
const VERSION: u32 = 1;
const SECTIONS: usize = 5;
const HEADER: usize = 16 + SECTIONS * 8;
/// What the sections that are parsed when an image is opened may have: bounds the time of opening.
const MOST_PARSED: usize = 4 << 20;

pub(super) fn write(
    alphabet: &Alphabet,
    options: &[u8],
    classes: &[(u32, u32)],
    sets: &[Vec<u32>],
    dawg: &[u8],
    root: u32,
) -> Result<Vec<u8>, SpellError> {
    if options.len() > MOST_PARSED {
        return Err(SpellError::TooLarge);
    }
    let alphabet = alphabet.write();
    let classes: Vec<u8> =
        classes.iter().flat_map(|(bits, set)| [*bits, *set]).flat_map(u32::to_le_bytes).collect();
    let sets: Vec<u8> = sets
        .iter()
        .flat_map(|s| std::iter::once(s.len() as u32).chain(s.iter().copied()))
        .flat_map(u32::to_le_bytes)
        .collect();
    let sections: [&[u8]; SECTIONS] = [&alphabet, options, &classes, &sets, dawg];
    let mut bytes = Vec::with_capacity(HEADER + sections.iter().map(|s| s.len() + 4).sum::<usize>());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&root.to_le_bytes());
    let mut offset = HEADER;
    for section in sections {
        for number in [offset, section.len()] {
            let number = u32::try_from(number).map_err(|_| SpellError::TooLarge)?;
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        offset = (offset + section.len()).next_multiple_of(4);
    }
    for section in sections {
        bytes.extend_from_slice(section);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    Ok(bytes)
}

/// An image that was opened.
#[derive(Clone, Debug)]
pub(super) struct Image<'a> {
    pub(super) alphabet: Alphabet,
    pub(super) options: Options,
    pub(super) dawg: Dawg<'a>,
    pub(super) start: Start,
    classes: &'a [u8],
    sets: Vec<Vec<u32>>,
}

impl<'a> Image<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Image<'a>, SpellError> {
        let number =
            |at: usize| bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
        if bytes.get(..8) != Some(MAGIC) {
            return Err(SpellError::NoDictionary);
        }
        let version = number(8).ok_or(SpellError::Damaged)?;
        if version != VERSION {
            return Err(SpellError::Version(version));
        }
        let root = number(12).ok_or(SpellError::Damaged)?;
        let section = |i: usize| {
            let (offset, length) = (number(16 + i * 8)? as usize, number(20 + i * 8)? as usize);
            bytes.get(offset..offset.checked_add(length)?)
        };
        let section = |i: usize| section(i).ok_or(SpellError::Damaged);
        let (options, sets) = (section(1)?, section(3)?);
        if options.len() > MOST_PARSED || sets.len() > MOST_PARSED {
            return Err(SpellError::Damaged);
        }
        let dawg = Dawg::new(section(4)?, root);
        Ok(Image {
            alphabet: Alphabet::read(section(0)?)?,
            options: Options::read(options)?,
            dawg,
            start: Start::of(dawg),
            classes: section(2)?,
            sets: read_sets(sets)?,
        })
    }

    /// The bits of a class; 0 for class 0, which is no word.
    #[inline]
    pub(super) fn bits(&self, class: u32) -> u32 {
        self.class_number(class, 0)
    }

    /// The flags that a class has for the rules of compounds.
    pub(super) fn flags(&self, class: u32) -> &[u32] {
        let set = (self.class_number(class, 4) as usize).checked_sub(1).and_then(|i| self.sets.get(i));
        set.map_or(&[], Vec::as_slice)
    }

    #[inline]
    fn class_number(&self, class: u32, at: usize) -> u32 {
        let at = class as usize * 8 + at;
        self.classes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes)
    }
}

fn read_sets(bytes: &[u8]) -> Result<Vec<Vec<u32>>, SpellError> {
    let (numbers, _) = bytes.as_chunks::<4>();
    let mut numbers = numbers.iter().map(|n| u32::from_le_bytes(*n));
    let mut sets = Vec::new();
    while let Some(length) = numbers.next() {
        let set: Vec<u32> = numbers.by_ref().take(length as usize).collect();
        if set.len() != length as usize {
            return Err(SpellError::Damaged);
        }
        sets.push(set);
    }
    Ok(sets)
}
