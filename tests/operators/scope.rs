//! Whom a file holds, and with which root the registry was made: what stops an import before it writes.

use crate::ctl::{Ran, file, program};
use crate::registry::{Student, file_of};
use recupmail_aws::{dynamodb, ensure_tables};
use recupmail_config::{Environment, Table};
use recupmail_tests::{USMS_HEADER, stack};

/// A registry of the test's own.
struct Registry(&'static str);

impl Registry {
    async fn new(name: &'static str) -> Self {
        let environment: Environment = stack().variables().into_iter().collect();
        let client = dynamodb(&environment.dynamodb().unwrap());
        ensure_tables(&client, &[(Table::People, name.to_owned())]).await.unwrap();
        Self(name)
    }

    fn run(&self, words: &[&str], root: Option<&str>) -> Ran {
        let mut program = program();
        program.args(words).envs(stack().variables()).env("PEOPLE_TABLE", self.0);
        program.envs(root.map(|root| ("RECUPMAIL_REGISTRY_ROOT", root)));
        Ran::of(program.output().unwrap())
    }

    fn import(&self, students: &[&Student], more: &[&str]) -> Ran {
        let path = file(&format!("{}.csv", self.0), file_of(students));
        self.run(&[&["import", path.to_str().unwrap()], more].concat(), None)
    }

    /// How many people its summary knows.
    fn people(&self) -> u64 {
        let findings = self.run(&["doctor", "--json"], None).json();
        let mut findings = findings.as_array().unwrap().iter();
        let said = findings.find(|finding| finding["what"] == "registry").unwrap()["said"].as_str().unwrap();
        said.split(" people").next().unwrap().parse().unwrap_or_else(|_| panic!("{said}"))
    }
}

#[tokio::test]
async fn a_part_of_the_registry_leaves_its_summary_and_is_not_taken_for_the_whole() {
    let registry = Registry::new("recupmail-people-whole").await;
    let students: Vec<Student> = (4000..4020).map(Student::new).collect();
    let all: Vec<&Student> = students.iter().collect();
    let ran = registry.import(&all, &["--partial"]).ends(2);
    assert!(ran.err.contains("Import the whole file first"), "{}", ran.err);
    registry.import(&all, &[]).ends(0);
    assert_eq!(registry.people(), 20);

    let other = Student::new(4020);
    let ran = registry.import(&[&other], &[]).ends(2);
    assert!(ran.err.contains("the file holds 1 people, the registry knows 20"), "{}", ran.err);
    assert!(ran.err.contains("--partial") && ran.err.contains("--whole"), "{}", ran.err);
    registry.run(&["lookup", other.id()], None).ends(1);

    registry.import(&[&other], &["--partial"]).ends(0);
    registry.run(&["lookup", other.id()], None).ends(0);
    assert_eq!(registry.people(), 20, "a part changes nothing of the whole");
    registry.import(&all[2..], &[]).ends(0);
    assert_eq!(registry.people(), 18, "some leave every year");
    registry.import(&all[17..], &["--whole"]).ends(0);
    assert_eq!(registry.people(), 3);

    let path = file("nobody.csv", format!("{USMS_HEADER}\n"));
    registry.run(&["import", "--whole", path.to_str().unwrap()], None).ends(2);
    assert_eq!(registry.people(), 3);
}

#[tokio::test]
async fn a_registry_of_another_root_is_given_up_only_if_that_is_said() {
    const OTHER: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let registry = Registry::new("recupmail-people-root").await;
    let student = Student::new(4100);
    registry.import(&[&student], &[]).ends(0);
    let path = file("root.csv", file_of(&[&student]));
    let words = ["import", path.to_str().unwrap()];
    for more in [&[][..], &["--partial"], &["--whole"]] {
        let ran = registry.run(&[&words, more].concat(), Some(OTHER)).ends(2);
        assert!(ran.err.contains("Restore the root"), "{}", ran.err);
        assert!(ran.err.contains("every sealed record, every issued code and every password"), "{}", ran.err);
    }
    registry.run(&["lookup", student.id()], Some(OTHER)).ends(1);
    registry.run(&[&words[..], &["--new-root"]].concat(), Some(OTHER)).ends(0);
    registry.run(&["lookup", student.id()], Some(OTHER)).ends(0);
    let ran = registry.import(&[&student], &[]).ends(2);
    assert!(ran.err.contains("another RECUPMAIL_REGISTRY_ROOT"), "{}", ran.err);
}
