use super::*;
use crate::jobs::Watch;
use ndarray::array;

/// A theme whose tags point in these directions of the plane, in degrees.
fn theme(cluster: u32, degrees: &[f64]) -> Theme {
    Theme {
        cluster: ClusterId(cluster),
        name: format!("theme, {cluster}"),
        tags: degrees.iter().map(f64::to_string).collect(),
        vectors: Array2::from_shape_fn((degrees.len(), 2), |(row, column)| {
            // Lengths differ and must not matter.
            let (sine, cosine) = degrees[row].to_radians().sin_cos();
            ((row + 1) as f64 * [cosine, sine][column]) as f32
        }),
        is_left_out: false,
    }
}

fn ten(cluster: u32, degrees: f64) -> Theme {
    let spread: Vec<f64> = (0..10).map(|tag| degrees + f64::from(tag)).collect();
    theme(cluster, &spread)
}

#[test]
fn similarity_is_the_mean_of_the_ten_largest_cosines() {
    let one = theme(0, &[0.0, 10.0, 20.0, 90.0]);
    let other = theme(0, &[0.0, 30.0, 60.0]);
    let comparison = compare(&[one], &[other]).unwrap();
    let mut cosines: Vec<f64> = Vec::new();
    for a in [0.0_f64, 10.0, 20.0, 90.0] {
        for b in [0.0_f64, 30.0, 60.0] {
            cosines.push((a - b).to_radians().cos());
        }
    }
    cosines.sort_by(|a, b| b.total_cmp(a));
    let cell = &comparison.cells[(0, 0)];
    assert!((cell.similarity - cosines[..10].iter().sum::<f64>() / 10.0).abs() < 1e-6);
    assert_eq!(cell.pairs.len(), 10);
    let nearest = cell.pairs[0];
    assert_eq!((nearest.row, nearest.column), (0, 0));
    assert!((nearest.cosine - 1.0).abs() < 1e-6 && nearest.cosine <= 1.0);
}

#[test]
fn the_diagonal_falls_and_nearest_pairs_match() {
    let one = [ten(0, 0.0), ten(1, 170.0), ten(2, 60.0)];
    let other = [ten(0, 65.0), ten(1, 2.0)];
    let comparison = compare(&one, &other).unwrap();
    let clusters = |themes: &[Theme]| themes.iter().map(|theme| theme.cluster.0).collect::<Vec<_>>();
    assert_eq!(
        (clusters(&comparison.rows), clusters(&comparison.columns)),
        (vec![0, 2, 1], vec![1, 0])
    );
    let places: Vec<_> = comparison
        .matches
        .iter()
        .map(|found| (found.row, found.column))
        .collect();
    assert_eq!(places, [(0, 0), (1, 1)]);
    let cells = &comparison.cells;
    assert!(cells[(0, 0)].similarity > cells[(1, 1)].similarity);
    assert!((cells[(1, 1)].similarity - comparison.matches[1].similarity).abs() < 1e-12);
    assert_eq!(
        (&comparison.only_rows[..], &comparison.only_columns[..]),
        (&[2][..], &[][..])
    );
    assert!(cells[(2, 1)].similarity < comparison.threshold);
}

#[test]
fn a_cluster_near_a_matched_one_is_not_alone() {
    let comparison = compare(
        &[ten(0, 0.0), ten(1, 3.0), ten(2, 90.0)],
        &[ten(0, 1.0), ten(1, 40.0)],
    )
    .unwrap();
    let row = comparison
        .rows
        .iter()
        .position(|theme| theme.cluster.0 == 1)
        .unwrap();
    assert!(!comparison.matches.iter().any(|found| found.row == row));
    assert!(!comparison.only_rows.contains(&row));
}

#[test]
fn what_is_left_out_is_not_compared() {
    let mut head = ten(1, 2.0);
    head.is_left_out = true;
    let comparison = compare(&[ten(0, 0.0), head.clone()], &[ten(0, 1.0)]).unwrap();
    assert_eq!(comparison.cells.dim(), (1, 1));
    assert_eq!(comparison.rows[0].cluster, ClusterId(0));
    assert_eq!(compare(&[head], &[ten(0, 0.0)]), Err(ComparisonError::NoClusters));
}

#[test]
fn what_cannot_be_compared_says_why() {
    let mut long = ten(0, 0.0);
    long.vectors = Array2::ones((10, 3));
    let error = compare(&[ten(0, 0.0)], &[long]).unwrap_err();
    assert!(
        matches!(
            error,
            ComparisonError::Lengths {
                one_length: 2,
                other_length: 3,
                ..
            }
        ),
        "{error}"
    );
    let mut short = ten(0, 0.0);
    short.tags.pop();
    assert!(matches!(
        compare(&[short], &[ten(0, 0.0)]),
        Err(ComparisonError::Vectors {
            tags: 9,
            vectors: 10,
            ..
        })
    ));
    assert!(matches!(
        compare(&[theme(0, &[])], &[ten(0, 0.0)]),
        Err(ComparisonError::NoTags { .. })
    ));
    let mut empty = theme(0, &[0.0, 1.0]);
    empty.vectors = array![[0.0, 0.0], [f32::NAN, 1.0]];
    let comparison = compare(&[empty], &[ten(0, 0.0)]).unwrap();
    assert!(
        comparison.cells[(0, 0)].similarity.abs() < 1e-12,
        "a vector without direction is near to nothing"
    );
}

