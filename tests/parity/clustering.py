"""Compares `frameloom cluster` with scikit-learn on made-up clouds of points.

    python tests/parity/clustering.py path/to/frameloom

Needs numpy and scikit-learn. Prints a line a check and exits with 1 when one of them fails.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.cluster import DBSCAN, KMeans
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness
from sklearn.metrics import (
    adjusted_rand_score,
    calinski_harabasz_score,
    davies_bouldin_score,
    silhouette_samples,
    silhouette_score,
)
from sklearn.mixture import GaussianMixture

FRAMELOOM = sys.argv[1]
KEPT = tempfile.TemporaryDirectory()
FOLDER = Path(KEPT.name)
failures = 0


def check(name, passed, figures=""):
    global failures
    failures += not passed
    print(f"{'ok  ' if passed else 'FAIL'} {name} {figures}")


def run(path, *arguments, seed=1):
    command = [FRAMELOOM, "cluster", str(path), "--seed", str(seed), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


def cluster(values, *arguments):
    path = FOLDER / "latents.npy"
    np.save(path, values)
    done = run(path, "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def blobs(rows, columns, centres, spread, seed):
    box = (-10.0, 10.0)
    values, truth = make_blobs(
        rows, columns, centers=centres, cluster_std=spread, center_box=box, random_state=seed
    )
    return values.astype(np.float32), truth


def mixture_from(values, labels):
    """Scikit-learn's diagonal mixture, begun from these clusters."""
    k = max(labels) + 1
    groups = [values[labels == label] for label in range(k)]
    floor = 1e-6 * values.var(0).mean()
    return GaussianMixture(
        k,
        covariance_type="diag",
        weights_init=[len(group) / len(values) for group in groups],
        means_init=[group.mean(0) for group in groups],
        precisions_init=[1 / (group.var(0) + floor) for group in groups],
        reg_covar=floor,
    ).fit(values)


SETS = {
    "parted, 96 x 1000": (blobs(96, 1000, 4, 1.0, 1), True),
    "overlapping, 96 x 1000": (blobs(96, 1000, 5, 12.0, 2), False),
    "overlapping, 300 x 10": (blobs(300, 10, 6, 5.0, 3), False),
    "overlapping, 500 x 2": (blobs(500, 2, 7, 2.5, 4), False),
    # So many that they are searched by their rows rather than by their products.
    "overlapping, 1500 x 8": (blobs(1500, 8, 7, 3.0, 4), False),
    "no clusters, 200 x 50": ((np.random.default_rng(5).normal(size=(200, 50)).astype(np.float32), None), False),
}

for name, ((values, truth), parted) in SETS.items():
    exact = values.astype(np.float64)
    found = cluster(values, "--k", 4, "--k-range", "2..9")
    measures = ["inertia", "silhouette", "silhouettes", "calinski_harabasz", "davies_bouldin", "within", "cross"]
    worst = dict.fromkeys(measures, 0.0)
    for row in found["sweep"]:
        k, labels = row["k"], np.array(row["labels"])
        centres = np.array([exact[labels == label].mean(0) for label in range(k)])
        own = np.linalg.norm(exact - centres[labels], axis=1)
        between = np.linalg.norm(centres[:, None] - centres[None], axis=2)[np.triu_indices(k, 1)]
        theirs = KMeans(k, n_init=10, random_state=0).fit(exact)
        samples = silhouette_samples(exact, labels)
        figures = {
            "inertia": row["inertia"] / theirs.inertia_,
            "silhouette": abs(row["silhouette"] - silhouette_score(exact, labels)),
            "silhouettes": max(abs(row["silhouettes"][c] - samples[labels == c].mean()) for c in range(k)),
            "calinski_harabasz": abs(row["calinski_harabasz"] / calinski_harabasz_score(exact, labels) - 1),
            "davies_bouldin": abs(row["davies_bouldin"] / davies_bouldin_score(exact, labels) - 1),
            "within": abs(row["within"] / own.mean() - 1),
            "cross": abs(row["cross"] / between.mean() - 1),
        }
        worst = {measure: max(worst[measure], figure) for measure, figure in figures.items()}
        assert abs(row["inertia"] / (own**2).sum() - 1) < 1e-9
        assert row["populations"] == np.bincount(labels, minlength=k).tolist()
        assert row["populations"] == sorted(row["populations"], reverse=True)
        assert row["stability"] <= 1 and row["bootstrap_stability"] <= 1 and len(row["cluster_stability"]) == k
    ratio = worst.pop("inertia")
    check(f"{name}: inertia against the best of ten", ratio <= 1.001, f"{ratio:.6f}")
    for measure, figure in worst.items():
        check(f"{name}: {measure}", figure < 1e-6, f"{figure:.1e}")
    labels = next(row["labels"] for row in found["sweep"] if row["k"] == 4)
    check(f"{name}: --k gives the labels of the sweep", labels == found["labels"])
    edges = sum(edge["count"] for edge in found["tree"]["edges"])
    check(f"{name}: every pair goes over every edge once", edges == len(values) * (len(found["sweep"]) - 1))
    if parted:
        check(f"{name}: the true clusters", adjusted_rand_score(truth, found["labels"]) == 1.0)
        check(f"{name}: the suggestion", found["suggestion"]["k"] == 4, found["suggestion"]["reason"])

