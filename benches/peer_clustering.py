"""Times `frameloom cluster` against scikit-learn and openTSNE: see clustering.sh."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.manifold import TSNE, trustworthiness

try:
    import openTSNE
except ImportError:
    openTSNE = None

FRAMELOOM, SIZES = sys.argv[1], [int(size) for size in sys.argv[2].split()]
KEPT = tempfile.TemporaryDirectory()
FOLDER = Path(KEPT.name)


def timed(work):
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def ours(path, *arguments):
    """Seconds by stage and the greatest memory of the program in MB."""
    command = [FRAMELOOM, "cluster", str(path), "--seed", "1", "--json", *map(str, arguments)]
    with open(FOLDER / "out.json", "w") as out:
        program = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        peak = 0
        while program.poll() is None:
            try:
                lines = Path(f"/proc/{program.pid}/status").read_text().splitlines()
                peak = max([peak] + [int(line.split()[1]) for line in lines if line.startswith("VmHWM")])
            except OSError:
                pass
            time.sleep(0.05)
    assert program.returncode == 0
    return json.loads((FOLDER / "out.json").read_text()), peak / 1024


def line(name, our, their):
    print(f"  {name:<34} ours {our:8.2f} s, theirs {their:8.2f} s, ratio {their / our:6.2f}", flush=True)


SETS = {
    "overlapping clouds": lambda rows: make_blobs(
        rows, 1000, centers=8, cluster_std=8.0, center_box=(-10, 10), random_state=1
    )[0],
    "no clusters": lambda rows: np.random.default_rng(0).normal(size=(rows, 1000)),
}

for rows in SIZES:
    # A large set is clustered for fewer k, for the sake of those who wait.
    low, high = (2, 20) if rows <= 1000 else (2, 9)
    for name, make in SETS.items():
        if rows > 1000 and name == "no clusters":
            continue
        values = make(rows).astype(np.float32)
        path, drawn = FOLDER / "latents.npy", FOLDER / "map.npy"
        np.save(path, values)
        perplexity = 8 if rows <= 1000 else 30
        print(f"{rows} x 1000, {name}")
        found, peak = ours(path, "--k-range", f"{low}..{high}", "--tsne", drawn, "--perplexity", perplexity)
        stages = found["seconds"]

        def sweep():
            return [KMeans(k, n_init=10, random_state=0).fit(values).inertia_ for k in range(low, high + 1)]

        seconds, inertias = timed(sweep)
        line(f"k-means, k = {low}..{high}, ten restarts", stages["sweep"], seconds)
        worst = max(row["inertia"] / inertia for row, inertia in zip(found["sweep"], inertias))
        print(f"    our greatest inertia over theirs: {worst:.6f}")
        tsne = TSNE(perplexity=perplexity, random_state=0, n_jobs=-1)
        seconds, theirs = timed(lambda: tsne.fit_transform(values))
        line("t-SNE against scikit-learn", stages["tsne"], seconds)
        print(f"    KL divergence {found['kl_divergence']:.4f} against {tsne.kl_divergence_:.4f}")
        sample = slice(None, None, max(1, rows // 2000))
        trust = [trustworthiness(values[sample], points[sample], n_neighbors=10) for points in (np.load(drawn), theirs)]
        print(f"    trustworthiness {trust[0]:.4f} against {trust[1]:.4f}{'' if rows <= 2000 else ' (of a sample)'}")
        if openTSNE:
            other = openTSNE.TSNE(perplexity=perplexity, random_state=0, n_jobs=-1)
            seconds, points = timed(lambda: other.fit(values))
            line("t-SNE against openTSNE", stages["tsne"], seconds)
            trust = trustworthiness(values[sample], np.asarray(points)[sample], n_neighbors=10)
            print(f"    trustworthiness of openTSNE's {trust:.4f}")
        print(f"    ours in all {sum(stages.values()):.2f} s, {peak:.0f} MB at most")
