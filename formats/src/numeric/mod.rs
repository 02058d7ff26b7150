//! Arrays of numbers: what models and feature extractors leave behind.

mod half;
pub mod npy;
