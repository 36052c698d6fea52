#!/usr/bin/env python3
"""Series of images as frames of a scan: every frame has the pixels that fabio reads, one by one, by
a pattern in which each pixel has a bin of its own. See run.

Files are written by fabio, tifffile, Pillow and numpy: every type and byte order, several images
per file, strips, tiles and compressions of TIFF, line ends and padding of CBF, and files that are
compressed as a whole.
"""

import argparse
import bz2
import gzip
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import fabio
import h5py
import numpy as np
import PIL.Image
import tifffile

from edf_headers import BINS, CENTRE, LONGEST, PIXEL, pattern_of

SHAPE = (5, 7)
FRAMES = 12


def frames_of(random, dtype):
    """Small counts, some that need more bits, and values below 0 where the type has them."""
    kind = np.dtype(dtype)
    frames = random.poisson(3, (FRAMES, *SHAPE)).astype(np.float64)
    large = {1: 100, 2: 30000, 4: 16000000, 8: 16000000}[kind.itemsize]
    some = random.random(frames.shape) < 0.3
    frames[some] = random.integers(0, large, some.sum())
    if kind.kind != "u":
        below = random.random(frames.shape) < 0.1
        frames[below] = -random.integers(1, 100, below.sum())
    return frames.astype(kind)


def cbf(folder, frames, change=lambda content: content):
    names = []
    for i, frame in enumerate(frames):
        path = folder / f"img_{i + 1}.cbf"
        fabio.cbfimage.CbfImage(data=frame.astype(np.int32)).write(str(path))
        path.write_bytes(change(path.read_bytes()))
        names.append(path)
    return names


def with_header(change):
    """Changes the text of a CBF file and leaves its data."""

    def changed(content):
        at = content.index(b"\x0c\x1a\x04\xd5")
        return change(content[:at]) + content[at:]

    return changed


def without_padding(content):
    size = int(re.search(rb"X-Binary-Size: *(\d+)", content).group(1))
    first = content.index(b"\x0c\x1a\x04\xd5") + 4
    return content[: first + size] + b"\r\n--CIF-BINARY-FORMAT-SECTION----\r\n;\r\n"


def with_more_padding(content):
    return without_padding(content).replace(
        b"\r\n--CIF-BINARY-FORMAT-SECTION----", bytes(4095) + b"\r\n--CIF-BINARY-FORMAT-SECTION----"
    )


def edf(folder, frames, per_file):
    names = []
    for first in range(0, len(frames), per_file):
        path = folder / f"img_{first}.edf"
        image = fabio.edfimage.EdfImage(data=frames[first], header={"angle": "0.5"})
        for frame in frames[first + 1 : first + per_file]:
            image.append_frame(data=frame, header={"angle": "1.5"})
        image.write(str(path))
        names.append(path)
    return names


def tiff(folder, frames, per_file, **options):
    names = []
    for first in range(0, len(frames), per_file):
        path = folder / f"img_{first}.tif"
        with tifffile.TiffWriter(
            path, bigtiff=options.get("bigtiff", False), byteorder=options.get("order", "<")
        ) as file:
            for frame in frames[first : first + per_file]:
                file.write(
                    frame, tile=options.get("tile"), rowsperstrip=options.get("rows"), contiguous=False
                )
        names.append(path)
    return names


def imagej(folder, frames):
    path = folder / "stack.tif"
    tifffile.imwrite(path, frames, imagej=True)
    return [path]


def by_pillow(folder, frames, compression):
    names = []
    for i, frame in enumerate(frames):
        path = folder / f"img_{i}.tif"
        PIL.Image.fromarray(frame).save(path, compression=compression)
        names.append(path)
    return names


def npy(folder, frames, order="C"):
    path = folder / "stack.npy"
    if order == "C":
        np.save(path, frames)
        return [path]
    names = []
    for i, frame in enumerate(frames):
        np.save(folder / f"img_{i}.npy", np.asfortranarray(frame))
        names.append(folder / f"img_{i}.npy")
    return names


def packed(names, ending, pack):
    out = []
    for path in names:
        path.with_name(path.name + ending).write_bytes(pack(path.read_bytes()))
        path.unlink()
        out.append(path.with_name(path.name + ending))
    return out


