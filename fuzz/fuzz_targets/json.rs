#![no_main]

// The list's name tells the program's own JSON from that of recognisers.
libfuzzer_sys::fuzz_target!(|data: &[u8]| frameloom_fuzz::check(&[b"{\"cues\": [", data].concat(), "x.json"));
