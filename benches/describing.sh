#!/bin/sh
# How many frames a second BLIP describes, ours and that of Hugging Face's transformers, in one run, and what memory both take.
#
#   benches/describing.sh [PYTHON] [FRAMES]
#
# PYTHON is one with torch and transformers (python3), FRAMES how many are described (16). The model is of the size of
# BLIP base and has random weights: it writes 20 tokens for every frame, which is the most that a real one writes.
# The machine should have nothing else to do.
set -eu
python=${1:-python3} frames=${2:-16}
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cargo bench --bench describing --no-run
"$python" "$here/peer_describing.py" make "$work" "$frames"
for round in 1 2; do
    cargo bench --quiet --bench describing -- "$work"
    "$python" "$here/peer_describing.py" describe "$work"
done
