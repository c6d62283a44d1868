//! Registries with every kind of mistake: each is told with its place, and the rest is unharmed.

use crate::ctl::{import, recupctl};
use crate::registry::{Student, file_of};
use recupmail_tests::{USMS_HEADER, stack};

#[tokio::test]
async fn every_bad_row_is_reported_by_line_and_the_others_are_taken() {
    let (first, last, late) = (Student::new(1000), Student::new(1017), Student::new(1001));
    let bad = |number: u32, column: &str, value: &str| Student::new(number).with(column, value).row();
    let swapped = Student::new(1008);
    let swapped = swapped.clone().with("apogee", swapped.get("massar")).with("massar", swapped.get("apogee"));
    let name = Student::new(1011).get("display_name").to_owned();
    let rows: [(Vec<u8>, Option<&str>); 24] = [
        (first.row().into(), None),
        (bad(1001, "birth_date", "2004-02-30").into(), Some("birth_date has not the right form")),
        (bad(1002, "person_id", first.id()).into(), Some("person_id stands in line 2 too")),
        (Student::new(1003).stating(&first).row().into(), Some("the same identity fields as line 2")),
        (bad(1004, "profile", "staff").into(), Some("profile is none of this institution's")),
        (bad(1005, "recovery", "maybe").into(), Some("recovery has not the right form")),
        (bad(1006, "phone", "12").into(), Some("phone has not the right form")),
        (bad(1007, "recovery_email", "a@b").into(), Some("recovery_email has not the right form")),
        (swapped.row().into(), Some("apogee has not the right form")),
        (bad(1009, "display_name", " ").into(), Some("display_name is empty")),
        (bad(1010, "massar", "").into(), Some("massar is empty")),
        (
            bad(1011, "display_name", &format!("\"{name}")).into(),
            Some("has a quote that is not closed; a row is one line"),
        ),
        (latin_1(&bad(1012, "display_name", "Hélène")), Some("is not UTF-8 in display_name")),
        (bad(1013, "display_name", &"x".repeat(1 << 20)).into(), Some("is longer than 65536 bytes")),
        (bad(1014, "locale", "fr,more").into(), Some("has 13 columns, the header has 12")),
        (bad(1015, "display_name", "A\u{202E}B").into(), Some("display_name has not the right form")),
        (bad(1016, "display_name", &"x".repeat(300)).into(), Some("display_name is too long")),
        (bad(1018, "directory_id", "COMPTE-1018@usms.ac.ma").into(), None),
        (
            bad(1019, "directory_id", "Compte-1018@usms.ac.ma").into(),
            Some("directory_id stands in line 19 too"),
        ),
        (
            bad(1020, "academic_email", &first.get("academic_email").to_uppercase()).into(),
            Some("academic_email stands in line 2 too"),
        ),
        (bad(1021, "birth_date", "1899-12-31").into(), Some("birth_date has not the right form")),
        (bad(1022, "birth_date", "2099-01-01").into(), Some("birth_date is in the future")),
        (last.row().into(), None),
        (late.row().into(), None),
    ];
    let mut file = format!("{USMS_HEADER}\n").into_bytes();
    let mut expected = Vec::new();
    let path = crate::ctl::scratch("bad-rows.csv");
    for (number, (row, said)) in rows.iter().enumerate() {
        file.extend_from_slice(row);
        file.push(b'\n');
        if let Some(said) = said {
            expected.push(format!("{}:{}: {said}\n", path.display(), number + 2));
        }
    }
    for dry_run in [true, false] {
        std::fs::write(&path, &file).unwrap();
        let mut words = vec!["import", "--partial", path.to_str().unwrap()];
        if dry_run {
            words.push("--dry-run");
        }
        let ran = recupctl(stack(), &words).ends(1);
        assert_eq!(ran.err, expected.concat());
        let result = if dry_run {
            "4 rows are sound, 20 would be skipped"
        } else {
            "4 written, 0 unchanged, 20 skipped"
        };
        assert!(ran.out.starts_with(result), "{}", ran.out);
        for taken in [&first, &last, &late] {
            recupctl(stack(), &["lookup", taken.id()]).ends(i32::from(dry_run));
        }
    }
    for taken in [&first, &last, &late] {
        taken.says_who().await.is_at("choose-method");
    }
    for skipped in [1005, 1006, 1007, 1016] {
        Student::new(skipped).says_who().await.is_problem(401, "identity-not-recognised");
    }
}

