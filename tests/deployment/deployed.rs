//! An institution that is deployed by the commands that operators use.

use crate::emulator::{Emulator, KEY, top};
use recupmail_tests::variant;
use reqwest::Method;
use std::collections::BTreeMap;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{Mutex, MutexGuard, OnceCell};

/// The functions that people call.
pub(crate) const STEPS: [&str; 5] =
    ["verify-identity", "send-code", "confirm-code", "set-password", "logout"];
/// Where mails come from in the sample file.
pub(crate) const IDENTITY: &str = "usms.ac.ma";
/// The stack of all tests that share one.
pub(crate) const STACK: &str = "recupmail-usms";
/// What deployment.toml says for the tests.
pub(crate) const DEPLOYMENT: &str = "\
    region = \"eu-west-3\"\nstack = \"recupmail-usms\"\n\n[parameters]\nMailIdentity = \"usms.ac.ma\"\nEmulator = true\n";

/// A folder in which the commands find what they find in the repository, and where what they make is apart from
/// what somebody built for a deployment.
#[derive(Debug)]
pub(crate) struct Workplace {
    pub(crate) folder: PathBuf,
    /// The institution's folder: Université Sultan Moulay Slimane, with a help desk besides, so that every
    /// table is used.
    pub(crate) institution: PathBuf,
    pub(crate) emulator: Emulator,
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
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
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }
}

/// Where cargo left the programs.
pub(crate) fn binaries() -> PathBuf {
    std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned()
}

/// What runs the commands of infra/deploy.
pub(crate) fn python() -> Command {
    let python = top().join(".local/deploy-venv/bin/python");
    assert!(python.is_file(), "{} is missing: make deploy-tools", python.display());
    let mut command = Command::new(python);
    command.current_dir(top()).stdin(Stdio::null());
    command
}

/// A command of infra/deploy.
pub(crate) fn command(name: &str) -> Command {
    let mut command = python();
    command.arg(top().join("infra/deploy").join(name));
    // Whoever runs the tests may be signed in to an account; nothing here asks it.
    command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:9").env("AWS_EC2_METADATA_DISABLED", "true");
    command.env_remove("AWS_PROFILE").env_remove("AWS_SESSION_TOKEN");
    command.env("AWS_ACCESS_KEY_ID", KEY.0).env("AWS_SECRET_ACCESS_KEY", KEY.1);
    command
}

impl Workplace {
    /// One of this name, with an emulator of its own that knows the sender.
    pub(crate) async fn new(name: &str) -> Self {
        let folder = top().join("target/tmp").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("infra")).unwrap();
        symlink(top().join("infra/template.yaml"), folder.join("infra/template.yaml")).unwrap();
        symlink(top().join("static-site"), folder.join("static-site")).unwrap();
        let desk = [("offered = [\"email\", \"sms\"]", "offered = [\"email\", \"sms\", \"desk\"]")];
        let institution = PathBuf::from(variant("usms", &format!("{name}-usms"), &desk));
        std::fs::write(institution.join("deployment.toml"), DEPLOYMENT).unwrap();
        let emulator = Emulator::start(&folder).await;
        let identity = format!("{{\"EmailIdentity\":\"{IDENTITY}\"}}");
        let json = [("content-type", "application/json")];
        emulator.ask("ses", (Method::POST, "/v2/email/identities"), &json, &identity).await;
        Self { folder, institution, emulator }
    }

    /// A command of infra/deploy on this institution in the emulated account.
    pub(crate) fn run(&self, name: &str, words: &[&str]) -> Ran {
        self.run_on(&self.institution, name, words)
    }

    /// The same on another.
    pub(crate) fn run_on(&self, institution: &Path, name: &str, words: &[&str]) -> Ran {
        let mut command = command(name);
        command.current_dir(&self.folder).env("AWS_ENDPOINT_URL", self.emulator.url(""));
        command.arg(institution).args(words);
        if ["preflight.py", "deploy.py"].contains(&name) {
            command.arg("--tools").arg(binaries());
        }
        Ran::of(command.output().unwrap())
    }

    /// Packs the functions as they were built for the tests, without what makes debug builds large.
    pub(crate) fn pack(&self) -> Ran {
        let mut pack = command("pack.py");
        pack.arg("--institution").arg(&self.institution).arg("--binaries").arg(binaries()).arg("--debug");
        Ran::of(pack.arg("--out").arg(self.folder.join("target/lambda")).output().unwrap())
    }
}

/// A deployment with a registry.
#[derive(Debug)]
pub(crate) struct Deployed {
    pub(crate) place: Workplace,
    pub(crate) outputs: BTreeMap<String, String>,
    /// What the deployment said.
    said: String,
}

impl Deployed {
    /// Deploys as `make deploy` does: looks, packs, makes the stack, publishes the site; and imports the people.
    async fn new() -> Self {
        let place = Workplace::new("deployment").await;
        place.run("preflight.py", &[]).ends(0);
        place.pack().ends(0);
        let ran = place.run("deploy.py", &[]).ends(0);
        assert!(ran.out.contains("The site's name is known now"), "{}", ran.out);
        let outputs = place.emulator.outputs(STACK).await;
        let deployed = Self { place, outputs, said: ran.out };
        let registry = deployed.place.institution.join("registry.csv");
        let imported = deployed.recupctl(&["import", &registry.display().to_string()]);
        assert!(
            imported.code == 0 && imported.out.contains(" written, 0 unchanged, 0 skipped"),
            "{imported:?}"
        );
        deployed
    }

    /// Where a function's URL is.
    pub(crate) fn host(&self, step: &str) -> &str {
        let mut name = String::new();
        for word in step.split('-') {
            name.extend(word[..1].to_uppercase().chars().chain(word[1..].chars()));
        }
        self.outputs[&format!("{name}Url")].split('/').nth(2).unwrap()
    }

    /// Ends all instances: those that start read the roots as they are now.
    pub(crate) async fn restart(&self) {
        for step in STEPS {
            self.place.emulator.restart(&format!("{STACK}-{step}")).await;
        }
    }

    /// Runs `recupctl` as an operator does, with the environment that the deployment told.
    pub(crate) fn recupctl(&self, words: &[&str]) -> Ran {
        let mut program = Command::new(binaries().join("recupctl"));
        program.current_dir(&self.place.folder).stdin(Stdio::null()).args(words).env("USER", "tests");
        let exports = self.said.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
        program.envs(exports.map(|(name, value)| (name, value.trim_matches('\''))));
        program.env("AWS_ACCESS_KEY_ID", KEY.0).env("AWS_SECRET_ACCESS_KEY", KEY.1);
        Ran::of(program.env("AWS_ENDPOINT_URL", self.place.emulator.url("")).output().unwrap())
    }
}

/// The deployment that the tests of this binary share, and the turn to use it: some of them take rights away.
pub(crate) async fn deployed() -> (&'static Deployed, MutexGuard<'static, ()>) {
    static DEPLOYED: OnceCell<Deployed> = OnceCell::const_new();
    static BEGUN: AtomicBool = AtomicBool::new(false);
    static TURN: Mutex<()> = Mutex::const_new(());
    let turn = TURN.lock().await;
    let deploy = async || {
        assert!(!BEGUN.swap(true, Ordering::Relaxed), "the deployment failed, see another test");
        Deployed::new().await
    };
    (DEPLOYED.get_or_init(deploy).await, turn)
}
