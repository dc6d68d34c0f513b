//! The bend of a falling curve.

/// Where a falling curve bends: the place that lies farthest below the straight line from its first value to its
/// last (Satopää et al., 2011). The depth is measured with both axes brought to 0 to 1, so that it is 0 for a straight line
/// and nearly 1 for a sharp corner. None for fewer than three values and for a curve that does not fall.
pub(super) fn knee(values: &[f64]) -> Option<(usize, f64)> {
    let (first, last) = (*values.first()?, *values.last()?);
    let fall = first - last;
    if values.len() < 3 || fall.is_nan() || fall <= f64::EPSILON * first.abs() {
        return None;
    }
    let steps = (values.len() - 1) as f64;
    let depths = values.iter().enumerate().map(|(index, value)| {
        let height = (value - last) / fall;
        (index, 1.0 - index as f64 / steps - height)
    });
    // The first of equally deep places.
    depths.reduce(|deepest, place| if place.1 > deepest.1 { place } else { deepest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corner_is_found_where_it_is() {
        let (place, depth) = knee(&[10.0, 6.0, 2.0, 1.9, 1.8, 1.7, 1.6, 1.5]).unwrap();
        assert_eq!(place, 2);
        assert!(depth > 0.6);
    }

    #[test]
    fn a_straight_line_has_no_depth_and_a_flat_one_no_knee() {
        assert!(knee(&[4.0, 3.0, 2.0, 1.0]).unwrap().1.abs() < 1e-12);
        assert_eq!(knee(&[1.0, 1.0, 1.0]), None);
        assert_eq!(knee(&[2.0, 1.0]), None);
    }
}
