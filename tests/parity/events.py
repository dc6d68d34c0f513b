"""Compares a folder of TensorBoard events with the losses.csv of its run.

    python tests/parity/events.py FOLDER LOSSES.csv

Reads the one event file under FOLDER with the reader below, which needs nothing, and with tensorboard where it can be
imported. Prints a line a reader and exits with 1 on any difference.
"""

import csv
import struct
import sys
from pathlib import Path

SCALARS = {f"loss/{term}": term for term in ("image", "text", "kl", "total")} | {"seconds_per_epoch": "seconds"}


def crc_table():
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        yield value


TABLE = list(crc_table())


def masked_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    while data:
        length, length_crc = struct.unpack_from("<QI", data)
        body, rest = data[12 : 12 + length], data[12 + length :]
        assert length_crc == masked_crc(data[:8]), "the checksum of a length is wrong"
        assert struct.unpack_from("<I", rest)[0] == masked_crc(body), "the checksum of a record is wrong"
        yield body
        data = rest[4:]


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            return value, at


def fields(data):
    """Number and value of each field of a protocol buffer message."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = varint(data, at)
        elif wire == 2:
            length, at = varint(data, at)
            value, at = data[at : at + length], at + length
        else:
            value, size = {1: ("<d", 8), 5: ("<f", 4)}[wire]
            value, at = struct.unpack_from(value, data, at)[0], at + size
        yield number, value


def plain_reader(path):
    """{tag: [(wall time, step, value)]}, and the wall time of the first record."""
    scalars, started = {}, None
    for body in records(path.read_bytes()):
        event = dict(fields(body))
        if started is None:
            started = event[1]
            assert event[3] == b"brain.Event:2", f"the first record is {event}"
            continue
        for _, value in fields(event[5]):
            value = dict(fields(value))
            scalars.setdefault(value[1].decode(), []).append((event[1], event[2], value[2]))
    return scalars, started


def tensorboard_reader(path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader

    first = next(LegacyEventFileLoader(str(path)).Load())
    assert first.file_version == "brain.Event:2", f"the first record is {first}"
    accumulator = EventAccumulator(str(path.parent), size_guidance={"scalars": 0}).Reload()
    scalars = {
        tag: [(event.wall_time, event.step, event.value) for event in accumulator.Scalars(tag)]
        for tag in accumulator.Tags()["scalars"]
    }
    return scalars, first.wall_time


def expected(table, started):
    scalars = {tag: [] for tag in SCALARS}
    now = started
    for row in csv.DictReader(table.open()):
        now += float(row["seconds"])
        for tag, column in SCALARS.items():
            value = struct.unpack("<f", struct.pack("<f", float(row[column])))[0]
            scalars[tag].append((now, int(row["epoch"]), value))
    return scalars


def differences(found, wanted):
    if set(found) != set(wanted):
        yield f"tags {sorted(found)} instead of {sorted(wanted)}"
    for tag in found.keys() & wanted.keys():
        if len(found[tag]) != len(wanted[tag]):
            yield f"{tag}: {len(found[tag])} steps instead of {len(wanted[tag])}"
        # repr, for NaN is no difference to NaN.
        yield from (f"{tag}: {f} instead of {w}" for f, w in zip(found[tag], wanted[tag]) if repr(f) != repr(w))


def main(folder, table):
    files = sorted(Path(folder).rglob("events.out.tfevents.*"))
    if len(files) != 1:
        sys.exit(f"FAIL {len(files)} event files under {folder}, one was expected")
    failed = False
    for name, reader in (("plain reader", plain_reader), ("tensorboard", tensorboard_reader)):
        try:
            found, started = reader(files[0])
        except ImportError:
            print(f"skipped: {name} cannot be imported")
            continue
        wrong = list(differences(found, expected(Path(table), started)))
        failed |= bool(wrong)
        print(f"{'FAIL' if wrong else 'ok  '} {name}: {sum(map(len, found.values()))} scalars")
        for difference in wrong[:5]:
            print(f"     {difference}")
    sys.exit(failed)


if __name__ == "__main__":
    main(*sys.argv[1:3])
