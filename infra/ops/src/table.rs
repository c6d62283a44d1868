//! A CSV file with a header, row by row. A row is one line: a quote that somebody forgot to close harms that
//! line alone.

use crate::lines::{LONGEST_LINE, Line, Lines};
use csv::{ErrorKind, ReaderBuilder, StringRecord, Terminator};
use recupmail_domain::registry::Row;
use std::io::{self, Read};

/// An open file, its header read.
#[derive(Debug)]
pub struct Table<R> {
    lines: Lines<R>,
    header: Vec<String>,
}

/// Why a file is none that can be read here.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The disk, or whatever it comes from.
    #[error("the file cannot be read: {0}")]
    File(#[from] io::Error),
    /// Nothing stands in it.
    #[error("the file is empty")]
    Empty,
    /// Excel's "Unicode text".
    #[error("the file is UTF-16; save it as \"CSV UTF-8\"")]
    Utf16,
    /// The first line is no header.
    #[error("line 1 {0}")]
    Header(BadLine),
    /// The header lacks columns.
    #[error("the header lacks these columns: {}{}", .0.join(", "), if *.1 { SEMICOLONS } else { "" })]
    Lacking(Vec<String>, bool),
    /// The header has columns twice.
    #[error("the header has these columns more than once: {}", .0.join(", "))]
    Repeated(Vec<String>),
}

const SEMICOLONS: &str = " (it has semicolons; columns are separated by commas)";

/// Why a line is no row. What stands in it is not shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLine {
    /// Longer than any person's row.
    #[error("is longer than {LONGEST_LINE} bytes")]
    TooLong,
    /// Latin-1 perhaps.
    #[error("is not UTF-8 in {0}")]
    NotUtf8(String),
    /// Too many or too few columns.
    #[error("has {0} columns, the header has {1}")]
    Columns(usize, usize),
    /// A quote was opened and not closed.
    #[error("has a quote that is not closed; a row is one line")]
    OpenQuote,
    /// Anything else.
    #[error("cannot be read")]
    Unreadable,
}

/// A row and the line that it stands on.
pub type Numbered = (u64, Result<Row, BadLine>);

impl<R: Read> Table<R> {
    /// Reads the header, which must have these columns and may have others.
    pub fn open(file: R, needed: &[&str]) -> Result<Self, TableError> {
        let mut lines = Lines::of(file);
        let first = lines.next_line()?.ok_or(TableError::Empty)?;
        let text = first.text.ok_or(TableError::Header(BadLine::TooLong))?;
        if text.starts_with(&[0xFF, 0xFE]) || text.starts_with(&[0xFE, 0xFF]) {
            return Err(TableError::Utf16);
        }
        let text = text.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(text);
        let semicolons = text.contains(&b';');
        let header = columns(text, &[]).map_err(TableError::Header)?.unwrap_or_default();
        let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        let has = |name: &str| header.iter().any(|known| known == name);
        let lacking: Vec<String> =
            needed.iter().filter(|name| !has(name)).map(|name| (*name).to_owned()).collect();
        if !lacking.is_empty() {
            return Err(TableError::Lacking(lacking, semicolons));
        }
        let repeated: Vec<String> = header
            .iter()
            .enumerate()
            .filter(|(place, name)| header[..*place].contains(name))
            .map(|(_, name)| name.clone())
            .collect();
        if repeated.is_empty() { Ok(Self { lines, header }) } else { Err(TableError::Repeated(repeated)) }
    }

    /// The next row; lines with nothing in them are passed over.
    pub fn next_row(&mut self) -> io::Result<Option<Numbered>> {
        while let Some(Line { number, text }) = self.lines.next_line()? {
            let Some(text) = text else { return Ok(Some((number, Err(BadLine::TooLong)))) };
            match columns(text, &self.header) {
                Ok(None) => {}
                Ok(Some(record)) => return Ok(Some((number, self.row(&record)))),
                Err(bad) => return Ok(Some((number, Err(bad)))),
            }
        }
        Ok(None)
    }

    fn row(&self, record: &StringRecord) -> Result<Row, BadLine> {
        if record.len() != self.header.len() {
            return Err(BadLine::Columns(record.len(), self.header.len()));
        }
        let columns = self.header.iter().zip(record);
        Ok(columns.map(|(name, value)| (name.clone(), value.to_owned())).collect())
    }
}

/// The columns of a line; `None` if nothing stands in it.
fn columns(text: &[u8], header: &[String]) -> Result<Option<StringRecord>, BadLine> {
    if text.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    // With its end, so that a quote which is open there takes it in and shows.
    let line = [text, b"\n"].concat();
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .terminator(Terminator::Any(b'\n'))
        .buffer_capacity(line.len())
        .from_reader(line.as_slice());
    let mut record = StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) if record.iter().any(|value| value.contains('\n')) => Err(BadLine::OpenQuote),
        Ok(true) => Ok(Some(record)),
        Ok(false) => Ok(None),
        Err(error) => Err(match error.kind() {
            ErrorKind::Utf8 { err, .. } => {
                let name = header.get(err.field()).cloned();
                BadLine::NotUtf8(name.unwrap_or_else(|| format!("column {}", err.field() + 1)))
            }
            _ => BadLine::Unreadable,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(file: &[u8]) -> Result<Table<&[u8]>, TableError> {
        Table::open(file, &["id", "name"])
    }

    /// Of each row, its line and its name, or what is wrong.
    fn rows(file: &[u8]) -> Vec<(u64, Result<String, String>)> {
        let mut table = open(file).unwrap();
        let mut rows = Vec::new();
        while let Some((line, row)) = table.next_row().unwrap() {
            rows.push((line, row.map(|row| row["name"].clone()).map_err(|bad| bad.to_string())));
        }
        rows
    }

    #[test]
    fn a_header_that_does_not_fit_says_what_is_wrong_with_it() {
        for (file, said) in [
            (b"".as_slice(), "the file is empty"),
            (b"id\n1\n", "the header lacks these columns: name"),
            (
                b"id;name\n",
                "the header lacks these columns: id, name (it has semicolons; columns are separated by commas)",
            ),
            (b"id,name,id\n", "the header has these columns more than once: id"),
            (b"\xFF\xFEi\0d\0", "the file is UTF-16; save it as \"CSV UTF-8\""),
            (b"id,n\xE9e\n", "line 1 is not UTF-8 in column 2"),
            (b"id,\"name\n", "line 1 has a quote that is not closed; a row is one line"),
        ] {
            assert_eq!(open(file).unwrap_err().to_string(), said);
        }
    }

    #[test]
    fn a_bad_line_leaves_the_others_alone() {
        let long = "x".repeat(1 << 20);
        let file = [
            "\u{FEFF}name , id,other\r\nAmina,1,\r\n\r\n\"Badr".as_bytes(),
            b",2,\nH\xE9l\xE8ne,3,\nIbn,4\n",
            format!("{long},5,\n").as_bytes(),
            "\"El, \"\"Z\"\"\",6,\nZ,7,".as_bytes(),
        ]
        .concat();
        assert_eq!(
            rows(&file),
            [
                (2, Ok("Amina".to_owned())),
                (4, Err("has a quote that is not closed; a row is one line".to_owned())),
                (5, Err("is not UTF-8 in name".to_owned())),
                (6, Err("has 2 columns, the header has 3".to_owned())),
                (7, Err("is longer than 65536 bytes".to_owned())),
                (8, Ok("El, \"Z\"".to_owned())),
                (9, Ok("Z".to_owned())),
            ]
        );
    }
}
