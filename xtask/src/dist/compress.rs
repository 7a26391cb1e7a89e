//! Compression, once at build time and as hard as it goes, so that the collector never compresses a file per request.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

const QUALITY: i32 = 11;
const LEVEL: u32 = 9;
/// Everything else (images, fonts) is compressed already.
const COMPRESSIBLE: &[&str] = &["html", "js", "css", "wasm", "svg", "json", "txt", "ts"];

/// Writes `file`, and its `.br` and `.gz` siblings when its kind gains from them.
pub fn write_with_siblings(file: &Path, content: &[u8]) -> Result<()> {
    write(file, content)?;
    if is_compressible(file) {
        write(&sibling(file, "br"), &brotli(content)?)?;
        write(&sibling(file, "gz"), &gzip(content)?)?;
    }
    Ok(())
}

/// Brotli at quality 11.
pub fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let settings = BrotliEncoderParams { quality: QUALITY, size_hint: content.len(), ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut Cursor::new(content), &mut packed, &settings).context("brotli failed")?;
    Ok(packed)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(LEVEL));
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn is_compressible(file: &Path) -> bool {
    file.extension().is_some_and(|kind| COMPRESSIBLE.iter().any(|known| kind == *known))
}

fn sibling(file: &Path, ending: &str) -> std::path::PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn write(file: &Path, content: &[u8]) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(file, content).with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_and_gzip_give_back_what_went_in() {
        let content = "the same words, the same words, the same words".as_bytes();
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut Cursor::new(brotli(content).unwrap()), &mut unpacked).unwrap();
        assert_eq!(unpacked, content);
        let mut unpacked = Vec::new();
        let packed = gzip(content).unwrap();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(packed.as_slice()), &mut unpacked).unwrap();
        assert_eq!(unpacked, content);
    }

    #[test]
    fn images_are_left_as_they_are() {
        assert!(is_compressible(Path::new("console/index.html")));
        assert!(!is_compressible(Path::new("console/photo.webp")));
    }
}
