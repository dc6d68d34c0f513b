#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| frameloom_fuzz::check(data, "x.vtt"));