def cases():
    """(name, type of the pixels, a function that writes frames into a folder)."""
    lf = with_header(lambda text: text.replace(b"\r\n", b"\n"))
    more = with_header(
        lambda text: text.replace(
            b"X-Binary-ID", b"X-Binary-Number-of-Elements: %d\r\nX-Binary-ID" % (SHAPE[0] * SHAPE[1])
        )
    )
    for name, change in {
        "cbf": lambda content: content,
        "cbf, line ends LF": lf,
        "cbf, number of elements": more,
        "cbf, no padding": without_padding,
        "cbf, padding": with_more_padding,
    }.items():
        yield name, "i4", lambda d, f, c=change: cbf(d, f, c)
    for kind in ("u1", "u2", "i2", "u4", "f8", "i8"):
        yield f"edf {kind}", kind, lambda d, f: edf(d, f, 1)
        yield f"npy {kind}", kind, lambda d, f: npy(d, f)
        yield f"npy {kind}, Fortran", kind, lambda d, f: npy(d, f, "F")
        yield f"npy {kind}, big endian", kind, lambda d, f: npy(d, f.astype(f.dtype.newbyteorder()))
        yield f"tiff {kind}", kind, lambda d, f: tiff(d, f, 1)
    for kind in ("u2", "i4"):
        yield f"edf {kind}, 5 per file", kind, lambda d, f: edf(d, f, 5)
        for name, options in {
            "5 per file": {"per_file": 5},
            "big endian": {"per_file": 3, "order": ">"},
            "BigTIFF": {"per_file": 12, "bigtiff": True},
            "tiles": {"per_file": 2, "tile": (16, 16)},
            "strips of 2 rows": {"per_file": 1, "rows": 2},
        }.items():
            yield f"tiff {kind}, {name}", kind, lambda d, f, o=options: tiff(d, f, **o)
    yield "tiff u2, stack of ImageJ", "u2", imagej
    # not packbits: fabio 2026.6 reads other pixels than were written
    for compression in ("tiff_lzw", "tiff_adobe_deflate"):
        for kind in ("u2", "f4"):
            yield f"tiff {kind}, {compression}", kind, lambda d, f, c=compression: by_pillow(d, f, c)
    for ending, pack in {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}.items():
        for name, write in {"cbf": cbf, "edf": lambda d, f: edf(d, f, 1)}.items():
            yield name + ending, "i4", lambda d, f, w=write, e=ending, p=pack: packed(w(d, f), e, p)


def read_by_fabio(path):
    """All frames of a file; numpy, tifffile and lzma where fabio does not."""
    if path.suffix == ".npy":
        array = np.load(path)
        return list(array.reshape(-1, *array.shape[-2:]))
    if path.suffix == ".xz":
        expanded = path.with_suffix("")
        expanded.write_bytes(lzma.decompress(path.read_bytes()))
        frames = read_by_fabio(expanded)
        expanded.unlink()
        return frames
    by_fabio = []
    with fabio.open(str(path)) as image:
        try:
            one = image.nframes == 1
            by_fabio = [image.data] if one else [f.data for f in image.frames()]
        except NotImplementedError:
            assert path.suffix == ".tif"
    if path.suffix != ".tif":
        return by_fabio
    with tifffile.TiffFile(path) as file:
        if file.is_imagej and len(file.pages) == 1:
            return list(file.asarray())
        if len(by_fabio) == len(file.pages) and all(frame is not None for frame in by_fabio):
            return by_fabio
        return [page.asarray() for page in file.pages]


def reduce(program, folder, pattern):
    (folder / "c.poni").write_text(
        f'poni_version: 2.1\nDetector: Detector\nDetector_config: {{"pixel1": {PIXEL}, "pixel2":'
        f' {PIXEL}, "orientation": 3}}\nDistance: 0.1\nPoni1: {CENTRE[0] * PIXEL}\nPoni2:'
        f' {CENTRE[1] * PIXEL}\nRot1: 0\nRot2: 0\nRot3: 0\n'
    )
    job = {
        "scan": {
            "files": [pattern],
            "dataset": "",
            "shape": {"slow": 3, "fast": FRAMES // 3},
            "invalid": "none",
            "verify_md5": True,
        },
        "calibration": {"poni": "c.poni"},
        "corrections": {"solid_angle": False},
        "reductions": [
            {
                "name": "r",
                "unit": "r_mm",
                "bins": BINS,
                "radial_range": [0, LONGEST],
                "splitting": "none",
                "error_model": "none",
            }
        ],
        "output": {"file": "out.h5"},
    }
    (folder / "job.json").write_text(json.dumps(job))
    run = subprocess.run(
        [program, "reduce", "job.json"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if run.returncode != 0:
        return None, run.stderr.strip()
    with h5py.File(folder / "out.h5") as file:
        return file["entry/r/I"][()].reshape(FRAMES, BINS), ""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--xrdct", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--keep", type=Path, help="where the files stay")
    arguments = parser.parse_args()
    random = np.random.default_rng(arguments.seed)
    scratch = Path(tempfile.mkdtemp(dir=os.environ.get("XRDCT_PEER_SCRATCH")))
    root = arguments.keep or scratch
    wrong = []
    number = 0
    for number, (name, kind, write) in enumerate(cases(), 1):
        folder = root / f"case_{number}"
        (folder / "images").mkdir(parents=True)
        frames = frames_of(random, kind)
        paths = write(folder / "images", frames)
        expected = [frame for path in paths for frame in read_by_fabio(path)]
        assert len(expected) == FRAMES, (name, len(expected))
        found, error = reduce(arguments.xrdct.resolve(), folder, "images")
        if found is None:
            wrong.append(f"{name}: {error}")
            print(wrong[-1], flush=True)
        elif not all(
            np.array_equal(pattern_of(frame), row, equal_nan=True)
            for frame, row in zip(expected, found)
        ):
            wrong.append(f"{name}: other pixels than fabio")
            print(wrong[-1], flush=True)
    print(f"{number} series, {len(wrong)} of them not as fabio reads them")
    shutil.rmtree(scratch, ignore_errors=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
