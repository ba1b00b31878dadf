#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| waterskin_proxy::fuzzing::framing(data));
