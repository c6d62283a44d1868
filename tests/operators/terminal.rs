//! Where `recupctl` is called from, by whom, and who reads what it says.

use crate::ctl::{Ran, program, program_on, recupctl};
use recupmail_tests::{Kind, Person, stack, stack_of};
use std::path::Path;
use std::process::Stdio;

#[test]
fn whoever_reads_no_further_ends_it_quietly() {
    let mut doctor = program_on(stack());
    let mut child = doctor.arg("doctor").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ran = Ran::of(child.wait_with_output().unwrap()).ends(0);
    assert_eq!(ran.err, "");

    let path = crate::ctl::file("unread.csv", "nothing\n");
    let mut import = program();
    import.args(["import", "--dry-run", path.to_str().unwrap()]).envs(stack().variables());
    let mut child = import.stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(2));
}

#[test]
fn the_local_stack_is_found_from_folders_below_and_its_absence_names_port_and_folder() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut below = program_on(stack());
    Ran::of(below.arg("doctor").current_dir(top.join("infra/ops")).output().unwrap()).ends(0);
    let ran = Ran::of(program().args(["--local=9", "doctor"]).output().unwrap()).ends(2);
    let said = format!("nothing runs on port 9: there is no .local/run-9 in {} nor above it", top.display());
    assert!(ran.err.contains(&said), "{}", ran.err);
}

#[test]
fn a_code_needs_an_operator_and_an_audit_before_it_takes_the_place_of_another() {
    let aix = stack_of("aix-marseille");
    let person = Person::of("aix-marseille", Kind::EmailAlone);
    let id = person["person_id"].as_str();
    let desk_code = ["desk-code", id, "--reason", "carte vue"];
    recupctl(aix, &desk_code).ends(0);
    let issued = || recupctl(aix, &["lookup", id, "--json"]).ends(0).json()["issued"].clone();
    let before = issued();

    let mut nobody = program_on(aix);
    let ran = Ran::of(nobody.args(desk_code).env_remove("USER").output().unwrap()).ends(2);
    assert!(ran.out.is_empty() && ran.err.contains("who does this? --by NAME"), "{}", ran.err);
    let mut unaudited = program();
    unaudited.args(desk_code).envs(aix.variables()).env("AUDIT_TABLE", "nowhere");
    assert_eq!(Ran::of(unaudited.output().unwrap()).ends(2).out, "");
    assert_eq!(issued(), before, "the code that the person holds stays");
}
