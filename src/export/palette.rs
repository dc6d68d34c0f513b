//! The colours of clusters and curves, the same in every panel and every file.

/// Told apart by people with any kind of colour vision: the hues of Okabe and Ito, then darker ones.
const PALETTE: [[u8; 3]; 12] = [
    [0, 114, 178],
    [230, 159, 0],
    [0, 158, 115],
    [204, 121, 167],
    [86, 180, 233],
    [213, 94, 0],
    [240, 228, 66],
    [136, 136, 136],
    [120, 81, 169],
    [153, 27, 60],
    [102, 140, 40],
    [20, 60, 110],
];

/// The colour of a total beside those of its parts, on paper.
pub const TOTAL: [u8; 3] = [90; 3];

/// Red, green and blue of the so many-th cluster or curve. Larger numbers come round again.
#[must_use]
pub const fn colour(place: usize) -> [u8; 3] {
    PALETTE[place % PALETTE.len()]
}
