//! How a coded picture is to be turned before it is shown: the display matrix of phones and cameras.

/// One of the eight ways to put a rectangle on its sides: mirrored across its diagonal or not, then flipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Orientation {
    /// Rows become columns.
    pub transposed: bool,
    /// Shown from right to left, after the transposition.
    pub flipped_x: bool,
    /// Shown from bottom to top, after the transposition.
    pub flipped_y: bool,
}

impl Orientation {
    /// Reads a display matrix: nine native-endian 32-bit numbers `a b u c d v x y w`, by which a coded pixel
    /// (x, y) is shown at (a x + c y, b x + d y). Angles between the right ones go to the nearest.
    /// Nothing where the matrix is too short or says nothing.
    pub fn from_display_matrix(bytes: &[u8]) -> Option<Self> {
        let mut numbers = bytes
            .chunks_exact(4)
            .map(|chunk| chunk.try_into().map(i32::from_ne_bytes));
        let a = numbers.next()?.ok()?;
        let b = numbers.next()?.ok()?;
        let c = numbers.nth(1)?.ok()?;
        let d = numbers.next()?.ok()?;
        if [a, b, c, d] == [0; 4] {
            return None;
        }
        Some(if b.unsigned_abs() > a.unsigned_abs() {
            Self {
                transposed: true,
                flipped_x: c < 0,
                flipped_y: b < 0,
            }
        } else {
            Self {
                transposed: false,
                flipped_x: a < 0,
                flipped_y: d < 0,
            }
        })
    }

    /// Clockwise turn in degrees, 0, 90, 180 or 270; of a mirrored picture the turn that is left without the mirror.
    pub fn degrees(self) -> i32 {
        match (self.transposed, self.flipped_x, self.flipped_y) {
            (false, false, _) => 0,
            (false, true, _) => 180,
            (true, _, false) => 90,
            (true, _, true) => 270,
        }
    }

    /// Width and height before turning, for a width and height after it; and the other way round.
    pub fn turned_size(self, width: u32, height: u32) -> (u32, u32) {
        if self.transposed {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// Turns packed RGB rows, `stride` bytes apart, into `width` x `height` pixels with no gaps between rows.
    pub fn turn(self, coded: &[u8], stride: usize, width: u32, height: u32) -> Vec<u8> {
        let (width, height) = (width as usize, height as usize);
        let (coded_width, coded_height) = if self.transposed {
            (height, width)
        } else {
            (width, height)
        };
        let rows = coded.chunks(stride).take(coded_height);
        if self == Self::default() {
            return rows
                .flat_map(|row| row.iter().take(coded_width * 3))
                .copied()
                .collect();
        }
        let mut shown = vec![0; width * height * 3];
        for (coded_y, row) in rows.enumerate() {
            for (coded_x, pixel) in row.chunks_exact(3).take(coded_width).enumerate() {
                let (x, y) = if self.transposed {
                    (coded_y, coded_x)
                } else {
                    (coded_x, coded_y)
                };
                let x = if self.flipped_x { width - 1 - x } else { x };
                let y = if self.flipped_y { height - 1 - y } else { y };
                let start = (y * width + x) * 3;
                if let Some(place) = shown.get_mut(start..start + 3) {
                    place.copy_from_slice(pixel);
                }
            }
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(a: i32, b: i32, c: i32, d: i32) -> Vec<u8> {
        [a, b, 0, c, d, 0, 0, 0, 1 << 30]
            .iter()
            .flat_map(|number| number.to_ne_bytes())
            .collect()
    }

    #[test]
    fn the_matrix_of_each_turn_is_read() {
        let one = 1 << 16;
        let degrees = |bytes: &[u8]| Orientation::from_display_matrix(bytes).map(Orientation::degrees);
        assert_eq!(degrees(&matrix(one, 0, 0, one)), Some(0));
        assert_eq!(degrees(&matrix(0, one, -one, 0)), Some(90));
        assert_eq!(degrees(&matrix(-one, 0, 0, -one)), Some(180));
        assert_eq!(degrees(&matrix(0, -one, one, 0)), Some(270));
        assert_eq!(degrees(&matrix(0, 0, 0, 0)), None);
        assert_eq!(degrees(&[1, 2, 3]), None);
    }

    #[test]
    fn a_quarter_turn_brings_the_top_row_to_the_right() {
        // Coded: 2 wide, 1 high, rows padded to 8 bytes. Shown: 1 wide, 2 high.
        let coded = [1, 1, 1, 2, 2, 2, 9, 9];
        let clockwise = Orientation {
            transposed: true,
            flipped_x: true,
            flipped_y: false,
        };
        assert_eq!(clockwise.turn(&coded, 8, 1, 2), [1, 1, 1, 2, 2, 2]);
        let anticlockwise = Orientation {
            transposed: true,
            flipped_x: false,
            flipped_y: true,
        };
        assert_eq!(anticlockwise.turn(&coded, 8, 1, 2), [2, 2, 2, 1, 1, 1]);
        let none = Orientation::default();
        assert_eq!(none.turn(&coded, 8, 2, 1), [1, 1, 1, 2, 2, 2]);
        let half = Orientation {
            transposed: false,
            flipped_x: true,
            flipped_y: true,
        };
        assert_eq!(half.turn(&coded, 8, 2, 1), [2, 2, 2, 1, 1, 1]);
    }
}
