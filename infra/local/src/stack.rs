//! Starts everything in order, says so, and ends it all.

use crate::entra::{EntraService, setting};
use crate::environment::{
    Endpoints, VOICE_ORIGINATION, Variables, environment, institution_folder, origins, variables,
};
use crate::front::{self, Front, Gates};
use crate::functions::{Functions, STEPS};
use crate::gate::Gate;
use crate::greeting::greet;
use crate::outbox::Outbox;
use crate::processes::Program;
use crate::run_folder::RunFolder;
use crate::settings::Settings;
use crate::sign_in::SignIn;
use crate::voice::VoiceService;
use dynoxide::Database;
use rand::RngExt;
use recupctl::import::{Event, Import, Scope};
use recupmail_aws::{Accounts, DynamoTable, People, dynamodb, ensure_tables, ses, verify_sender};
use recupmail_config::{Environment, Institution, Table, machine_rng, system_clock};
use recupmail_domain::clock::Clock;
use reqwest::Client;
use std::error::Error;
use std::fs::{DirBuilder, File};
use std::future::Future;
use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::ops::ControlFlow;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::process::Command;

pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How many requests a function answers at once here.
const CONCURRENCY: &str = "24";
/// How often it is asked whether something has started, and for how long.
const PATIENCE: Duration = Duration::from_millis(50);
const ATTEMPTS: u32 = 2400;
/// How often the database is swept.
const SWEEP: Duration = Duration::from_mins(5);

/// Runs the local stack until `ended`.
pub(crate) async fn run(settings: Settings, ended: impl Future<Output = ()>) -> Outcome<()> {
    let listener = listen(settings.port, "RECUPMAIL_PORT").await?;
    let function_listener = listen(settings.lambda_port, "RECUPMAIL_LAMBDA_PORT").await?;
    let run = RunFolder::open(&settings.home, settings.port)?;
    if settings.until_stdin_closes {
        RunFolder::sweep(&settings.home);
    }
    let mut programs = Vec::new();
    let outcome = tokio::select! {
        outcome = start_and_watch(&settings, &run, [listener, function_listener], &mut programs) => outcome,
        () = ended => Ok(()),
    };
    if !programs.is_empty() {
        println!("\nStopping.");
    }
    for program in programs {
        program.stop().await;
    }
    run.close();
    outcome
}

async fn listen(port: u16, variable: &str) -> Outcome<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    listener
        .map_err(|cause| format!("port {port} cannot be used ({cause}); set {variable} to another").into())
}

async fn start_and_watch(
    settings: &Settings,
    run: &RunFolder,
    [site, function_urls]: [TcpListener; 2],
    programs: &mut Vec<Program>,
) -> Outcome<()> {
    if let Some(data) = &settings.data {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(data);
        made.map_err(|cause| format!("RECUPMAIL_DATA={}: {cause}", data.display()))?;
    }
    let institution = load_institution(settings)?;

    build(settings, run).await?;
    let database_port = serve_database(settings).await?;
    let catcher_port = start_catcher(settings, run, programs).await?;
    let (voice, voice_port) = VoiceService::start(VOICE_ORIGINATION).await?;
    let mut gates = Gates {
        dynamodb: Gate::open(database_port).await?,
        ses: Gate::open(catcher_port).await?,
        sns: Gate::open(catcher_port).await?,
        voice: Gate::open(voice_port).await?,
        secrets: Gate::open(catcher_port).await?,
        entra: None,
    };
    let endpoints = Endpoints {
        dynamodb: gates.dynamodb.url(),
        ses: gates.ses.url(),
        sns: gates.sns.url(),
        voice: gates.voice.url(),
        secrets: gates.secrets.url(),
    };
    let mut variables = variables(settings, run, &endpoints)?;
    let entra = stand_in_for_entra(settings, &institution, run, &mut gates, &mut variables).await?;
    run.write_environment(&variables)?;

    let client = Client::builder().no_proxy().build()?;
    let lambda_port = free_port().await?;
    let front = Arc::new(Front {
        outbox: Outbox::of(format!("http://127.0.0.1:{catcher_port}"), voice, client.clone()),
        functions: Functions::behind(lambda_port, client),
        sign_in: OnceLock::new(),
        gates,
        clock_offset_file: run.clock_offset(),
        entra: entra.clone(),
    });
    let pages = axum::serve(site, front::router(front.clone(), &run.site())?);
    let functions = axum::serve(function_urls, front::function_urls(front.clone()));
    tokio::spawn(async move { pages.await });
    tokio::spawn(async move { functions.await });

    println!("Starting the mail and SMS catcher, importing the registry of {} …", institution.id);
    wait_for("the mail and SMS catcher", programs, async || front.outbox.answers().await).await?;
    let watched = front.clone();
    tokio::spawn(async move { watched.outbox.watch().await });
    let sign_in = prepare_data(settings, &institution, &variables, entra).await?;

    println!("Starting the functions …");
    programs.push(start_functions(settings, lambda_port, run, &variables)?);
    for step in STEPS {
        wait_for(step, programs, async || front.functions.answers(step).await).await?;
    }
    let _ = front.sign_in.set(sign_in);
    greet(settings, &institution)?;
    watch(programs).await
}

