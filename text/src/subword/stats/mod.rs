//! What a vocabulary costs and keeps whole on given text.
