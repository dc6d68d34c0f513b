//! `frameloom cluster LATENTS`.

use super::progress::Progress;
use super::{Output, k_range};
use crate::analysis::clusters::{K_RANGE, PERPLEXITY};
use crate::clustering::{self, ITERATIONS, MIN_SAMPLES, MapPlan, RESTARTS, SweepPlan};
use crate::jobs::Watch;
use crate::project::files::write_whole;
use crate::project::{
    Assignment, ClusterId, ClusteringMethod, Density, Embedding2, KSweep, KSweepRow, Latents, Principal2,
};
use clap::{Args, ValueEnum};
use ndarray::Array2;
use ndarray_npy::WriteNpyExt;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

#[derive(Debug, Args)]
pub struct ClusterArguments {
    /// A CSV table or an NPY array of numbers from anywhere, one row a point.
    latents: PathBuf,
    /// How to cluster.
    #[arg(long, value_enum, default_value = "kmeans")]
    method: Method,
    /// The range of k to sweep, both ends included. DBSCAN finds the number of clusters by itself.
    #[arg(long, value_parser = k_range)]
    k_range: Option<(usize, usize)>,
    /// Give the cluster of each row for this k.
    #[arg(long)]
    k: Option<usize>,
    /// Starts for each k, of which the best counts.
    #[arg(long, default_value_t = RESTARTS)]
    restarts: usize,
    /// Reach of DBSCAN, in the unit of the distances; left out, the knee of the k-distance plot.
    #[arg(long)]
    epsilon: Option<f64>,
    /// Rows within reach of a row, itself included, for it to be inside a cluster of DBSCAN.
    #[arg(long, default_value_t = MIN_SAMPLES)]
    min_samples: usize,
    /// Draw the map into this file: NPY where its name ends so, else CSV.
    #[arg(long)]
    tsne: Option<PathBuf>,
    /// Perplexity of the map.
    #[arg(long, default_value_t = PERPLEXITY)]
    perplexity: f64,
    /// Rounds of the map.
    #[arg(long, default_value_t = ITERATIONS)]
    iterations: usize,
    /// Draw the two first principal components into this file, as with --tsne.
    #[arg(long)]
    pca: Option<PathBuf>,
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

/// All that was asked for.
struct Found {
    latents: Latents,
    sweep: KSweep,
    chosen: Option<Assignment>,
    pca: Option<Principal2>,
    map: Option<Embedding2>,
    caveat: Option<String>,
    seconds: Vec<(&'static str, f64)>,
}

/// Sweeps over k, and labels the rows where asked to.
pub fn run(arguments: &ClusterArguments) -> anyhow::Result<()> {
    let progress = Progress::new();
    let found = find(arguments, &progress.watch)?;
    if let Some(caveat) = &found.caveat {
        eprintln!("warning: {caveat}");
    }
    if let (Some(path), Some(pca)) = (&arguments.pca, &found.pca) {
        write_points(path, &pca.points)?;
    }
    if let (Some(path), Some(map)) = (&arguments.tsne, &found.map) {
        write_points(path, &map.points)?;
    }
    if arguments.output.json {
        super::print(&format!("{:#}\n", document(&found)))
    } else {
        super::print(&text(&found))
    }
}

fn find(arguments: &ClusterArguments, watch: &Watch) -> anyhow::Result<Found> {
    let mut seconds = Vec::new();
    let mut since = Instant::now();
    let mut time = |stage| {
        seconds.push((stage, since.elapsed().as_secs_f64()));
        since = Instant::now();
    };
    let latents = clustering::read_latents(&arguments.latents)?.latents;
    time("read");
    let (from, to) = arguments.k_range.unwrap_or((*K_RANGE.start(), *K_RANGE.end()));
    let plan = SweepPlan {
        method: match arguments.method {
            Method::Kmeans => ClusteringMethod::KMeans,
            Method::Gmm => ClusteringMethod::Gmm,
            Method::Dbscan => ClusteringMethod::Dbscan,
        },
        restarts: arguments.restarts,
        epsilon: arguments.epsilon,
        min_samples: arguments.min_samples,
        ..SweepPlan::kmeans(from..=to, arguments.seed)
    };
    let sweep = clustering::sweep(&latents, &plan, watch)?;
    let chosen = match arguments.k {
        Some(k) if sweep.density.is_none() && sweep.rows.iter().all(|row| row.k != k) => {
            let alone = SweepPlan { range: k..=k, ..plan };
            clustering::choose(&latents, &clustering::sweep(&latents, &alone, watch)?, k)
        }
        k => {
            // DBSCAN finds the number of clusters by itself.
            let k = k.or(sweep.density.as_ref().map(|_| 0));
            k.and_then(|k| clustering::choose(&latents, &sweep, k))
        }
    };
    time("sweep");
    let caveat = (sweep.method == ClusteringMethod::Gmm).then(|| clustering::mixture_caveat(&latents));
    let pca = match &arguments.pca {
        Some(_) => Some(clustering::pca(&latents, watch)?),
        None => None,
    };
    time("pca");
    let map = match &arguments.tsne {
        Some(_) => {
            let plan = MapPlan {
                iterations: arguments.iterations,
                ..MapPlan::new(arguments.perplexity, arguments.seed)
            };
            Some(clustering::tsne(&latents, &plan, watch, |_| {})?)
        }
        None => None,
    };
    time("tsne");
    Ok(Found {
        latents,
        sweep,
        chosen,
        pca,
        map,
        caveat: caveat.flatten(),
        seconds,
    })
}

fn write_points(path: &Path, points: &[[f32; 2]]) -> anyhow::Result<()> {
    if path.extension().is_some_and(|extension| extension == "npy") {
        let points = Array2::from_shape_fn((points.len(), 2), |(row, axis)| points[row][axis]);
        write_whole(path, |file| points.write_npy(file).map_err(std::io::Error::other))?;
    } else {
        write_whole(path, |file| {
            writeln!(file, "x,y")?;
            points.iter().try_for_each(|[x, y]| writeln!(file, "{x},{y}"))
        })?;
    }
    Ok(())
}

fn document(found: &Found) -> Value {
    let sweep = &found.sweep;
    let mut document = json!({
        "rows": found.latents.values.nrows(),
        "columns": found.latents.values.ncols(),
        "method": sweep.method,
        "seed": sweep.seed,
        "restarts": sweep.restarts,
        "sweep": sweep_json(sweep),
        "elbow": sweep.elbow,
        "suggestion": clustering::suggestion(sweep),
        "tree": clustering::k_tree(sweep),
        "caveat": found.caveat,
        "seconds": found.seconds.iter().map(|(stage, time)| (*stage, *time)).collect::<std::collections::BTreeMap<_, _>>(),
    });
    if let Some(density) = &sweep.density {
        document["k_distances"] = json!(density.distances);
        document["epsilon"] = json!(density.epsilon);
        document["proposed_epsilon"] = json!(density.proposed_epsilon);
        document["min_samples"] = json!(density.min_samples);
        document["populations"] = json!(density.populations);
        document["noise"] = json!(density.noise);
        document["silhouette"] = json!(density.silhouette);
    }
    if let Some(chosen) = &found.chosen {
        document["labels"] = json!(chosen.labels);
        document["k"] = chosen.k.into();
    }
    if let Some(pca) = &found.pca {
        document["variance_shares"] = json!(pca.shares);
    }
    if let Some(map) = &found.map {
        document["kl_divergence"] = json!(map.kl_divergence);
        document["perplexity"] = json!(map.perplexity);
        document["iterations"] = json!(map.iterations);
    }
    document
}

/// A sweep as scripts read it.
pub fn sweep_json(sweep: &KSweep) -> Value {
    json!(sweep.rows)
}

fn text(found: &Found) -> String {
    let mut text = found
        .sweep
        .density
        .as_ref()
        .map_or_else(|| table(&found.sweep), dense_places);
    if let Some(chosen) = &found.chosen {
        let label = |label: &Option<ClusterId>| label.map_or("-".into(), |cluster| cluster.0.to_string());
        let labels: Vec<String> = chosen.labels.iter().map(label).collect();
        let _ = writeln!(text, "\nlabels for k = {}: {}", chosen.k, labels.join(" "));
    }
    if let Some(pca) = &found.pca {
        let [first, second] = pca.shares.map(|share| 100.0 * share);
        let _ = writeln!(
            text,
            "\nprincipal components: {first:.1} % and {second:.1} % of the variance"
        );
    }
    if let Some(map) = &found.map {
        let divergence = map.kl_divergence.unwrap_or(f64::NAN);
        let _ = writeln!(
            text,
            "\nmap: perplexity {}, {} iterations, Kullback-Leibler divergence {divergence:.4}",
            map.perplexity, map.iterations
        );
    }
    text
}

fn dense_places(density: &Density) -> String {
    let mut text = format!(
        "epsilon {:.4} (the k-distance plot bends at {:.4}), at least {} rows within it\n",
        density.epsilon, density.proposed_epsilon, density.min_samples
    );
    let populations: Vec<String> = density.populations.iter().map(ToString::to_string).collect();
    let _ = match density.populations.len() {
        0 => writeln!(text, "no dense place was found: every row is noise"),
        clusters => writeln!(
            text,
            "clusters: {clusters}, silhouette {:.3}, populations {}; noise: {}",
            density.silhouette,
            populations.join(" "),
            density.noise
        ),
    };
    text
}

/// The measures of a sweep as people read them.
pub fn table(sweep: &KSweep) -> String {
    let mixture = sweep.method == ClusteringMethod::Gmm;
    let mut text = String::from(
        "  k     inertia     within      cross  silhouette  Cal.-Harab.  Dav.-Bould.  stability  bootstrap",
    );
    text += if mixture {
        "  log-likelihood         BIC  populations\n"
    } else {
        "  populations\n"
    };
    for row in &sweep.rows {
        text += &line(row, mixture);
    }
    if let Some(suggestion) = clustering::suggestion(sweep) {
        let _ = match suggestion.k {
            Some(k) => writeln!(text, "suggestion: k = {k}, for {}", suggestion.reason),
            None => writeln!(text, "{}", suggestion.reason),
        };
    }
    text
}

fn line(row: &KSweepRow, mixture: bool) -> String {
    let figure =
        |value: Option<f64>, decimals: usize| value.map_or("-".into(), |value| format!("{value:.decimals$}"));
    let mut text = format!(
        "{:>3} {:>11.4} {:>10.4} {:>10.4} {:>11.3} {:>12} {:>12} {:>10.2} {:>10}",
        row.k,
        row.inertia,
        row.within,
        row.cross,
        row.silhouette,
        figure(row.calinski_harabasz, 2),
        figure(row.davies_bouldin, 3),
        row.stability,
        figure(row.bootstrap_stability, 2),
    );
    if mixture {
        let likelihood = figure(row.likelihood.map(|found| found.log_likelihood), 4);
        let _ = write!(
            text,
            " {likelihood:>15} {:>11}",
            figure(row.likelihood.map(|found| found.bic), 1)
        );
    }
    let populations: Vec<String> = row.populations.iter().map(ToString::to_string).collect();
    text + "  " + &populations.join(" ") + "\n"
}
