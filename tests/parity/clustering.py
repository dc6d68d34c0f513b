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
from sklearn.manifold import TSNE, trustworthiness
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.mixture import GaussianMixture

FRAMELOOM = sys.argv[1]
FOLDER = Path(tempfile.mkdtemp())
failures = 0


def check(name, passed, figures=""):
    global failures
    failures += not passed
    print(f"{'ok  ' if passed else 'FAIL'} {name} {figures}")


def cluster(values, *arguments):
    path = FOLDER / "latents.npy"
    np.save(path, values)
    command = [FRAMELOOM, "cluster", str(path), "--seed", "1", "--json", *map(str, arguments)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


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
    return GaussianMixture(
        k,
        covariance_type="diag",
        weights_init=[len(group) / len(values) for group in groups],
        means_init=[group.mean(0) for group in groups],
        precisions_init=[1 / (group.var(0) + 1e-6) for group in groups],
    ).fit(values)


SETS = {
    "parted, 96 x 1000": (blobs(96, 1000, 4, 1.0, 1), True),
    "overlapping, 96 x 1000": (blobs(96, 1000, 5, 12.0, 2), False),
    "overlapping, 300 x 10": (blobs(300, 10, 6, 5.0, 3), False),
    "overlapping, 500 x 2": (blobs(500, 2, 7, 2.5, 4), False),
    "no clusters, 200 x 50": ((np.random.default_rng(5).normal(size=(200, 50)).astype(np.float32), None), False),
}

for name, ((values, truth), parted) in SETS.items():
    exact = values.astype(np.float64)
    found = cluster(values, "--k", 4, "--k-range", "2..9")
    worst = {"inertia": 0.0, "silhouette": 0.0, "within": 0.0, "cross": 0.0}
    for row in found["sweep"]:
        k, labels = row["k"], np.array(row["labels"])
        centres = np.array([exact[labels == label].mean(0) for label in range(k)])
        own = np.linalg.norm(exact - centres[labels], axis=1)
        between = np.linalg.norm(centres[:, None] - centres[None], axis=2)[np.triu_indices(k, 1)]
        theirs = KMeans(k, n_init=10, random_state=0).fit(exact)
        worst["inertia"] = max(worst["inertia"], row["inertia"] / theirs.inertia_)
        worst["silhouette"] = max(worst["silhouette"], abs(row["silhouette"] - silhouette_score(exact, labels)))
        worst["within"] = max(worst["within"], abs(row["within"] / own.mean() - 1))
        worst["cross"] = max(worst["cross"], abs(row["cross"] / between.mean() - 1))
        assert abs(row["inertia"] / (own**2).sum() - 1) < 1e-9
        assert row["populations"] == np.bincount(labels, minlength=k).tolist()
        assert row["populations"] == sorted(row["populations"], reverse=True)
    check(f"{name}: inertia against the best of ten", worst["inertia"] <= 1.001, f"{worst['inertia']:.6f}")
    check(f"{name}: silhouette", worst["silhouette"] < 1e-6, f"{worst['silhouette']:.1e}")
    check(f"{name}: within", worst["within"] < 1e-9, f"{worst['within']:.1e}")
    check(f"{name}: cross", worst["cross"] < 1e-9, f"{worst['cross']:.1e}")
    labels = next(row["labels"] for row in found["sweep"] if row["k"] == 4)
    check(f"{name}: --k gives the labels of the sweep", labels == found["labels"])
    if parted:
        check(f"{name}: the true clusters", adjusted_rand_score(truth, found["labels"]) == 1.0)

for rows, columns, spread, seed in [(400, 3, 1.0, 1), (400, 5, 4.0, 2), (600, 2, 2.0, 3)]:
    values, truth = blobs(rows, columns, 4, spread, seed)
    values = values.astype(np.float64)
    start = np.array(cluster(values, "--k", 4)["labels"])
    labels = cluster(values, "--method", "gmm", "--k", 4)["labels"]
    agreement = adjusted_rand_score(mixture_from(values, start).predict(values), labels)
    name = f"mixture, {rows} x {columns}, spread {spread}"
    check(f"{name}: labels agree", agreement > 0.99, f"{agreement:.4f}")

values, truth = blobs(300, 4, 5, 0.5, 6)
labels = np.array([-1 if label is None else label for label in cluster(values, "--method", "dbscan", "--k", 1)["labels"]])
distances = np.sort(np.linalg.norm(values[:, None] - values[None], axis=2), axis=1)[:, 4]
curve = np.sort(distances)[::-1]
height = (curve - curve[-1]) / (curve[0] - curve[-1])
reach = curve[np.argmax(1 - np.arange(len(curve)) / (len(curve) - 1) - height)]
theirs = DBSCAN(eps=reach * (1 + 1e-6), min_samples=5).fit_predict(values)
check("dbscan: labels agree", adjusted_rand_score(theirs, labels) > 0.99, f"{adjusted_rand_score(theirs, labels):.4f}")
inside = labels >= 0
check("dbscan: the true clusters", adjusted_rand_score(truth[inside], labels[inside]) == 1.0, f"{(~inside).sum()} noise")

MAPS = [("parted, 96 x 1000", 8), ("overlapping, 96 x 1000", 8), ("overlapping, 300 x 10", 20), ("no clusters, 200 x 50", 15)]
for name, perplexity in MAPS:
    values = SETS[name][0][0]
    path = FOLDER / "map.npy"
    cluster(values, "--k-range", "2..3", "--tsne", path, "--perplexity", perplexity)
    ours = trustworthiness(values, np.load(path))
    theirs = trustworthiness(values, TSNE(perplexity=perplexity, random_state=0).fit_transform(values))
    check(f"t-SNE, {name}: trustworthiness", ours >= theirs - 0.02, f"{ours:.4f} against {theirs:.4f}")

sys.exit(failures > 0)
