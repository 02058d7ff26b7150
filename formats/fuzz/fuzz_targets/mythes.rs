#![no_main]

#[path = "../checks/rules.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::mythes(data));
