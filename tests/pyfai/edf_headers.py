#!/usr/bin/env python3
"""Reads generated EDF files with fabio and with xrdct: the same pixels, or refused with a
message that names the file and what is wrong with it.

Every header is drawn from what beamlines and people write: braces in values, keys twice or in other case, general blocks, wrong sizes, misspelt words,
padding, several images. Pixels are compared one by one, by a pattern in which each pixel has a bin
of its own. See run.
"""

import argparse
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

import fabio
import h5py
import numpy as np

SHAPE = (5, 7)
TYPES = {
    "UnsignedByte": "u1",
    "SignedByte": "i1",
    "UnsignedShort": "u2",
    "SignedShort": "i2",
    "UnsignedInteger": "u4",
    "SignedInteger": "i4",
    "UnsignedLong": "u4",
    "FloatValue": "f4",
    "Float": "f4",
    "FLOATVALUE": "f4",
    "DoubleValue": "f8",
    "Signed64": "i8",
    "Unsigned64": "u8",
}
COMMENTS = [
    '{"a": 1}',
    "{'x': 1}",
    "alpha_{2}",
    "[ {1}, {2} ]",
    ":}",
    "{",
    "}",
    "a = b",
    "caf\u00e9",
    "two\n lines",
    "{\n 'x': 1,\n}\n",
    "0.1 0.2",
    "",
    "a ; b",
    "EDF_HeaderSize = 7",
    "Dim_1",
    "}}",
    "} ",
    "x}\t",
]


