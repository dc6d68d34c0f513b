//! Arrays of numbers as NumPy writes them (format specification: numpy.lib.format, versions 1 to 3), of any kind
//! and width that holds real numbers.

use ndarray::{Array2, ShapeBuilder};
use regex::Regex;

const MAGIC: &[u8] = b"\x93NUMPY";

/// Reads a two-dimensional array as single-precision numbers; the error says in words what is wrong.
pub(super) fn parse(bytes: &[u8]) -> Result<Array2<f32>, String> {
    let damaged = || "it is not a .npy file, or its header is damaged".to_owned();
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(damaged)?;
    let (version, rest) = rest.split_first_chunk::<2>().ok_or_else(damaged)?;
    let (length, rest) = if version[0] == 1 {
        let (length, rest) = rest.split_first_chunk().ok_or_else(damaged)?;
        (usize::from(u16::from_le_bytes(*length)), rest)
    } else {
        let (length, rest) = rest.split_first_chunk().ok_or_else(damaged)?;
        (u32::from_le_bytes(*length) as usize, rest)
    };
    let (header, data) = rest.split_at_checked(length).ok_or_else(damaged)?;
    let header = String::from_utf8_lossy(header);
    let field = |pattern: &str| {
        let found = Regex::new(pattern).ok()?.captures(&header)?;
        found.get(1).map(|found| found.as_str().to_owned())
    };
    let kind = field("'descr': *'([^']*)'")
        .ok_or("it holds records rather than plain numbers: save a plain array")?;
    let in_columns = field("'fortran_order': *(True|False)").ok_or_else(damaged)? == "True";
    let shape = field(r"'shape': *\(([^)]*)\)").ok_or_else(damaged)?;
    let sides: Result<Vec<usize>, _> = shape
        .split(',')
        .map(str::trim)
        .filter(|side| !side.is_empty())
        .map(str::parse)
        .collect();
    let sides = sides.map_err(|_| damaged())?;
    let &[rows, columns] = sides.as_slice() else {
        return Err(format!(
            "it has {} dimensions and must have 2: a row a pair, a column a latent dimension",
            sides.len()
        ));
    };
    let (width, number) = reader(&kind).ok_or_else(|| {
        format!("its numbers are of the kind {kind}, which are no real numbers: convert them to float32")
    })?;
    let count = rows.checked_mul(columns).ok_or_else(damaged)?;
    if data.len() / width < count {
        return Err(format!(
            "it is cut off: it should hold {count} numbers and holds {}",
            data.len() / width
        ));
    }
    let values = data.chunks_exact(width).take(count).map(number).collect();
    let array = if in_columns {
        Array2::from_shape_vec((rows, columns).f(), values)
    } else {
        Array2::from_shape_vec((rows, columns), values)
    };
    // Rows in one piece, which everything else counts on.
    array
        .map(|array| array.as_standard_layout().into_owned())
        .map_err(|error| error.to_string())
}

/// Reads one number from its bytes.
type Reader = fn(&[u8]) -> f32;

