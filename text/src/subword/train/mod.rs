//! Vocabularies from text.
