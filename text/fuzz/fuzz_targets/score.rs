#![no_main]
#![allow(dead_code)]

#[path = "../checks/normalize.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::check_score(data));