/// How wide numbers of this kind are, and how one is read. The kind is NumPy's: byte order, letter, width.
fn reader(kind: &str) -> Option<(usize, Reader)> {
    macro_rules! read {
        ($number:ty, $from:ident) => {
            |bytes| {
                bytes
                    .try_into()
                    .map_or(f32::NAN, |bytes| <$number>::$from(bytes) as f32)
            }
        };
    }
    let big = kind.starts_with('>');
    Some(match (kind.trim_start_matches(['<', '>', '=', '|']), big) {
        ("f2", false) => (2, |bytes| {
            bytes
                .try_into()
                .map_or(f32::NAN, |bytes| half(u16::from_le_bytes(bytes)))
        }),
        ("f2", true) => (2, |bytes| {
            bytes
                .try_into()
                .map_or(f32::NAN, |bytes| half(u16::from_be_bytes(bytes)))
        }),
        ("f4", false) => (4, read!(f32, from_le_bytes)),
        ("f4", true) => (4, read!(f32, from_be_bytes)),
        ("f8", false) => (8, read!(f64, from_le_bytes)),
        ("f8", true) => (8, read!(f64, from_be_bytes)),
        ("b1" | "u1", _) => (1, read!(u8, from_le_bytes)),
        ("i1", _) => (1, read!(i8, from_le_bytes)),
        ("u2", false) => (2, read!(u16, from_le_bytes)),
        ("u2", true) => (2, read!(u16, from_be_bytes)),
        ("i2", false) => (2, read!(i16, from_le_bytes)),
        ("i2", true) => (2, read!(i16, from_be_bytes)),
        ("u4", false) => (4, read!(u32, from_le_bytes)),
        ("u4", true) => (4, read!(u32, from_be_bytes)),
        ("i4", false) => (4, read!(i32, from_le_bytes)),
        ("i4", true) => (4, read!(i32, from_be_bytes)),
        ("u8", false) => (8, read!(u64, from_le_bytes)),
        ("u8", true) => (8, read!(u64, from_be_bytes)),
        ("i8", false) => (8, read!(i64, from_le_bytes)),
        ("i8", true) => (8, read!(i64, from_be_bytes)),
        _ => return None,
    })
}

/// A half-precision number (IEEE 754 binary16) from its bits.
fn half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1F), f32::from(bits & 0x3FF));
    sign * match exponent {
        0 => fraction * 2.0_f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1.0 + fraction / 1024.0) * 2.0_f32.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn file(kind: &str, order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let header = format!("{{'descr': '{kind}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
        let mut bytes = [MAGIC, &[1, 0], &(header.len() as u16).to_le_bytes()].concat();
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn numbers_of_any_kind_order_and_byte_order_are_read() {
        let expected = array![[1.0, 2.0], [3.0, -4.0]];
        let doubles: Vec<u8> = [1.0_f64, 3.0, 2.0, -4.0]
            .iter()
            .flat_map(|v| v.to_be_bytes())
            .collect();
        assert_eq!(parse(&file(">f8", "True", "(2, 2)", &doubles)).unwrap(), expected);
        assert!(
            parse(&file(">f8", "True", "(2, 2)", &doubles))
                .unwrap()
                .is_standard_layout()
        );
        let short: Vec<u8> = [1_i16, 2, 3, -4].iter().flat_map(|v| v.to_le_bytes()).collect();
        assert_eq!(parse(&file("<i2", "False", "(2, 2)", &short)).unwrap(), expected);
        assert_eq!(
            parse(&file("|i1", "False", "(2, 2)", &[1, 2, 3, 252])).unwrap(),
            expected
        );
        let halves: Vec<u8> = [0x3C00_u16, 0x4000, 0x4200, 0xC400]
            .iter()
            .flat_map(|v| v.to_le_bytes())
            .collect();
        assert_eq!(parse(&file("<f2", "False", "(2, 2)", &halves)).unwrap(), expected);
    }

    #[test]
    fn halves_at_the_ends_of_their_range_are_right() {
        assert_eq!(half(0x7BFF), 65_504.0);
        assert_eq!(half(0x0001), 2.0_f32.powi(-24));
        assert_eq!(half(0x8000), 0.0);
        assert_eq!(half(0xFC00), f32::NEG_INFINITY);
        assert!(half(0x7E00).is_nan());
    }

    #[test]
    fn what_cannot_be_read_is_said_in_words() {
        let refusal = |bytes: &[u8]| parse(bytes).unwrap_err();
        assert!(refusal(b"no array").contains("not a .npy"));
        assert!(refusal(&file("<f4", "False", "(2,)", &[0; 8])).contains("1 dimensions"));
        assert!(refusal(&file("<c8", "False", "(1, 1)", &[0; 8])).contains("<c8"));
        assert!(
            refusal(&file("<f4", "False", "(2, 3)", &[0; 8])).contains("should hold 6 numbers and holds 2")
        );
        assert!(refusal(b"\x93NUMPY\x01\x00\xff").contains("damaged"));
        assert_eq!(parse(&file("<f4", "False", "(0, 3)", &[])).unwrap().dim(), (0, 3));
    }
}
