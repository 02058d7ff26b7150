//! Benchmarks against what users would pick instead. The figures are in RESULTS.md.
