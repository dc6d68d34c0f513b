#!/usr/bin/env bash
# Gets a machine ready to build Frameloom: the system's packages, and libtorch in `.libtorch/`.
# `make` calls it before everything else; when nothing is missing it is done in a blink and asks no network.
#
#   LIBTORCH                a libtorch of one's own (the folder that holds `lib/` and `include/`): nothing is unpacked
#   FRAMELOOM_LIBTORCH_DIR  where to unpack, instead of `.libtorch` in the checkout; an absolute path
#
# With --tests also yt-dlp, which the tests drive against a server on this machine: into FRAMELOOM_TEST_YT_DLP, or `.yt-dlp`.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
libtorch_dir=${FRAMELOOM_LIBTORCH_DIR:-$root/.libtorch}
torch_version=2.11.0 # the one that tch 0.24 is written for

packages=(
    # compilers: for the C++ half of tch, and to read FFmpeg's headers
    make g++ pkg-config clang libclang-dev
    # video
    libavcodec-dev libavformat-dev libavutil-dev libswscale-dev libswresample-dev
    # sound
    libasound2-dev
    # the window, under Wayland and X11
    libwayland-dev libxkbcommon-dev libxkbcommon-x11-0 libx11-6 libx11-xcb1 libxcursor1 libxi6
    # drawing, also where there is no graphics card
    libegl1 libgl1 libgl1-mesa-dri mesa-vulkan-drivers
    # Chinese
    libfontconfig1 fonts-noto-cjk
)

say() { printf 'set-up: %s\n' "$*" >&2; }
stop() {
    say "$@"
    exit 1
}

check_rust() {
    command -v cargo >/dev/null ||
        stop "Rust is missing. It comes from https://rustup.rs: install it, open a new terminal, and call this again."
    local needed found
    needed=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml")
    found=$(cargo --version | cut -d ' ' -f 2)
    [ "$(printf '%s\n' "$needed" "$found" | sort -V | head -n 1)" = "$needed" ] ||
        stop "Rust $found is too old, $needed is needed: rustup update stable"
}

# On other systems than Linux there is no one way to install things unasked.
explain_other_system() {
    [ -z "${LIBTORCH:-}" ] || return 0
    say "On this system a few things are to be installed by hand:"
    case $1 in
    Darwin)
        say "  brew install ffmpeg pkg-config llvm"
        ;;
    *)
        say "  FFmpeg's shared development build (set FFMPEG_DIR to it) and LLVM (set LIBCLANG_PATH to its bin folder)"
        ;;
    esac
    say "  python3 -m pip install torch==$torch_version"
    say "Then set LIBTORCH to the folder that this prints, and call this again:"
    stop "  python3 -c 'import pathlib, torch; print(pathlib.Path(torch.__file__).parent)'"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    elif command -v sudo >/dev/null; then
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    else
        stop "That needs root, and there is no sudo here. As root: apt-get install ${missing[*]}"
    fi
}

install_packages() {
    if ! command -v apt-get >/dev/null; then
        say "This is neither Debian nor Ubuntu. If the build misses something, these are Debian's names for what it needs:"
        say "  ${packages[*]}"
        return
    fi
    local installed package missing=()
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null || true)
    for package in "${packages[@]}"; do
        grep -qxF "installed $package" <<<"$installed" || missing+=("$package")
    done
    # Debian's Python comes without pip; it is only needed to fetch libtorch.
    if needs_libtorch && ! python_with_pip >/dev/null; then
        missing+=(python3-pip)
    fi
    [ ${#missing[@]} -gt 0 ] || return 0
    say "These system packages are missing and will now be installed: ${missing[*]}"
    as_root apt-get update -q
    as_root apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}"
}

python_with_pip() {
    local python
    for python in python3 /usr/bin/python3; do
        if "$python" -m pip --version >/dev/null 2>&1; then
            echo "$python"
            return
        fi
    done
    return 1
}

# The Makefile passes the place of the unpacking on as LIBTORCH; any other value is the user's own.
has_own_libtorch() {
    [ -n "${LIBTORCH:-}" ] && [ "$LIBTORCH" != "$libtorch_dir/torch" ]
}