/// Entra ID, where the institution writes passwords there and nobody said where it is; behind a gate.
async fn stand_in_for_entra(
    settings: &Settings,
    institution: &Institution,
    run: &RunFolder,
    gates: &mut Gates,
    variables: &mut Variables,
) -> Outcome<Option<Arc<EntraService>>> {
    let Some(setting) = setting(institution, &Environment::of_process())? else { return Ok(None) };
    let registry = institution_folder(settings).join("registry.csv");
    let clock = Box::new(system_clock(Some(run.clock_offset())));
    let (service, port) = EntraService::start(&setting, &registry, clock).await?;
    let gate = Gate::open(port).await?;
    service.reached_at(gate.url());
    setting.tell(&gate.url(), variables);
    gates.entra = Some(gate);
    Ok(Some(service))
}

fn load_institution(settings: &Settings) -> Outcome<Institution> {
    let folder = institution_folder(settings);
    if !folder.join("institution.toml").is_file() {
        let known = std::fs::read_dir("infra/institutions").into_iter().flatten().flatten();
        let known: Vec<String> = known
            .filter(|entry| entry.path().join("institution.toml").is_file())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        return Err(
            format!("INSTITUTION={}: there is {} here", settings.institution, known.join(", ")).into()
        );
    }
    Ok(Institution::load(&folder)?)
}

/// Builds functions and site, with cargo's own progress, and bakes the pages.
async fn build(settings: &Settings, run: &RunFolder) -> Outcome<()> {
    println!("Building the functions and the site …");
    // Without -p, as cargo-lambda does it too: another choice of packages is another choice of features,
    // and would compile half of everything again.
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--locked", "--bins"]);
    forget_outer_cargo(&mut cargo);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    succeed(cargo, "cargo build").await?;
    let mut builder = Command::new(own_folder()?.join("site-builder"));
    builder.arg("--institution").arg(institution_folder(settings)).arg("--out").arg(run.site());
    builder.arg("--origin").arg(&origins(settings)[0]);
    let now = jiff::Timestamp::from_second(system_clock(None).now().as_secs())?;
    builder.arg("--today").arg(now.to_zoned(jiff::tz::TimeZone::UTC).date().to_string());
    succeed(builder, "site-builder").await
}

/// What `cargo run` tells this process of its own package would make some packages compile again.
#[expect(clippy::disallowed_methods, reason = "only the names of cargo's own variables are looked at")]
fn forget_outer_cargo(command: &mut Command) {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for name in
        names.filter(|name| ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|prefix| name.starts_with(prefix)))
    {
        command.env_remove(name);
    }
}

async fn succeed(mut command: Command, name: &str) -> Outcome<()> {
    let status = command.kill_on_drop(true).status().await?;
    if status.success() { Ok(()) } else { Err(format!("{name} failed").into()) }
}

/// Where this binary lies, and the others that cargo built.
fn own_folder() -> Outcome<PathBuf> {
    let own = std::env::current_exe()?;
    Ok(own.parent().ok_or("this binary lies nowhere")?.to_owned())
}

/// DynamoDB, in this process: in memory, or in the data folder.
async fn serve_database(settings: &Settings) -> Outcome<u16> {
    let database = match &settings.data {
        Some(data) => Database::new(&data.join("recupmail.db").display().to_string())?,
        None => Database::memory()?,
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(sweep(database.clone()));
    tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database, std::future::pending()));
    Ok(port)
}

/// Deletes what is past its time to live, as DynamoDB does by itself.
async fn sweep(database: Database) {
    loop {
        tokio::time::sleep(SWEEP).await;
        let _ = database.sweep_ttl();
    }
}

