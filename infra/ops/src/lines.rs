//! A text file line by line, in constant memory.

use std::io::{self, BufRead, BufReader, Read};

/// The longest line that is kept; no person's row comes near it.
pub(crate) const LONGEST_LINE: usize = 64 * 1024;

/// The lines of a file, whatever it holds and however long they are.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    file: BufReader<R>,
    buffer: Vec<u8>,
    number: u64,
}

/// One line.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    /// Its number, from 1.
    pub(crate) number: u64,
    /// What stands in it, without the line's end; `None` if it is longer than any line should be.
    pub(crate) text: Option<&'a [u8]>,
}

impl<R: Read> Lines<R> {
    pub(crate) fn of(file: R) -> Self {
        Self { file: BufReader::new(file), buffer: Vec::new(), number: 0 }
    }

    /// The next line; `None` at the end of the file.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        let limit = LONGEST_LINE as u64 + 2;
        if self.file.by_ref().take(limit).read_until(b'\n', &mut self.buffer)? == 0 {
            return Ok(None);
        }
        self.number += 1;
        let ended = self.buffer.ends_with(b"\n");
        if !ended {
            self.file.skip_until(b'\n')?;
        }
        let text = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        Ok(Some(Line { number: self.number, text: Some(text).filter(|text| text.len() <= LONGEST_LINE) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers and lengths of all lines.
    fn read(file: &[u8]) -> Vec<(u64, Option<usize>)> {
        let mut lines = Lines::of(file);
        let mut read = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            read.push((line.number, line.text.map(<[u8]>::len)));
        }
        read
    }

    #[test]
    fn line_ends_of_windows_count_as_one_and_the_last_may_lack() {
        assert_eq!(read(b"ab\r\n\r\nc\nd"), [(1, Some(2)), (2, Some(0)), (3, Some(1)), (4, Some(1))]);
    }

    #[test]
    fn a_line_without_end_is_passed_over_and_the_next_one_is_itself() {
        let long = vec![b'x'; 3 * LONGEST_LINE];
        let file = [b"a\n", long.as_slice(), b"\nbc\n"].concat();
        assert_eq!(read(&file), [(1, Some(1)), (2, None), (3, Some(2))]);
        let just = [vec![b'x'; LONGEST_LINE].as_slice(), b"\r\n"].concat();
        assert_eq!(read(&just), [(1, Some(LONGEST_LINE))]);
        let beyond = [vec![b'x'; LONGEST_LINE + 1].as_slice(), b"\nb"].concat();
        assert_eq!(read(&beyond), [(1, None), (2, Some(1))]);
    }
}
