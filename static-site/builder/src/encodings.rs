//! Texts as they travel: encoded once, as small as they get.

use brotli::enc::BrotliEncoderParams;
use brotli::enc::backward_references::BrotliEncoderMode;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{Result, Write};

/// The text in each encoding, by the ending of its file's name.
pub(crate) fn of(text: &[u8]) -> Result<[(&'static str, Vec<u8>); 2]> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(text)?;
    let mut brotli = Vec::new();
    let mode = BrotliEncoderMode::BROTLI_MODE_TEXT;
    let params =
        BrotliEncoderParams { quality: 11, mode, lgwin: 16, size_hint: text.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &*text, &mut brotli, &params)?;
    Ok([("gz", gzip.finish()?), ("br", brotli)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn encoded_texts_are_smaller_and_the_same() {
        let text = "<p>Retrouvez votre email académique</p>".repeat(9);
        for (ending, encoded) in of(text.as_bytes()).unwrap() {
            let mut decoded = String::new();
            match ending {
                "gz" => flate2::read::GzDecoder::new(&*encoded).read_to_string(&mut decoded).unwrap(),
                _ => brotli::Decompressor::new(&*encoded, 4096).read_to_string(&mut decoded).unwrap(),
            };
            assert_eq!(decoded, text);
            assert!(encoded.len() < text.len() / 3);
        }
    }
}
