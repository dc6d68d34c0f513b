#!/usr/bin/env bash
# Makes PyTorch of the project's own libtorch, which is the torch wheel without what it depends on, for a Python of the
# wheel's version:
#
#   bash tests/parity/torch.sh LIBTORCH PYTHON FOLDER
#
# FOLDER, which is kept, then holds the small packages that torch imports and `python`, a Python with torch. Fails where
# that cannot be had, with a line that says why.
set -euo pipefail
libtorch=$1 python=$2 folder=$3
lib=$libtorch/lib
stop() {
    echo "$@" >&2
    exit 1
}

[ -e "$lib/libtorch_python.so" ] || stop "$libtorch is no torch wheel"
tag=$("$python" -c 'import sys; print("cpython-%d%d" % sys.version_info[:2])')
compgen -G "$libtorch/_C.$tag-*.so" >/dev/null || stop "the torch in $libtorch is for another Python than $python"

mkdir -p "$folder"
export PYTHONPATH=$folder/packages:${libtorch%/*}
if ! "$python" -c 'import filelock, fsspec, jinja2, networkx, sympy, typing_extensions' 2>/dev/null; then
    # Without the path, for pip would miss there what torch needs for graphics cards.
    env -u PYTHONPATH PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1 \
        "$python" -m pip install --quiet --target "$folder/packages" \
        filelock fsspec jinja2 networkx sympy 'typing-extensions>=4.10' ||
        stop 'the packages that torch imports cannot be had'
fi

# Without CUDA, libtorch_python.so misses the half of torch that the set-up leaves out. Nothing of it is called as long as
# nobody asks for a graphics card, so it gets a library where every missing name is a function that gives zero. Only the
# types that Python is told of must have their names, and one function hands out a place to write to.
if [ ! -e "$lib/libtorch_cuda.so" ]; then
    stub=$folder/stub
    mkdir -p "$stub"
    names() { nm -D "$@" | awk '{ sub(/@.*/, "", $NF); print $NF }' | sort -u; }
    mapfile -t there < <(ldd "$lib/libtorch_cpu.so" | grep -o '/[^ ]*')
    names --undefined-only "$lib/libtorch_python.so" |
        comm -23 - <(names --defined-only "$lib/libtorch_cpu.so" "$lib/libshm.so" "${there[@]}") |
        awk '
            BEGIN { print "static char place[4096]; extern void *_ZTVN10__cxxabiv117__class_type_infoE[];" }
            /^_?Py|^_ITM_|^__gmon_start__$|^_ZTH/ { next }
            /^_ZTI/ { printf "void *%s[] = {_ZTVN10__cxxabiv117__class_type_infoE + 2, \"%s\"};\n", $1, substr($1, 5); next }
            { printf "void *%s(void) { return %s; }\n", $1, /get_gil_checker/ ? "place" : "0" }
        ' >"$stub/missing.c"
    "${CC:-cc}" -shared -fPIC -w -o "$stub/libtorch_cuda.so" "$stub/missing.c" -lstdc++ ||
        stop 'the missing half cannot be compiled'
    for name in libc10_cuda.so libcudnn.so.9 libcufile.so.0; do
        ln -sf libtorch_cuda.so "$stub/$name"
    done
fi

cat >"$folder/python" <<END_OF_WRAPPER
#!/bin/sh
export PYTHONPATH='$PYTHONPATH'"\${PYTHONPATH:+:\$PYTHONPATH}" LD_LIBRARY_PATH='$folder/stub'
exec '$(command -v "$python")' -W 'ignore:Failed to initialize NumPy' "\$@"
END_OF_WRAPPER
chmod +x "$folder/python"
"$folder/python" -c 'import torch; torch.nn.LSTM(2, 2)(torch.ones(1, 2))[0].sum().backward()' 2>"$folder/why" ||
    stop "torch cannot be imported: $(tail -n 1 "$folder/why")"