# The agreement of two clusterings, which the stability is made of: with two restarts it is that of the second with the first.
values = SETS["no clusters, 200 x 50"][0][0]
pair = cluster(values, "--k-range", "5..6", "--restarts", 2)["sweep"][0]
alone = [
    json.loads(run(FOLDER / "latents.npy", "--json", "--k-range", "5..6", "--restarts", 1, seed=seed).stdout)
    for seed in (1, 2)
]
singles = [found["sweep"][0]["labels"] for found in alone]
gap = abs(adjusted_rand_score(*singles) - pair["stability"])
check("stability of two restarts is their adjusted Rand index", gap < 1e-6, f"{gap:.1e}")

for rows, columns, spread, seed in [(400, 3, 1.0, 1), (400, 5, 4.0, 2), (600, 2, 2.0, 3), (300, 100, 14.0, 5)]:
    values, truth = blobs(rows, columns, 4, spread, seed)
    exact = values.astype(np.float64)
    start = np.array(cluster(values, "--k-range", "4..5", "--k", 4)["labels"])
    found = cluster(values, "--method", "gmm", "--k-range", "4..5", "--k", 4)
    theirs = mixture_from(exact, start)
    agreement = adjusted_rand_score(theirs.predict(exact), found["labels"])
    likelihood = found["sweep"][0]["likelihood"]
    name = f"mixture, {rows} x {columns}, spread {spread}"
    check(f"{name}: labels agree", agreement > 0.99, f"{agreement:.4f}")
    for measure, value in [
        ("log_likelihood", theirs.score(exact)),
        ("bic", theirs.bic(exact)),
        ("aic", theirs.aic(exact)),
    ]:
        ratio = likelihood[measure] / value
        check(f"{name}: {measure}", abs(ratio - 1) < 0.01, f"{ratio:.6f}")

values, truth = blobs(300, 4, 5, 0.5, 6)
exact = values.astype(np.float64)
for reach, number in [(None, 5), (1.0, 5), (0.8, 8), (3.0, 3)]:
    settings = ["--min-samples", number] + ([] if reach is None else ["--epsilon", reach])
    found = cluster(values, "--method", "dbscan", *settings)
    distances = np.sort(np.linalg.norm(exact[:, None] - exact[None], axis=2), axis=1)[:, number - 1]
    curve = np.sort(distances)[::-1]
    height = (curve - curve[-1]) / (curve[0] - curve[-1])
    knee = curve[np.argmax(1 - np.arange(len(curve)) / (len(curve) - 1) - height)]
    labels = np.array([-1 if label is None else label for label in found["labels"]])
    theirs = DBSCAN(eps=(reach or knee) * (1 + 1e-9), min_samples=number).fit_predict(exact)
    name = f"dbscan, reach {found['epsilon']:.3f}, {number} within"
    check(f"{name}: k-distances", np.allclose(found["k_distances"], curve, atol=1e-6))
    check(f"{name}: the knee", abs(found["proposed_epsilon"] / knee - 1) < 1e-6)
    same = adjusted_rand_score(theirs, labels) == 1.0 and (labels < 0).sum() == (theirs < 0).sum() == found["noise"]
    check(f"{name}: labels are the same", same, f"{len(found['populations'])} clusters, {found['noise']} noise")

