//! Runs `recupctl`.

use recupmail_tests::Stack;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What it did.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Its exit code.
    pub(crate) code: i32,
    /// Its standard output.
    pub(crate) out: String,
    /// Its standard error.
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Fails unless it ended like this.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// What it printed, as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

/// The program, ready to be told more.
pub(crate) fn program() -> Command {
    let binaries = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned();
    let mut program = Command::new(binaries.join("recupctl"));
    program.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()).stdin(Stdio::null());
    program.env("USER", "tests");
    program
}

/// The program, on this stack.
pub(crate) fn program_on(stack: &Stack) -> Command {
    let mut program = program();
    program.arg(format!("--local={}", stack.port));
    program
}

/// Runs it on this stack with these words.
pub(crate) fn recupctl(stack: &Stack, words: &[&str]) -> Ran {
    Ran::of(program_on(stack).args(words).output().unwrap())
}

/// Imports a file with these contents, which holds some of the people.
pub(crate) fn import(stack: &Stack, name: &str, contents: impl AsRef<[u8]>) -> Ran {
    recupctl(stack, &["import", "--partial", file(name, contents).to_str().unwrap()])
}

/// Writes a file of this name, for this test alone.
pub(crate) fn file(name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
    let path = scratch(name);
    std::fs::write(&path, contents).unwrap();
    path
}

/// Where a file of this name may be written; there is none yet.
pub(crate) fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("operators");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    let _ = std::fs::remove_file(&path);
    path
}
