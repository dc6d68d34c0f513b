#!/bin/sh
# Compares frame sampling with the ffmpeg command on the same machine: 10 minutes of 1080p H.264, a frame every 2 s.
#
#     benches/sampling.sh [path of the frameloom program]
#
# The videos are kept in a temporary folder (FRAMELOOM_BENCH says which) and made only once. Key frames every 10 s are
# what the exact mode is measured on; every 1.9 s, as broadcasters and video sites have them, is where it pays to take
# key frames. Ratios are ffmpeg's time over ours: above 1 we are faster.
set -eu

program=${1:-target/release/frameloom}
folder=${FRAMELOOM_BENCH:-${TMPDIR:-/tmp}/frameloom-bench}
seconds=${FRAMELOOM_BENCH_SECONDS:-600}
mkdir -p "$folder"

make_video() { # key frame distance in pictures
    video=$folder/1080p-$seconds-$1.mp4
    if [ ! -s "$video" ]; then
        echo "making $video" >&2
        ffmpeg -v error -nostdin -y -f lavfi -i "testsrc2=size=1920x1080:rate=25:duration=$seconds" \
            -c:v libx264 -preset veryfast -g "$1" -pix_fmt yuv420p "$video.part.mp4"
        mv "$video.part.mp4" "$video"
    fi
}

# Seconds that a command takes, with its output thrown away.
seconds_of() {
    start=$(date +%s.%N)
    "$@" >/dev/null
    end=$(date +%s.%N)
    awk -v start="$start" -v end="$end" 'BEGIN { printf "%.2f", end - start }'
}

for distance in 250 48; do
    make_video "$distance"
    out=$(mktemp -d "$folder/frames.XXXXXX")
    theirs=$(seconds_of ffmpeg -v error -nostdin -y -i "$video" -an -vf fps=0.5,scale=200:120 "$out/%05d.png")
    rm -r "$out"
    echo "key frames every $distance pictures: ffmpeg $theirs s"
    for sampling in exact keyframes; do
        out=$(mktemp -d "$folder/frames.XXXXXX")
        ours=$(seconds_of "$program" frames "$video" --every 2 --out "$out" --sampling "$sampling" --json)
        rm -r "$out"
        awk -v name="$sampling" -v ours="$ours" -v theirs="$theirs" \
            'BEGIN { printf "  %-9s %8.2f s, ratio %.2f\n", name, ours, theirs / ours }'
    done
done