fn latin_1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(c).unwrap()).collect()
}

#[tokio::test]
async fn a_file_from_windows_with_its_columns_in_another_order_is_taken_as_it_is() {
    let student = Student::new(1100).with("display_name", "\"El \"\"Haj\"\", Amina\"");
    let turned = |names: &str| names.split(',').rev().map(str::to_owned).collect::<Vec<_>>().join(" ,");
    let columns: Vec<&str> = USMS_HEADER.split(',').rev().map(|name| student.get(name)).collect();
    let file = format!("\u{FEFF}note,{}\r\nà revoir,{}\r\n\r\n", turned(USMS_HEADER), columns.join(","));
    let ran = import(stack(), "windows.csv", file).ends(0);
    assert!(ran.out.starts_with("1 written, 0 unchanged, 0 skipped"), "{}", ran.out);
    let known = recupctl(stack(), &["lookup", student.id(), "--json"]).ends(0).json();
    assert_eq!(known["display_name"], "El \"Haj\", Amina");
    student.says_who().await.is_at("choose-method");
}

#[test]
fn a_file_that_is_no_registry_is_refused_with_what_is_wrong_and_nothing_is_written() {
    let good = file_of(&[&Student::new(1200)]);
    let cases: [(&str, Vec<u8>, &str); 8] = [
        ("empty", Vec::new(), "the file is empty"),
        ("no-row", format!("{USMS_HEADER}\n\n").into(), "the file has no row"),
        (
            "no-header",
            good.lines().nth(1).unwrap().into(),
            "the header lacks these columns: person_id, profile",
        ),
        (
            "lacking",
            good.replace("apogee,massar", "apogee,code").into(),
            "the header lacks these columns: massar",
        ),
        (
            "twice",
            good.replace("locale", "apogee").replacen("apogee,apogee", "locale,apogee,apogee", 1).into(),
            "the header has these columns more than once: apogee",
        ),
        ("semicolons", good.replace(',', ";").into(), "(it has semicolons; columns are separated by commas)"),
        (
            "utf-16",
            good.encode_utf16()
                .fold(vec![0xFF, 0xFE], |bytes, unit| [bytes, unit.to_le_bytes().into()].concat()),
            "the file is UTF-16; save it as \"CSV UTF-8\"",
        ),
        ("absent", Vec::new(), "No such file or directory"),
    ];
    for (name, contents, said) in cases {
        let path = crate::ctl::file(&format!("{name}.csv"), contents);
        if name == "absent" {
            std::fs::remove_file(&path).unwrap();
        }
        let ran = recupctl(stack(), &["import", path.to_str().unwrap()]).ends(2);
        let told = format!("recupctl: {}: ", path.display());
        assert!(ran.err.starts_with(&told) && ran.err.contains(said), "{name}: {}", ran.err);
        assert_eq!(ran.out, "", "{name}");
    }
    recupctl(stack(), &["lookup", Student::new(1200).id()]).ends(1);
}

#[tokio::test]
async fn a_contact_that_nothing_may_be_sent_to_is_no_mistake_and_is_counted() {
    let abroad = Student::new(1300).with("phone", "+33639980001");
    let own = Student::new(1301).with("recovery_email", "P1301@usms.ac.ma");
    let ran = import(stack(), "abroad.csv", file_of(&[&abroad, &own])).ends(0);
    assert!(ran.out.contains("\n1 with their academic address as recovery_email"), "{}", ran.out);
    assert!(
        ran.out.contains("\n1 with a number of a country that methods.countries does not name"),
        "{}",
        ran.out
    );
    for (student, kind) in [(abroad, "email"), (own, "sms")] {
        let state = student.says_who().await;
        let methods = state.is_at("choose-method").body["methods"].as_array().unwrap();
        assert_eq!(methods.iter().map(|method| &method["kind"]).collect::<Vec<_>>(), [kind]);
    }
}
