//! The epochs of a training that are worth keeping: each about a sixth later than the one before, since a training changes
//! most at its beginning.

/// Whether what the network makes of the pairs is kept after this epoch: 1, 2, 3, …, 7, 9, 11, 13, …, some 35 up to 500.
#[must_use]
pub fn is_due(epoch: u32) -> bool {
    let mut due = 1;
    while due < epoch {
        due += (due / 6).max(1);
    }
    due == epoch
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn early_epochs_are_kept_densely_and_late_ones_sparsely() {
        let kept: Vec<u32> = (1..=500).filter(|&epoch| is_due(epoch)).collect();
        assert_eq!(kept[..6], [1, 2, 3, 4, 5, 6]);
        assert!((25..45).contains(&kept.len()), "{}", kept.len());
        assert!(kept.windows(2).all(|pair| pair[1] - pair[0] <= pair[1] / 6 + 1));
        assert!(!is_due(0));
    }
}
