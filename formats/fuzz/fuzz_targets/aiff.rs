#![no_main]

#[path = "../checks/decode.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(
    init: checks::init(),
    |data: &[u8]| checks::check(data, sprog_formats::audio::AudioFormat::Aiff)
);
