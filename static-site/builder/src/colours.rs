//! The shades that the stylesheet needs of an institution's two colours. They are mixed here, since browsers of
//! cheap and older phones cannot.

use recupmail_config::Branding;

const WHITE: [u8; 3] = [255; 3];
const BLACK: [u8; 3] = [0; 3];
/// `--card` of dark pages, in style.css.
const DARK_CARD: [u8; 3] = [0x17, 0x22, 0x2d];

/// The custom properties, as a stylesheet:
///
/// | property | what it is |
/// |---|---|
/// | `--primary`, `--accent` | the colours of the institution's file |
/// | `--deep` | where the first page's title area is darkest |
/// | `--pale` | light areas |
/// | `--bright` | links and buttons of dark pages |
/// | `--dusk` | lighter areas of dark pages |
pub(crate) fn properties(branding: &Branding) -> String {
    let primary = parse(&branding.primary);
    let bright = mix(primary, WHITE, 40);
    let shades = [
        ("deep", mix(primary, BLACK, 65)),
        ("pale", mix(primary, WHITE, 9)),
        ("bright", bright),
        ("dusk", mix(bright, DARK_CARD, 13)),
    ];
    let shades = shades.map(|(name, colour)| format!("--{name}:{};", shown(colour))).concat();
    format!(":root{{--primary:{};--accent:{};{shades}}}\n", branding.primary, branding.accent)
}

/// A colour of the file, which was checked when it was read.
fn parse(colour: &str) -> [u8; 3] {
    [1, 3, 5].map(|at| {
        colour.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or_default()
    })
}

/// So many hundredths of the one colour in the other (CSS Color 5 section 2, in sRGB).
fn mix(one: [u8; 3], other: [u8; 3], hundredths: u32) -> [u8; 3] {
    let part =
        |at: usize| (u32::from(one[at]) * hundredths + u32::from(other[at]) * (100 - hundredths) + 50) / 100;
    [0, 1, 2].map(|at| u8::try_from(part(at)).unwrap_or(u8::MAX))
}

fn shown([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades_are_mixed_as_browsers_mix_them() {
        // color-mix(in srgb, #0b4f8a 9%, #fff) and so on, as Chromium computes them.
        let blue = parse("#0b4f8a");
        assert_eq!(shown(mix(blue, WHITE, 9)), "#e9eff4");
        assert_eq!(shown(mix(blue, WHITE, 40)), "#9db9d0");
        assert_eq!(shown(mix(blue, BLACK, 65)), "#07335a");
    }
}