MAPS = [("parted, 96 x 1000", 8), ("overlapping, 96 x 1000", 8), ("overlapping, 300 x 10", 20), ("no clusters, 200 x 50", 15)]
MAPS += [("overlapping, 1500 x 8", 30)]
for name, perplexity in MAPS:
    values = SETS[name][0][0]
    path, plane = FOLDER / "map.npy", FOLDER / "plane.npy"
    found = cluster(values, "--k-range", "2..3", "--tsne", path, "--perplexity", perplexity, "--pca", plane)
    ours = trustworthiness(values, np.load(path), n_neighbors=10)
    tsne = TSNE(perplexity=perplexity, random_state=0)
    theirs = trustworthiness(values, tsne.fit_transform(values), n_neighbors=10)
    check(f"t-SNE, {name}: trustworthiness", ours >= theirs - 0.01, f"{ours:.4f} against {theirs:.4f}")
    divergence = found["kl_divergence"]
    passed = divergence <= tsne.kl_divergence_ * 1.05
    check(f"t-SNE, {name}: KL divergence", passed, f"{divergence:.4f} against {tsne.kl_divergence_:.4f}")
    pca = PCA(2, svd_solver="full").fit(values.astype(np.float64))
    gap = np.abs(np.array(found["variance_shares"]) - pca.explained_variance_ratio_).max()
    check(f"principal components, {name}: shares", gap < 1e-6, f"{gap:.1e}")
    places = pca.transform(values.astype(np.float64))
    gap = np.abs(np.abs(np.load(plane)) - np.abs(places)).max() / np.abs(places).max()
    check(f"principal components, {name}: points", gap < 1e-3, f"{gap:.1e}")

# Tables of other programs: every kind of number, rows or columns first, with and without header and ids.
values = np.round(blobs(40, 6, 3, 1.0, 8)[0] * 8).clip(-120, 120)
expected = cluster(values, "--k", 3)["labels"]
for kind in ["f2", "f4", "f8", ">f8", "i1", "i2", "i4", "i8", ">i4"]:
    for order in "CF":
        labels = cluster(np.array(values.astype(kind), order=order), "--k", 3)["labels"]
        check(f"NPY of {kind} in {order} order", labels == expected)
TABLES = {
    "no header": lambda line, row: row,
    "ids": lambda line, row: (f"frame_{line}.png", *row),
    "counted": lambda line, row: (line, *row),
}
for name, cells in TABLES.items():
    for header in [None, ",".join(["id"] * (name != "no header") + [f"z{i}" for i in range(6)])]:
        path = FOLDER / "table.csv"
        lines = [cells(line, row) for line, row in enumerate(values)]
        text = "\n".join(",".join(map(str, line)) for line in lines)
        path.write_text(text if header is None else f"{header}\n{text}\n")
        found = json.loads(run(path, "--k", 3, "--json").stdout)
        check(f"CSV, {name}, {'with' if header else 'without'} header", found["labels"] == expected)

# What cannot be done is refused in words, with exit code 1.
def refused(name, values, words, *arguments):
    path = FOLDER / ("bad.csv" if isinstance(values, str) else "bad.npy")
    path.write_text(values) if isinstance(values, str) else np.save(path, values)
    done = run(path, *arguments)
    check(f"refused: {name}", done.returncode == 1 and words in done.stderr, done.stderr.strip().splitlines()[-1])


spoilt = values.copy()
spoilt[6, 2] = np.nan
refused("more clusters than rows", values, "41 clusters cannot be made of", "--k", 41)
refused("all rows the same", np.ones((9, 3)), "1 different rows")
refused("not a number", spoilt, "row 7, column 3")
refused("infinite", np.where(np.isnan(spoilt), np.inf, spoilt), "row 7, column 3")
refused("one row", values[:1], "rows")
refused("too few rows for a map", values[:3], "at least 4 rows", "--k-range", "2..2", "--tsne", FOLDER / "m.npy")
refused("too few rows for dbscan", values[:4], "at least 5 rows", "--method", "dbscan")
refused("an empty table", "", "no rows of numbers")
refused("an empty array", np.zeros((0, 4)), "no values")
refused("a ragged table", "1,2\n3,4,5\n", "line 2")
refused("a word in a table", "1.5,2\n3,what\n", "what")
refused("three dimensions", np.zeros((2, 2, 2)), "must have 2")
fine = cluster(np.hstack([values, np.ones((40, 1))]), "--k", 3)["labels"]
check("a column that is always the same changes nothing", fine == expected)
twice = cluster(np.repeat(values, 2, axis=0), "--k", 3)["labels"]
check("duplicates share their cluster", twice[::2] == twice[1::2] == expected)
found = cluster(values, "--tsne", FOLDER / "m.npy", "--perplexity", 1e6)
check("a huge perplexity is lowered and said", found["perplexity"] == 13.0, f"{found['perplexity']}")

sys.exit(failures > 0)
