//! A QR code as one SVG path.

use crate::ending::Failure;
use fast_qr::{ECL, QRBuilder};
use std::fmt::Write;

/// The white border that readers need, in modules (ISO/IEC 18004 section 5.3.8).
const QUIET: usize = 4;

/// A drawn QR code.
#[derive(Debug)]
pub(crate) struct Qr {
    /// Its side in modules, border included.
    pub(crate) side: usize,
    /// Its dark modules.
    pub(crate) path: String,
}

impl Qr {
    /// Draws a text; level M bears the creases of a letter.
    pub(crate) fn of(text: &str) -> Result<Self, Failure> {
        let code = QRBuilder::new(text)
            .ecl(ECL::M)
            .build()
            .map_err(|_| format!("{text:?} is too long for a QR code"))?;
        let mut path = String::new();
        for row in 0..code.size {
            for column in (0..code.size).filter(|column| code[row][*column].value()) {
                write!(path, "M{} {}h1v1h-1z", column + QUIET, row + QUIET)?;
            }
        }
        Ok(Self { side: code.size + 2 * QUIET, path })
    }
}
