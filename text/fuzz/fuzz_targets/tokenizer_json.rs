#![no_main]

#[path = "../checks/tokenizer_json.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::check(data));
