#!/bin/sh
# Compares clustering and the map with scikit-learn and openTSNE on the same machine, one after the other in one run.
#
#     benches/clustering.sh [path of the frameloom program]
#
# FRAMELOOM_PEER_PYTHON names a Python with numpy and scikit-learn, and openTSNE where it is to be compared too. Ratios are
# their time over ours: above 1 we are faster. Ours holds what the sweep tells beyond the clusters (silhouettes, stability over
# seeds and over bootstrap samples); theirs is the bare clustering with as many restarts.
# FRAMELOOM_BENCH_ROWS=500 leaves the large set out.
set -eu

program=${1:-target/release/frameloom}
python=${FRAMELOOM_PEER_PYTHON:-python3}
exec "$python" "$(dirname "$0")/peer_clustering.py" "$program" "${FRAMELOOM_BENCH_ROWS:-500 10000}"