#[test]
fn the_file_says_what_is_shown() {
    let mut comparison = compare(&[ten(0, 0.0), ten(1, 70.0)], &[ten(0, 8.0), ten(1, 100.0)]).unwrap();
    comparison.intervals = Some(over_draws(&comparison, [&[], &[]], 7, &Watch::default()).unwrap());
    let text = csv(&comparison).unwrap();
    let mut lines = csv_lines(&text);
    assert_eq!(&lines.next().unwrap()[4], "similarity");
    for ((place, cell), line) in comparison.cells.indexed_iter().zip(lines) {
        let number = |column: usize| line[column].parse::<f64>().unwrap();
        let interval = comparison.intervals.as_ref().unwrap()[place];
        for (shown, written) in [
            (cell.similarity, number(4)),
            (interval.mean, number(5)),
            (interval.low, number(6)),
            (interval.high, number(7)),
        ] {
            assert!((shown - written).abs() < 1e-6);
        }
        assert_eq!(line[1], comparison.rows[place.0].name);
        assert_eq!(line[2], (comparison.columns[place.1].cluster.0 + 1).to_string());
        assert_eq!(&line[8], if place.0 == place.1 { "yes" } else { "no" });
    }
}

fn csv_lines(text: &str) -> impl Iterator<Item = ::csv::StringRecord> + '_ {
    let reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    reader.into_records().map(Result::unwrap)
}

#[test]
fn one_draw_is_redrawn_and_wider_tags_are_less_sure() {
    let close = compare(&[ten(0, 0.0)], &[ten(0, 0.0)]).unwrap();
    let wide: Vec<f64> = (0..10).map(|tag| f64::from(tag) * 18.0).collect();
    let spread = compare(&[theme(0, &wide)], &[theme(0, &wide)]).unwrap();
    let interval = |comparison: &Comparison, seed| {
        over_draws(comparison, [&[], &[]], seed, &Watch::default()).unwrap()[(0, 0)]
    };
    let (sure, unsure) = (interval(&close, 7), interval(&spread, 7));
    assert_eq!(sure.values, 1_000);
    assert!(sure.low <= sure.mean && sure.mean <= sure.high);
    assert!(unsure.high - unsure.low > sure.high - sure.low);
    assert_eq!(interval(&spread, 7), unsure, "the same seed draws the same");
    assert_ne!(interval(&spread, 8), unsure);
}

#[test]
fn several_draws_are_compared_with_each_other() {
    let comparison = compare(&[ten(0, 0.0)], &[ten(4, 0.0)]).unwrap();
    let rows = [vec![ten(0, 30.0), ten(1, 0.0)], vec![ten(1, 0.0)]];
    let columns = [vec![ten(4, 60.0)]];
    let interval = over_draws(&comparison, [&rows, &columns], 7, &Watch::default()).unwrap()[(0, 0)];
    assert_eq!(interval.values, 4, "two draws of the row, two of the column");
    let similarity =
        |one: f64, other: f64| compare(&[ten(0, one)], &[ten(0, other)]).unwrap().cells[(0, 0)].similarity;
    let all = [
        similarity(0.0, 0.0),
        similarity(30.0, 0.0),
        similarity(0.0, 60.0),
        similarity(30.0, 60.0),
    ];
    assert!((interval.mean - all.iter().sum::<f64>() / 4.0).abs() < 1e-9);
    let watch = Watch::default();
    watch.cancel();
    assert!(matches!(
        over_draws(&comparison, [&rows, &columns], 7, &watch),
        Err(IntervalError::Cancelled(_))
    ));
}

#[test]
fn over_k_a_cluster_is_stood_for_by_the_one_that_shares_its_pairs() {
    let labels = |of: &[u32]| of.iter().map(|label| Some(ClusterId(*label))).collect::<Vec<_>>();
    let clustered = |of: &[u32], themes: Vec<Theme>| Clustered {
        labels: labels(of),
        themes,
    };
    let chosen = clustered(&[0, 0, 0, 1, 1, 1], vec![ten(0, 0.0), ten(1, 90.0)]);
    // In the finer clustering, cluster 2 is most of what was cluster 0.
    let finer = clustered(
        &[2, 2, 0, 1, 1, 0],
        vec![ten(0, 45.0), ten(1, 90.0), ten(2, 10.0)],
    );
    let other = clustered(&[0, 0, 0, 0, 0, 0], vec![ten(0, 0.0)]);
    let comparison = compare(&chosen.themes, &other.themes).unwrap();
    let others = [finer];
    let intervals = over_k(&comparison, [&chosen, &other], [&others, &[]], &Watch::default()).unwrap();
    let row = comparison
        .rows
        .iter()
        .position(|theme| theme.cluster.0 == 0)
        .unwrap();
    let similarity =
        |degrees: f64| compare(&[ten(0, degrees)], &[ten(0, 0.0)]).unwrap().cells[(0, 0)].similarity;
    let interval = intervals[(row, 0)];
    assert_eq!(interval.values, 2);
    assert!((interval.mean - (similarity(0.0) + similarity(10.0)) / 2.0).abs() < 1e-9);
}