class Watch(logging.Handler):
    """Keeps what fabio complains about."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.texts = []

    def emit(self, record):
        self.texts.append(record.getMessage())


def spelled(random, key):
    return random.choice([key] * 6 + [key.upper(), key.lower()])


def header_of(random, shape, name, keys, end, fill, newline):
    """The text of a block, padded to whole 512 bytes as most writers do, or to any other length."""
    body = "{" + newline + "".join(f"{k} = {v} ;{newline}" for k, v in keys)
    length = len(body.encode()) + len(end)
    total = length if not fill else -(-length // fill) * fill
    return body.encode() + b" " * (total - length) + end.encode()


def generate(random, index):
    """A file, the pixels that it was made of, whether the header tells them without doubt, and
    what is odd about it."""
    name = random.choice(list(TYPES))
    kind = TYPES[name]
    big = random.random() < 0.4
    data = (np.arange(SHAPE[0] * SHAPE[1]).reshape(SHAPE) * 3 + index % 40).astype(kind)
    raw = data.astype((">" if big else "<") + kind).tobytes()
    newline = "\r\n" if random.random() < 0.15 else "\n"
    order = "HighByteFirst" if big else "LowByteFirst"
    keys = [
        ("HeaderID", "EH:000001:000000:000000"),
        ("Image", "1"),
        ("ByteOrder", order),
        ("DataType", name),
        ("Dim_1", SHAPE[1]),
        ("Dim_2", SHAPE[0]),
        ("Size", len(raw)),
    ]
    keys = [
        (k if k == "HeaderID" else spelled(random, k), v) for k, v in keys
    ]  # "HEADERID" is d*TREK for fabio
    certain = True
    faults = []

    def put(key, value):
        keys.insert(random.randint(0, len(keys)), (key, value))

    def change(key, value):
        keys[:] = [(k, value if k.upper() == key.upper() else v) for k, v in keys]

    def drop(key):
        keys[:] = [(k, v) for k, v in keys if k.upper() != key.upper()]

    for _ in range(random.randint(0, 3)):
        fault = random.choice(
            [
                "comment",
                "comment",
                "comment",
                "headersize",
                "order",
                "type",
                "twice",
                "twice_case",
                "size",
                "no_size",
                "binary_size",
                "compression",
                "dim3",
                "dim",
                "no_dim",
                "no_order",
                "no_type",
                "long",
                "no_semicolon",
                "nul",
            ]
        )
        faults.append(fault)
        if fault == "comment":
            put(random.choice(["title", "comment", "cmd"]), random.choice(COMMENTS))
        elif fault == "headersize":
            put(
                "EDF_HeaderSize",
                random.choice(["512", "1024", "1", "0", "511", "-5", "x", "99999"]),
            )
        elif fault == "order":
            change(
                "ByteOrder",
                random.choice(
                    [
                        "HighByteFrist",
                        "LowByte",
                        "High",
                        "highbytefirst",
                        "lowbytefirst",
                        "BigEndian",
                        "HIGHBYTEFIRST",
                        "",
                        "LowHigh",
                        "Hi",
                        "little",
                    ]
                ),
            )
            certain = False
        elif fault == "type":
            change(
                "DataType",
                random.choice(
                    [
                        "UnsignedShrot",
                        name.lower(),
                        "Float64",
                        "uint16",
                        "",
                        "FloatIEEE128",
                        "Unsigned 16",
                    ]
                ),
            )
            certain = False
        elif fault == "twice":
            put(
                random.choice(["Dim_1", "Dim_2", "DataType", "ByteOrder", "Size"]),
                random.choice(["5", "7", "UnsignedByte", "HighByteFirst", "LowByteFirst", "70"]),
            )
            certain = False
        elif fault == "twice_case":
            put(
                random.choice(["DIM_1", "dim_2", "datatype", "BYTEORDER", "SIZE"]),
                random.choice(["5", "7", "UnsignedShort", "LowByteFirst", "140"]),
            )
            certain = False
        elif fault == "size":
            change(
                "Size",
                random.choice(
                    ["0", "1", "512", str(len(raw) - 1), str(len(raw)) + ".0", "1e3", "many"]
                ),
            )
        elif fault == "no_size":
            drop("Size")
        elif fault == "binary_size":
            put("EDF_BinarySize", random.choice([str(len(raw)), "10", "512", "x"]))
        elif fault == "compression":
            put(
                "Compression",
                random.choice(
                    [
                        "NONE",
                        "None",
                        "no",
                        "NO_COMPRESSION",
                        "",
                        "GZIP",
                        "ZCompression",
                        "ByteOffset",
                        "zlib",
                    ]
                ),
            )
            certain = False
        elif fault == "dim3":
            put(random.choice(["Dim_3", "DIM_4"]), random.choice(["1", "2", "0", "x"]))
            certain = False
        elif fault == "dim":
            change(
                random.choice(["Dim_1", "Dim_2"]),
                random.choice(
                    [
                        "5.0",
                        "+5",
                        "0",
                        "-1",
                        "five",
                        "5 px",
                        "99999999999999999999",
                        "4",
                        "6.5",
                        "0x5",
                    ]
                ),
            )
            certain = False
        elif fault in ("no_dim", "no_order", "no_type"):
            drop(
                {
                    "no_dim": random.choice(["Dim_1", "Dim_2"]),
                    "no_order": "ByteOrder",
                    "no_type": "DataType",
                }[fault]
            )
            certain = False
        elif fault == "long":
            put("history", "x" * random.randint(400, 3000))
        elif fault == "no_semicolon":
            spot = random.randrange(len(keys))
            keys[spot] = (
                keys[spot][0],
                f"{keys[spot][1]}{newline}note = {random.choice(['a', 'Low', 'High'])}",
            )
            certain = False
        elif fault == "nul":
            put("blank", "\0 a \0")
    end = "}" + newline
    fill = random.choice([512, 512, 512, 0, 700, 1024])
    content = header_of(random, SHAPE, name, keys, end, fill, newline) + raw
    if random.random() < 0.15:  # a general block
        general = [
            ("EDF_DataFormatVersion", "2.40"),
            ("EDF_HeaderSize", "512"),
            ("EDF_BinarySize", random.choice(["0", "0", "16"])),
        ]
        extra = random.choice(
            [
                None,
                ("Dim_1", "3"),
                ("DIM_2", "4"),
                ("Compression", "NONE"),
                ("Dim_3", "1"),
                ("ByteOrder", "HighByteFirst"),
                ("title", "{x}"),
            ]
        )
        if extra:
            general.append(extra)
            certain = False
        size = int(dict(general)["EDF_BinarySize"])
        content = (
            header_of(random, SHAPE, name, general, end, 512, newline) + b"\1" * size + content
        )
        faults.append("general")
    if random.random() < 0.1:
        content += b"\0" * random.choice([0, 3, 512]) + content
        faults.append("several")
        certain = False
    elif random.random() < 0.1:
        content += random.choice([b"\0" * 300, b"tail", b"\n", b"{", b"} {"])
        faults.append("tail")
    elif random.random() < 0.05:
        content = content[: -random.randint(1, 29)]
        faults.append("truncated")
        certain = False
    if random.random() < 0.05:
        content = random.choice([b"\n", b"\r\n", b" "]) + content
        faults.append("begin")
    return content, data, certain, faults


def by_fabio(path, watch):
    """Pixels, and whether fabio found them whole; None where it cannot read the file."""
    watch.texts.clear()
    try:
        with fabio.open(str(path)) as image:
            data = np.array(image.data)
    except Exception:
        return None
    if any("incomplete" in text for text in watch.texts):
        return None  # it fills with zeros
    return (
        data
        if data.ndim == 2
        else (
            data.reshape(data.shape[-2:]) if data.ndim > 2 and set(data.shape[:-2]) == {1} else None
        )
    )


PIXEL, LONGEST, BINS = 1e-4, 1.6, 4000
CENTRE = (-0.3719, -0.6183)  # [pixels]: no two pixels of the shapes below are equally far from it


def bins_of(shape):
    row, column = np.indices(shape)
    radius = 1e3 * PIXEL * np.hypot(row + 0.5 - CENTRE[0], column + 0.5 - CENTRE[1])
    return np.floor(radius / LONGEST * BINS).astype(int)


def pattern_of(image):
    """What a pattern with a bin for each pixel has to be."""
    bins = bins_of(image.shape)
    pattern = np.full(BINS, np.nan, np.float32)
    keep = bins < BINS
    assert np.unique(bins[keep]).size == bins[keep].size, image.shape
    pattern[bins[keep]] = image[keep].astype(np.float32)
    return pattern


def integrate(program, folder, names):
    poni = (
        f'poni_version: 2.1\nDetector: Detector\nDetector_config: {{"pixel1": {PIXEL}, "pixel2":'
        f' {PIXEL}, "orientation": 3}}\nDistance: 0.1\nPoni1: {CENTRE[0] * PIXEL}\nPoni2:'
        f' {CENTRE[1] * PIXEL}\nRot1: 0\nRot2: 0\nRot3: 0\n'
    )
    (folder / "c.poni").write_text(poni)
    command = [
        program,
        "integrate",
        *names,
        "--poni",
        "c.poni",
        "--unit",
        "r_mm",
        "--splitting",
        "none",
        "--bins",
        str(BINS),
        "--radial-range",
        "0",
        str(LONGEST),
        "--no-solid-angle",
        "--error-model",
        "none",
        "--invalid",
        "none",
        "--output",
        "all.h5",
    ]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )


def patterns_by_xrdct(program, folder, names):
    """All files in one run: a pattern for each that is read, a message for each that is not."""
    run = integrate(program, folder, names)
    assert run.returncode in (0, 4), run.stderr
    refused = {}
    for line in run.stderr.splitlines():
        found = re.match(r"xrdct: error: (\S+): left out: (.*)", line)
        if found:
            refused[found[1]] = found[2]
    with h5py.File(folder / "all.h5") as file:
        patterns = file["entry/result/I"][()].reshape(len(names), BINS)
    return {name: pattern for name, pattern in zip(names, patterns) if name not in refused}, refused


# A message names the file and what in it: a key, or the part of the file.
TOLD = re.compile(
    "Dim_|DIM_|ByteOrder|DataType|Size|Compression|EDF_|general|header|several|truncated|no"
    " end|claims|64-bit"
)


# What makes the header tell of other pixels than those that were written.
OTHER_PIXELS = {"dim", "twice", "twice_case"}


def equal(a, b):
    return a.shape == b.shape and np.array_equal(a, b, equal_nan=True)


def compare(arguments):
    random = Random(arguments.seed)
    watch = Watch()
    for name in ("fabio", "fabio.edfimage"):
        logging.getLogger(name).addHandler(watch)
        logging.getLogger(name).propagate = False
    count = dict.fromkeys(
        ("same as fabio", "read where fabio fails", "refused", "refused, fabio fails too"), 0
    )
    failures = []
    scratch = os.environ.get("XRDCT_PEER_SCRATCH")
    with tempfile.TemporaryDirectory(dir=scratch) as name:
        folder = Path(name)
        files = {}
        for index in range(arguments.files):
            content, made, certain, faults = generate(random, index)
            path = folder / f"f{index:04d}.edf"
            path.write_bytes(content)
            files[path.name] = (made, certain, faults, by_fabio(path, watch))
        patterns, refused = patterns_by_xrdct(arguments.xrdct, folder, list(files))
        for path, (made, certain, faults, fabios) in files.items():
            title = f"{path} ({', '.join(faults)})"
            if path in refused:
                count["refused" if fabios is not None else "refused, fabio fails too"] += 1
                if path not in refused[path] or not TOLD.search(refused[path].split(path, 1)[1]):
                    failures.append(
                        f"{title}: the message does not say what is wrong: {refused[path]}"
                    )
                if certain and fabios is not None and equal(fabios, made):
                    failures.append(
                        f"{title}: refused, but fabio reads what was written: {refused[path]}"
                    )
            elif fabios is not None:
                count["same as fabio"] += 1
                if not equal(patterns[path], pattern_of(fabios)):
                    failures.append(f"{title}: other pixels than fabio's")
            else:
                count["read where fabio fails"] += 1
                if not OTHER_PIXELS & set(faults) and not equal(patterns[path], pattern_of(made)):
                    failures.append(
                        f"{title}: fabio does not read it, and the pixels are not those that were"
                        " written"
                    )
        for path in list(refused)[:: max(1, len(refused) // 12)]:
            status = integrate(arguments.xrdct, folder, [path]).returncode
            if status not in (2, 3):
                failures.append(f"{path}: refused with the exit status {status}, not 2 or 3")
        if failures and arguments.keep:
            shutil.copytree(folder, arguments.keep, dirs_exist_ok=True)
    print(
        f"{arguments.files} EDF headers (seed {arguments.seed}), fabio {fabio.version}: "
        + ", ".join(f"{n} {what}" for what, n in count.items())
    )
    for failure in failures[:30]:
        print("FAILED", failure)
    print(f"{len(failures)} failures")
    return 1 if failures else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--xrdct", type=os.path.abspath, required=True)
    parser.add_argument("--files", type=int, default=800)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--keep", help="a folder for the files, if one fails")
    sys.exit(compare(parser.parse_args()))


if __name__ == "__main__":
    main()