/// A port for a program that takes a moment until it listens: below those that the system hands out by itself
/// (from 32768), or some connection might be given it meanwhile.
async fn free_port() -> std::io::Result<u16> {
    loop {
        let port = machine_rng().random_range(20_000..32_000);
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Err(taken) if taken.kind() == ErrorKind::AddrInUse => {}
            listener => return listener.map(|_| port),
        }
    }
}

async fn start_catcher(settings: &Settings, run: &RunFolder, programs: &mut Vec<Program>) -> Outcome<u16> {
    let port = free_port().await?;
    let mut catcher = Command::new(settings.home.join("venv/bin/ministack"));
    catcher.env("BIND_HOST", "127.0.0.1").env("GATEWAY_PORT", port.to_string()).env("LOG_LEVEL", "WARNING");
    // These two would listen beyond this machine.
    catcher.env("SFTP_ENABLED", "false").env("IOT_MTLS_ENABLED", "false");
    let started = Program::start("the mail and SMS catcher", &mut catcher, &run.log("catcher"));
    programs.push(started.map_err(|cause| format!("ministack: {cause}; `make tools` installs it"))?);
    Ok(port)
}

fn start_functions(
    settings: &Settings,
    port: u16,
    run: &RunFolder,
    variables: &Variables,
) -> Outcome<Program> {
    let mut functions = Command::new(settings.home.join("venv/bin/cargo-lambda"));
    functions
        .args(["lambda", "watch", "--ignore-changes", "--disable-cors", "--invoke-address", "127.0.0.1"])
        .args(["--invoke-port", &port.to_string(), "--concurrency", CONCURRENCY])
        .envs(variables.iter().cloned());
    forget_outer_cargo(&mut functions);
    if !cfg!(debug_assertions) {
        functions.arg("--release");
    }
    let started = Program::start("the functions", &mut functions, &run.log("functions"));
    started.map_err(|cause| format!("cargo-lambda: {cause}; `make tools` installs it").into())
}

/// Tables, the sender, the sample registry, and a sign-in for its people.
async fn prepare_data(
    settings: &Settings,
    institution: &Institution,
    variables: &Variables,
    entra: Option<Arc<EntraService>>,
) -> Outcome<SignIn> {
    let environment = environment(variables);
    let client = dynamodb(&environment.dynamodb()?);
    let tables: Vec<_> = Table::ALL
        .map(|table| environment.table(table).map(|name| (table, name)))
        .into_iter()
        .collect::<Result<_, _>>()?;
    ensure_tables(&client, &tables).await?;
    verify_sender(&ses(&environment.delivery()?.ses), sender_address(&institution.mail.from)).await?;

    let table = |table| environment.table(table).map(|name| DynamoTable::new(client.clone(), name));
    let people = People::from(table(Table::People)?);
    let keys = environment.registry_keys()?;
    let registry = institution_folder(settings).join("registry.csv");
    let (rules, now) = (institution.rules()?, system_clock(None).now());
    let import = Import {
        rules: &rules,
        keys: &keys,
        people: Some(&people),
        now,
        from_line: 0,
        scope: Scope::Whole,
        new_root: false,
    };
    let say_skipped = |event| {
        if let Event::Skipped(skipped) = event {
            eprintln!("{}:{}: {}", registry.display(), skipped.line, skipped.reason);
        }
        ControlFlow::Continue(())
    };
    let report = import.run(File::open(&registry)?, say_skipped).await?;
    println!("{} people imported, {} already known", report.written, report.unchanged);
    let accounts =
        Accounts::new(table(Table::Accounts)?, table(Table::Challenges)?.into(), table(Table::Issued)?);
    Ok(SignIn::new(accounts, &keys, &registry, entra)?)
}

fn sender_address(from: &str) -> &str {
    from.rsplit_once('<').map_or(from, |(_, address)| address.trim_end_matches('>'))
}

/// Asks until something answers; fails at once if a program has ended.
async fn wait_for(what: &str, programs: &mut [Program], answers: impl AsyncFn() -> bool) -> Outcome<()> {
    for _ in 0..ATTEMPTS {
        if answers().await {
            return Ok(());
        }
        if let Some(name) = programs.iter_mut().find_map(Program::ended) {
            return Err(format!("{name} ended; its log lies in the run folder").into());
        }
        tokio::time::sleep(PATIENCE).await;
    }
    Err(format!("{what} does not answer").into())
}

/// Returns when a program ends that should not.
async fn watch(programs: &mut [Program]) -> Outcome<()> {
    loop {
        if let Some(name) = programs.iter_mut().find_map(Program::ended) {
            return Err(format!("{name} ended; its log lies in the run folder").into());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
