//! `frameloom cluster LATENTS`.

use super::progress::Progress;
use super::{Output, k_range};
use crate::analysis::clusters::{K_RANGE, PERPLEXITY};
use crate::clustering;
use crate::project::files::write_whole;
use crate::project::{ClusteringMethod, Embedding2, KSweep};
use clap::{Args, ValueEnum};
use ndarray::Array2;
use ndarray_npy::WriteNpyExt;
use std::fmt::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct ClusterArguments {
    /// A CSV table or an NPY array, one row a point.
    latents: PathBuf,
    /// How to cluster with --k.
    #[arg(long, value_enum, default_value = "kmeans")]
    method: Method,
    /// The range of k to sweep with k-means, both ends included.
    #[arg(long, value_parser = k_range)]
    k_range: Option<(usize, usize)>,
    /// Give the cluster of each row for this k.
    #[arg(long)]
    k: Option<usize>,
    /// Draw the map into this file: NPY where its name ends so, else CSV.
    #[arg(long)]
    tsne: Option<PathBuf>,
    /// Perplexity of the map.
    #[arg(long, default_value_t = PERPLEXITY)]
    perplexity: f64,
    /// The same seed gives the same result.
    #[arg(long, default_value_t = 3407)]
    seed: u64,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Method {
    Kmeans,
    Gmm,
    Dbscan,
}

/// Sweeps over k, and labels the rows where asked to.
pub fn run(arguments: &ClusterArguments) -> anyhow::Result<()> {
    let progress = Progress::new();
    let watch = &progress.watch;
    let latents = clustering::read_latents(&arguments.latents)?;
    let (from, to) = arguments.k_range.unwrap_or((*K_RANGE.start(), *K_RANGE.end()));
    let sweep = clustering::sweep(&latents, from..=to, arguments.seed, watch)?;
    let method = match arguments.method {
        Method::Kmeans => ClusteringMethod::KMeans,
        Method::Gmm => ClusteringMethod::Gmm,
        Method::Dbscan => ClusteringMethod::Dbscan,
    };
    // DBSCAN finds the number of clusters by itself.
    let k = arguments.k.or((arguments.method == Method::Dbscan).then_some(0));
    let chosen = match k {
        Some(k) => {
            // The sweep's own labels where it has them, so that both speak of the same clusters.
            let swept = (method == ClusteringMethod::KMeans)
                .then(|| clustering::choose(&latents, &sweep, k))
                .flatten();
            Some(match swept {
                Some(chosen) => chosen,
                None => clustering::cluster(&latents, method, k, arguments.seed, watch)?,
            })
        }
        None => None,
    };
    let caveat = (method == ClusteringMethod::Gmm)
        .then(|| clustering::mixture_caveat(&latents))
        .flatten();
    if let Some(caveat) = &caveat {
        eprintln!("warning: {caveat}");
    }
    if let Some(path) = &arguments.tsne {
        let map = clustering::tsne(&latents, arguments.perplexity, arguments.seed, watch)?;
        write_map(path, &map)?;
    }
    if arguments.output.json {
        let mut document = serde_json::json!({ "rows": latents.values.nrows(), "sweep": sweep_json(&sweep), "elbow": sweep.elbow });
        if let Some(chosen) = &chosen {
            document["labels"] = serde_json::json!(chosen.labels);
            document["k"] = chosen.k.into();
        }
        return super::print(&format!("{document:#}\n"));
    }
    let mut text = table(&sweep);
    if let Some(chosen) = &chosen {
        if chosen.k == 0 {
            text += "no dense place was found: every row is noise\n";
        }
        let label = |label: &Option<crate::project::ClusterId>| {
            label.map_or("-".into(), |cluster| cluster.0.to_string())
        };
        let labels: Vec<String> = chosen.labels.iter().map(label).collect();
        let _ = writeln!(text, "\nlabels for k = {}: {}", chosen.k, labels.join(" "));
    }
    super::print(&text)
}

fn write_map(path: &Path, map: &Embedding2) -> anyhow::Result<()> {
    if path.extension().is_some_and(|extension| extension == "npy") {
        let points = Array2::from_shape_fn((map.points.len(), 2), |(row, axis)| map.points[row][axis]);
        write_whole(path, |file| points.write_npy(file).map_err(std::io::Error::other))?;
    } else {
        write_whole(path, |file| {
            writeln!(file, "x,y")?;
            map.points.iter().try_for_each(|[x, y]| writeln!(file, "{x},{y}"))
        })?;
    }
    Ok(())
}

/// A sweep as scripts read it.
pub fn sweep_json(sweep: &KSweep) -> serde_json::Value {
    let rows = sweep.rows.iter().map(|row| {
        serde_json::json!({
            "k": row.k,
            "inertia": row.inertia,
            "within": row.within,
            "cross": row.cross,
            "silhouette": row.silhouette,
            "populations": row.populations,
            "stability": row.stability,
            "labels": row.labels,
        })
    });
    serde_json::Value::Array(rows.collect())
}

/// The measures of a sweep as people read them.
pub fn table(sweep: &KSweep) -> String {
    let mut text = String::from("  k    inertia     within      cross  silhouette  stability  populations\n");
    for row in &sweep.rows {
        let populations: Vec<String> = row.populations.iter().map(ToString::to_string).collect();
        let _ = writeln!(
            text,
            "{:>3} {:>10.4} {:>10.4} {:>10.4} {:>11.3} {:>10.2}  {}",
            row.k,
            row.inertia,
            row.within,
            row.cross,
            row.silhouette,
            row.stability,
            populations.join(" ")
        );
    }
    match sweep.elbow {
        Some(k) => text + &format!("elbow at k = {k}\n"),
        None => text + "no clear elbow\n",
    }
}
