//! Stamps: "this result was made from exactly these inputs", as a hash of their content.
//!
//! Content rather than times, because a checkout or a branch switch touches files without changing them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::files_under;

/// What a result was made from.
#[derive(PartialEq, Eq, Debug)]
pub struct Stamp(String);

impl Stamp {
    /// Of files and folders (with all that is in them), and of `tools`, whatever else the result depends on.
    pub fn of(inputs: &[PathBuf], tools: &str) -> Result<Self> {
        let mut hash = Sha256::new();
        for input in inputs {
            let files = if input.is_dir() { files_under(input)? } else { vec![input.clone()] };
            for file in files {
                let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
                add(&mut hash, file.as_os_str().as_encoded_bytes());
                add(&mut hash, &content);
            }
        }
        add(&mut hash, tools.as_bytes());
        Ok(Self(hex(&hash.finalize())))
    }

    /// Whether this stamp is the one kept at `path`.
    pub fn is_at(&self, path: &Path) -> bool {
        fs::read_to_string(path).is_ok_and(|kept| kept == self.0)
    }

    pub fn write(&self, path: &Path) -> Result<()> {
        fs::write(path, &self.0).with_context(|| format!("cannot write {}", path.display()))
    }
}

/// Length first, so that moving a byte from one input to the next is a change.
fn add(hash: &mut Sha256, part: &[u8]) {
    hash.update((part.len() as u64).to_le_bytes());
    hash.update(part);
}

/// The first 16 hex digits of a content's SHA-256: the `HASH` in an immutable file name.
pub fn content_hash(content: &[u8]) -> String {
    hex(&Sha256::digest(content)[..8])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let folder = crate::workspace::target().join("xtask/scratch").join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn the_same_content_gives_the_same_stamp() {
        let folder = scratch("same");
        fs::write(folder.join("a.rs"), "one").unwrap();
        let before = Stamp::of(std::slice::from_ref(&folder), "trunk 1").unwrap();
        fs::write(folder.join("a.rs"), "one").unwrap();
        assert_eq!(before, Stamp::of(&[folder], "trunk 1").unwrap());
    }

    #[test]
    fn an_edit_a_new_name_and_a_new_tool_each_change_the_stamp() {
        let folder = scratch("changes");
        let stamp = |tools: &str| Stamp::of(std::slice::from_ref(&folder), tools).unwrap();
        fs::write(folder.join("a.rs"), "one").unwrap();
        let first = stamp("trunk 1");
        assert_ne!(first, stamp("trunk 2"));
        fs::write(folder.join("a.rs"), "two").unwrap();
        assert_ne!(first, stamp("trunk 1"));
        fs::remove_file(folder.join("a.rs")).unwrap();
        fs::write(folder.join("b.rs"), "one").unwrap();
        assert_ne!(first, stamp("trunk 1"));
    }

    #[test]
    fn a_hidden_file_is_nobodys_input() {
        let folder = scratch("hidden");
        let before = Stamp::of(std::slice::from_ref(&folder), "").unwrap();
        fs::write(folder.join(".a.rs.swp"), "noise").unwrap();
        assert_eq!(before, Stamp::of(&[folder], "").unwrap());
    }

    #[test]
    fn a_content_hash_is_sixteen_digits_of_sha_256() {
        assert_eq!(content_hash(b"abc"), "ba7816bf8f01cfea");
    }
}
