#!/bin/sh
# Times epochs of a preset here and in eager PyTorch, one after the other, in turns, and prints the ratio.
#
#   benches/train.sh FRAMELOOM VIDEO CAPTIONS [PYTHON] [EPOCHS] [PRESET]
#
# FRAMELOOM is the built program, PYTHON one with torch (python3). PyTorch has the optimiser as it comes and tells captions
# word by word, as one writes it from the papers. The machine should have nothing else to do. Times are for the quickest
# epoch of each. Words of the captions are counted between spaces; for a language without spaces WORDS says how many the
# longest caption has.
set -eu
program=$1 video=$2 captions=$3 python=${4:-python3} epochs=${5:-3} preset=${6:-crvae-lstm}
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for turn in 1 2; do
    out=$work/run$turn
    "$program" run "$video" --captions "$captions" --preset "$preset" --epochs "$epochs" --device cpu --json \
        --out "$out" >"$work/here$turn.json"
    counts=$("$python" -c 'import csv, sys
print(",".join(str(len(row["text"].split())) for row in csv.DictReader(open(sys.argv[1], encoding="utf-8"))))' "$out/pairs.csv")
    set -- "$out"/runs/*/config.json
    "$python" "$here/peer_networks.py" --design "$1" --epochs "$epochs" --words "${WORDS:-$counts}" \
        --pairs "$(echo "$counts" | tr , '\n' | wc -l)" --stepwise --json >"$work/peer$turn.json"
done
"$python" - "$work" <<'END_OF_PYTHON'
import json, pathlib, sys

def quickest(name):
    files = [json.loads(path.read_text()) for path in pathlib.Path(sys.argv[1]).glob(f"{name}*.json")]
    assert len({file["parameters"] for file in files}) == 1
    return min(epoch["seconds"] for file in files for epoch in file["epochs"]), files[0]["parameters"]

(here, ours), (peer, theirs) = quickest("here"), quickest("peer")
assert ours == theirs, f"{ours} weights here, {theirs} in PyTorch"
print(f"an epoch: {here:.2f} s here, {peer:.2f} s in PyTorch, ratio {peer / here:.2f}")
END_OF_PYTHON
