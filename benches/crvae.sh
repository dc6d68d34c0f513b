#!/bin/sh
# Times epochs of the published CRVAE here and in eager PyTorch, one after the other, in turns, and prints the ratio.
#
#   benches/crvae.sh FRAMELOOM VIDEO CAPTIONS [PYTHON] [EPOCHS] [WORDS]
#
# FRAMELOOM is the built program, PYTHON one with torch (python3), WORDS the length of the longest caption in words (11
# for the US news video). The machine should have nothing else to do. Times are for the quickest epoch of each.
set -eu
program=$1 video=$2 captions=$3 python=${4:-python3} epochs=${5:-3} words=${6:-11}
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for turn in 1 2; do
    "$program" run "$video" --captions "$captions" --preset paper --epochs "$epochs" --device cpu --json \
        --out "$work/run$turn" >"$work/here$turn.json"
    pairs=$("$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["pairs"])' "$work/here$turn.json")
    "$python" "$here/peer_crvae.py" --epochs "$epochs" --pairs "$pairs" --words "$words" --json >"$work/peer$turn.json"
done
"$python" - "$work" <<'END'
import json, pathlib, sys

def quickest(name):
    files = [json.loads(path.read_text()) for path in pathlib.Path(sys.argv[1]).glob(f"{name}*.json")]
    assert len({file["parameters"] for file in files}) == 1
    return min(epoch["seconds"] for file in files for epoch in file["epochs"]), files[0]["parameters"]

(here, ours), (peer, theirs) = quickest("here"), quickest("peer")
assert ours == theirs, f"{ours} weights here, {theirs} in PyTorch"
print(f"an epoch: {here:.2f} s here, {peer:.2f} s in PyTorch, ratio {peer / here:.2f}")
END
