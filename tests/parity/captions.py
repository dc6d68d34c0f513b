"""Compare how frameloom and other people's readers take the same caption files: pysubs2, and webvtt-py for WebVTT.

    python captions.py FRAMELOOM FILE...

Runs `FRAMELOOM captions FILE --to json`. What frameloom writes (SRT, WebVTT and ASS of each file) must read the same
there too. Needs the packages pysubs2 and webvtt-py. Exits with 1 when a file differs.
"""

import html
import json
import pathlib
import subprocess
import sys
import tempfile

import pysubs2
import webvtt

Cues = list[tuple[int, int, str]]

# frameloom keeps text apart from markup with characters of no width.
GUARDS = str.maketrans("", "", "\u200b\u2060")


def run(program: str, path: str, to: str) -> str:
    command = [program, "captions", path, "--to", to]
    return subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout


def by_frameloom(program: str, path: str) -> Cues:
    cues = json.loads(run(program, path, "json"))["cues"]
    return [(round(cue["start"] * 1000), round(cue["end"] * 1000), cue["text"]) for cue in cues]


def in_order(cues: Cues) -> Cues:
    def tidy(text: str) -> str:
        return "\n".join(line.strip() for line in text.strip().split("\n"))

    return sorted(((start, end, tidy(text)) for start, end, text in cues), key=lambda cue: cue[0])


def by_pysubs2(path: str) -> Cues:
    events = pysubs2.load(path, encoding="utf-8-sig").events
    return in_order([(event.start, event.end, event.plaintext) for event in events if not event.is_comment])


def by_webvtt(path: str) -> Cues:
    def millis(stamp: str) -> int:
        hours, minutes, seconds = stamp.split(":")
        return round((int(hours) * 60 + int(minutes)) * 60_000 + float(seconds) * 1000)

    captions = webvtt.read(path)
    cues = [(millis(caption.start), millis(caption.end), html.unescape(caption.text)) for caption in captions]
    return in_order(cues)


def differ(path: str, ours: Cues, name: str, theirs: Cues) -> bool:
    differing = sum(a != b for a, b in zip(ours, theirs)) + abs(len(ours) - len(theirs))
    print(f"{path}: {len(ours)} cues, {name} {len(theirs)}, {differing} differ")
    for a, b in zip(ours, theirs):
        if a != b:
            print(f"  frameloom {a}\n  {name:9} {b}")
    return differing > 0


def main() -> int:
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    program, paths = sys.argv[1], sys.argv[2:]
    failed = False
    for path in paths:
        ours = by_frameloom(program, path)
        is_vtt = path.endswith(".vtt")
        theirs = by_webvtt(path) if is_vtt else by_pysubs2(path)
        failed |= differ(path, ours, "webvtt-py" if is_vtt else "pysubs2", theirs)
        for to, name, reader in (("srt", "pysubs2", by_pysubs2), ("vtt", "webvtt-py", by_webvtt), ("ass", "pysubs2", by_pysubs2)):
            with tempfile.TemporaryDirectory() as folder:
                written = pathlib.Path(folder, f"written.{to}")
                written.write_text(run(program, path, to), encoding="utf-8", newline="")
                theirs = [(start, end, text.translate(GUARDS)) for start, end, text in reader(str(written))]
            unit = 10 if to == "ass" else 1
            rounded = [((start + unit // 2) // unit * unit, (end + unit // 2) // unit * unit, text) for start, end, text in ours]
            failed |= differ(f"{path} as {to}", rounded, name, theirs)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
