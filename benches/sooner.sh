#!/bin/sh
# How much sooner the fast preset is done than eager PyTorch with the network and the recipe of the paper, in one run.
#
#   benches/sooner.sh FRAMELOOM VIDEO CAPTIONS [PYTHON] [EPOCHS]
#
# FRAMELOOM is the built program, PYTHON one with torch (python3). The fast preset is trained to its end. PyTorch trains
# crvae-lstm, with the optimiser as it comes and captions told word by word, for EPOCHS epochs (2), of which the quickest
# counts 500 times. What the published network reaches in 500 epochs is told by
#   frameloom bench train VIDEO --captions CAPTIONS --preset crvae-lstm
# which takes most of an hour. The machine should have nothing else to do.
set -eu
program=$1 video=$2 captions=$3 python=${4:-python3} epochs=${5:-2}
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$program" bench train "$video" --captions "$captions" --device cpu --json >"$work/fast.json"
"$program" run "$video" --captions "$captions" --preset crvae-lstm --epochs 1 --device cpu --out "$work/paper" >/dev/null
counts=$("$python" -c 'import csv, sys
print(",".join(str(len(row["text"].split())) for row in csv.DictReader(open(sys.argv[1], encoding="utf-8"))))' \
    "$work/paper/pairs.csv")
set -- "$work"/paper/runs/*/config.json
"$python" "$here/peer_networks.py" --design "$1" --epochs "$epochs" --words "$counts" \
    --pairs "$(echo "$counts" | tr , '\n' | wc -l)" --stepwise --json >"$work/peer.json"
"$python" - "$work" <<'END_OF_PYTHON'
import json, pathlib, sys

folder = pathlib.Path(sys.argv[1])
fast = json.loads((folder / "fast.json").read_text())["presets"][0]["trainings"][0]
epoch = min(epoch["seconds"] for epoch in json.loads((folder / "peer.json").read_text())["epochs"])
text = fast["scores"]["text"]
print(
    f"fast: {fast['epochs']} epochs in {fast['seconds']:.0f} s, image {fast['scores']['image']:.5f}, "
    f"words {text['error']:.6f} ({text['words_right']:.0%} right)\n"
    f"eager PyTorch, crvae-lstm: {epoch:.2f} s an epoch, 500 epochs {500 * epoch:.0f} s, "
    f"{500 * epoch / fast['seconds']:.0f} times as long"
)
END_OF_PYTHON