has_nvidia_driver() {
    [ -e /proc/driver/nvidia/version ] || { command -v nvidia-smi >/dev/null && nvidia-smi -L >/dev/null 2>&1; }
}

# The last thing that an unpacking writes is its stamp: version and kind. What is built for CUDA also runs without.
needs_libtorch() {
    local stamp=
    if has_own_libtorch; then return 1; fi
    if [ -e "$libtorch_dir/stamp" ]; then read -r stamp <"$libtorch_dir/stamp"; fi
    case $stamp in
    "torch $torch_version cuda") return 1 ;;
    "torch $torch_version cpu") has_nvidia_driver ;;
    *) return 0 ;;
    esac
}

install_libtorch() {
    if has_own_libtorch; then
        [ -d "$LIBTORCH/lib" ] || stop "LIBTORCH is set to $LIBTORCH, which has no folder lib. Unset it to have libtorch unpacked."
        return
    fi
    needs_libtorch || return 0

    mkdir -p "$(dirname "$libtorch_dir")"
    exec 9<"$(dirname "$libtorch_dir")"
    flock 9 # two set-ups at once: the second waits here, and then finds the work done
    needs_libtorch || return 0

    local kind=cpu wheels=(--no-deps "torch==$torch_version" "nvidia-cuda-runtime==13.0.*" "nvidia-cuda-cupti==13.0.*")
    if has_nvidia_driver; then
        kind=cuda
        wheels=("torch==$torch_version")
        say "An NVIDIA driver is here: fetching libtorch $torch_version with CUDA, about 2.7 GB (4.5 GB unpacked), into $libtorch_dir"
    else
        say "Fetching libtorch $torch_version, about 0.5 GB (0.7 GB unpacked), into $libtorch_dir"
    fi

    # Beside its place, so that the last step is a rename; and pip's temporary files there too, for /tmp may be small.
    local new=$libtorch_dir.new
    rm -rf "$new"
    mkdir -p "$new/tmp"
    # Any pip can unpack these wheels, whatever Python it belongs to: nothing of them is run. The tests can import those of
    # its own version, so they are taken where there are such.
    local python version
    python=$(python_with_pip)
    version=$("$python" -c 'import sys; print("3.%d" % min(max(sys.version_info[1], 10), 14))')
    TMPDIR=$new/tmp PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore \
        "$python" -m pip install --no-cache-dir --no-compile --only-binary=:all: --python-version "$version" \
        --target "$new" "${wheels[@]}" ||
        stop "libtorch could not be fetched; pip says why above. Nothing is left half done: call this again."
    rm -rf "$new/tmp"
    if [ $kind = cpu ]; then
        rm -f "$new"/torch/lib/{libtorch_cuda*,libc10_cuda,libtorch_nvshmem}.so
        # An empty library that asks for both halves. Some linkers would keep it, and the program would not start.
        ln -sf libtorch_cpu.so "$new/torch/lib/libtorch.so"
    fi
    ! ldd "$new/torch/lib/libtorch_cpu.so" | grep 'not found' >&2 ||
        stop "libtorch was unpacked into $new, but the libraries named above, which it needs, are not there."
    echo "torch $torch_version $kind" >"$new/stamp"
    rm -rf "$libtorch_dir"
    mv -T "$new" "$libtorch_dir"
    say "libtorch is ready. The first build takes a while, 10 to 20 minutes on two cores; later ones are quick."
}

# Without it those tests are skipped, so a network that fails stops nothing.
install_yt_dlp() {
    local folder=${FRAMELOOM_TEST_YT_DLP:-$root/.yt-dlp} python
    [ ! -d "$folder" ] || return 0
    if ! python=$(python_with_pip); then
        say "There is no pip to install yt-dlp with; the tests that need it are skipped."
        return
    fi
    rm -rf "$folder.new"
    if PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore \
        "$python" -m pip install --quiet --target "$folder.new" yt-dlp; then
        mv "$folder.new" "$folder"
    else
        rm -rf "$folder.new"
        say "yt-dlp could not be fetched; pip says why above. The tests that need it are skipped."
    fi
}

check_rust
system=$(uname -s)
if [ "$system" = Linux ]; then
    install_packages
    install_libtorch
else
    explain_other_system "$system"
fi
if [ "${1:-}" = --tests ]; then
    install_yt_dlp
fi
