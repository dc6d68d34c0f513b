"""Compare how frameloom and pysubs2 read the same SRT files.

    python captions.py FRAMELOOM FILE...

Runs `FRAMELOOM captions FILE --to json` and needs the pysubs2 package. Exits with 1 when a file differs.
"""

import json
import subprocess
import sys

import pysubs2


def by_frameloom(program: str, path: str) -> list[tuple[int, int, str]]:
    command = [program, "captions", path, "--to", "json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    cues = json.loads(done.stdout)["cues"]
    return [(round(cue["start"] * 1000), round(cue["end"] * 1000), cue["text"]) for cue in cues]


def by_pysubs2(path: str) -> list[tuple[int, int, str]]:
    events = pysubs2.load(path, encoding="utf-8-sig").events
    return sorted(((event.start, event.end, event.plaintext.strip()) for event in events), key=lambda cue: cue[0])


def main() -> int:
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    program, paths = sys.argv[1], sys.argv[2:]
    is_same = True
    for path in paths:
        ours, theirs = by_frameloom(program, path), by_pysubs2(path)
        differing = sum(a != b for a, b in zip(ours, theirs)) + abs(len(ours) - len(theirs))
        print(f"{path}: {len(ours)} cues, pysubs2 {len(theirs)}, {differing} differ")
        for a, b in zip(ours, theirs):
            if a != b:
                print(f"  frameloom {a}\n  pysubs2   {b}")
        is_same = is_same and differing == 0
    return 0 if is_same else 1


if __name__ == "__main__":
    sys.exit(main())
