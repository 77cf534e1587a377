#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tests::targets::http2(data));
