#!/usr/bin/env bash
# Compares the built program with other people's implementations, as far as this machine has them or can get them quickly:
# scikit-learn (clusters, measures, map) and pysubs2 (captions). The comparison with PyTorch needs a Python with torch, which
# is too large to fetch for this: name one in FRAMELOOM_PARITY_PYTHON and `cargo test --release` makes it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

program=${CARGO_TARGET_DIR:-target}/release/frameloom
python=${FRAMELOOM_PARITY_PYTHON:-python3}
packages=${XDG_CACHE_HOME:-$HOME/.cache}/frameloom/parity
needs='import numpy, scipy, sklearn, pysubs2'

if ! "$python" -c "$needs" 2>/dev/null; then
    export PYTHONPATH=$packages${PYTHONPATH:+:$PYTHONPATH}
    if ! "$python" -c "$needs" 2>/dev/null &&
        ! "$python" -m pip install --quiet --target "$packages" numpy scikit-learn pysubs2; then
        echo 'skipped: numpy, scikit-learn and pysubs2 cannot be had here'
        exit 0
    fi
fi

"$python" tests/parity/clustering.py "$program"
captions=(assets/sample/storm.en.srt assets/sample/storm.zh.srt)
for file in ../shared/data/cn_vaccine.srt ../shared/data/cn_vaccine.damaged.srt; do
    [ -e "$file" ] && captions+=("$file")
done
"$python" tests/parity/captions.py "$program" "${captions[@]}"
