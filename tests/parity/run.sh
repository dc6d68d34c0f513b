#!/usr/bin/env bash
# Compares the built program with other people's implementations, as far as this machine has them or can get them quickly:
# PyTorch (networks, losses, optimiser), transformers and sentence-transformers (pretrained models), scikit-learn (clusters,
# measures, map), pysubs2 and webvtt-py (captions). PyTorch is that of FRAMELOOM_PARITY_PYTHON, a Python with torch; where none is
# named it is made of the project's libtorch.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

program=${CARGO_TARGET_DIR:-target}/release/frameloom
python=${FRAMELOOM_PARITY_PYTHON:-python3}
packages=${XDG_CACHE_HOME:-$HOME/.cache}/frameloom/parity
torch=$packages/with-torch
needs='import numpy, scipy, sklearn, pysubs2, webvtt'

if [ -n "${FRAMELOOM_PARITY_PYTHON:-}" ] ||
    bash tests/parity/torch.sh "${LIBTORCH:-$PWD/.libtorch/torch}" "$python" "$torch"; then
    export FRAMELOOM_PARITY_PYTHON=${FRAMELOOM_PARITY_PYTHON:-$torch/python}
    cargo test --release --test network_parity -- --nocapture
    bash tests/parity/models.sh "$packages"
else
    echo 'skipped: the networks cannot be compared here, for the reason above'
fi

if ! "$python" -c "$needs" 2>/dev/null; then
    export PYTHONPATH=$packages${PYTHONPATH:+:$PYTHONPATH}
    if ! "$python" -c "$needs" 2>/dev/null &&
        ! "$python" -m pip install --quiet --target "$packages" numpy scikit-learn pysubs2 webvtt-py; then
        echo 'skipped: numpy, scikit-learn, pysubs2 and webvtt-py cannot be had here'
        exit 0
    fi
fi

"$python" tests/parity/clustering.py "$program"
captions=(assets/sample/storm.en.srt assets/sample/storm.zh.srt tests/parity/captions/*)
for file in ../shared/data/cn_vaccine.srt ../shared/data/cn_vaccine.damaged.srt; do
    [ -e "$file" ] && captions+=("$file")
done
"$python" tests/parity/captions.py "$program" "${captions[@]}"
