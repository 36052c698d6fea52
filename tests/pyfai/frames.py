#!/usr/bin/env python3
"""Writes frames in every format and reads them with xrdct: every bit is that which h5py with
hdf5plugin, fabio, or NumPy read, or the file is refused by name. See run."""

import argparse
import bz2
import gzip
import lzma
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import fabio
import h5py
import hdf5plugin
import numpy as np

SHAPE = (37, 53)  # no multiple of a block, of 8, or of a tile
FRAMES = 5
INTEGERS = ("u1", "i1", "u2", "i2", "u4", "i4")
TYPES = INTEGERS + ("f4", "f8")
NAMES = {"u1": "u8", "i1": "i8", "u2": "u16", "i2": "i16", "u4": "u32", "i4": "i32", "f4": "f32",
         "f8": "f64"}


def pixels(kind, frames=FRAMES, shape=SHAPE):
    """Counts, both ends of the type, gaps and zeros; of floating point also NaN, inf, -0."""
    random = np.random.default_rng(7)
    data = random.poisson(3.0, (frames, *shape)).astype(np.float64)
    data[:, 3:5] = 0
    data = data.astype(kind)
    if kind[0] == "f":
        data *= np.dtype(kind).type(np.pi)
        data[:, 0, :4] = [np.nan, np.inf, -np.inf, -0.0]
        data[:, 1, :2] = [np.finfo(kind).tiny, np.finfo(kind).max]
    else:
        info = np.iinfo(kind)
        data[:, 0, :4] = [info.min, info.max, info.max - 1, info.min + 1]
        data[:, 7, ::3] = info.max
        data[:, 9] = random.integers(info.min, info.max, shape[1], endpoint=True, dtype=kind)
    data[:, 2, 2] = np.arange(frames)
    return data


FILTERS = {
    "none": {},
    "gzip": {"compression": "gzip"},
    "gzip and shuffle": {"compression": "gzip", "shuffle": True},
    "bitshuffle-lz4": hdf5plugin.Bitshuffle(cname="lz4"),
    "bitshuffle-zstd": hdf5plugin.Bitshuffle(cname="zstd"),
    "bitshuffle alone": hdf5plugin.Bitshuffle(cname="none"),
    "lz4": hdf5plugin.LZ4(),
    "zstd": hdf5plugin.Zstd(),
    "zstd and shuffle": {**hdf5plugin.Zstd(), "shuffle": True},
}
REFUSED = {
    "blosc": (hdf5plugin.Blosc(), "32001"),
    "blosc2": (hdf5plugin.Blosc2(), "32026"),
    "bzip2": (hdf5plugin.BZip2(), "307"),
    "zfp": (hdf5plugin.Zfp(reversible=True), "32013"),
    "lzf": ({"compression": "lzf"}, "32000"),
}
CHUNKS = {"a frame": (1, *SHAPE), "two frames": (2, *SHAPE), "tiles": (1, 16, 20),
          "tiles of frames": (3, 10, 53)}


class Comparison:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.equal, self.refused, self.failures = 0, 0, []

    def read(self, files, dataset=""):
        out = self.folder / "pixels"
        run = subprocess.run([self.program, out, dataset, *files], cwd=self.folder,
                             capture_output=True, text=True, timeout=60, check=False)
        if run.returncode != 0:
            return None, run.stderr
        head, _, bytes_ = out.read_bytes().partition(b"\n")
        name, *shape = head.decode().split()
        kind = {v: k for k, v in NAMES.items()}[name]
        return np.frombuffer(bytes_, kind).reshape([int(n) for n in shape]), ""

    def same(self, title, files, expected, dataset=""):
        found, error = self.read(files, dataset)
        expected = expected.astype(expected.dtype.newbyteorder("="), copy=False)
        if expected.ndim == 2:
            expected = expected[None]
        if expected.dtype.kind in "iu" and expected.dtype.itemsize == 8:
            expected = expected.astype("f8")  # wide integers are delivered so
        if found is None:
            self.failures.append(f"{title}: {error.strip()}")
        elif found.dtype != expected.dtype or found.shape != expected.shape:
            self.failures.append(f"{title}: {found.dtype} {found.shape}, "
                                 f"not {expected.dtype} {expected.shape}")
        elif found.tobytes() != expected.tobytes():
            self.failures.append(f"{title}: {np.count_nonzero(found != expected)} pixels differ")
        else:
            self.equal += 1

    def refuses(self, title, files, told, dataset=""):
        found, error = self.read(files, dataset)
        if found is not None or told.lower() not in error.lower() or files[0] not in error:
            self.failures.append(f"{title}: not refused with {told}: {error.strip()}")
        else:
            self.refused += 1


def hdf5_files(c):
    for kind in TYPES:
        data = pixels(kind)
        for name, filter_ in FILTERS.items():
            for order in "<>" if name in ("none", "gzip and shuffle", "zstd and shuffle") else "<":
                for where, chunks in CHUNKS.items() if kind in ("u2", "i4") else [("a frame", CHUNKS["a frame"])]:
                    with h5py.File(c.folder / "a.h5", "w") as file:
                        file.create_dataset("d", data=data.astype(order + kind), chunks=chunks,
                                            **filter_)
                    with h5py.File(c.folder / "a.h5") as file:
                        c.same(f"HDF5 {order}{kind} {name}, {where}", ["a.h5"], file["d"][()], "/d")
    for kind in ("u8", "i8"):
        with h5py.File(c.folder / "a.h5", "w") as file:
            file["d"] = pixels("u4").astype(kind)
        c.refuses(f"HDF5 {kind}", ["a.h5"], "64-bit", "/d")
    for name, (filter_, number) in REFUSED.items():
        with h5py.File(c.folder / "a.h5", "w") as file:
            file.create_dataset("d", data=pixels("f4" if name == "zfp" else "u2"),
                                chunks=CHUNKS["a frame"], **filter_)
        c.refuses(f"HDF5 {name}", ["a.h5"], number, "/d")


def hdf5_layouts(c):
    data = pixels("u4")
    with h5py.File(c.folder / "a.h5", "w") as file:
        file["contiguous"] = data
        file["one_frame"] = data[0]
        file.create_dataset("compact", data=data[:1, :8, :8], dcpl=compact())
        file.create_dataset("raw", data=data, external=[(str(c.folder / "raw.bin"), 0,
                                                         data.nbytes)])
        file.create_dataset("sparse", shape=data.shape, dtype="u4", chunks=(1, *SHAPE),
                            **FILTERS["bitshuffle-lz4"])
        file["sparse"][...] = data
    for first in (0, 2):
        with h5py.File(c.folder / f"part{first}.h5", "w") as file:
            file.create_dataset("d", data=data[first : first + 3][: FRAMES - first],
                                chunks=(1, *SHAPE), **FILTERS["bitshuffle-lz4"])
    layout = h5py.VirtualLayout(shape=data.shape, dtype="u4")
    layout[:2] = h5py.VirtualSource("part0.h5", "d", shape=(3, *SHAPE))[:2]
    layout[2:] = h5py.VirtualSource("part2.h5", "d", shape=(3, *SHAPE))
    with h5py.File(c.folder / "v.h5", "w") as file:
        file.create_virtual_dataset("d", layout)
        file["link"] = h5py.ExternalLink("a.h5", "/contiguous")
    with h5py.File(c.folder / "a.h5") as file:
        for name in ("contiguous", "one_frame", "compact", "sparse"):
            c.same(f"HDF5 {name}", ["a.h5"], file[name][()], "/" + name)
    c.refuses("HDF5 raw", ["a.h5"], "raw external files", "/raw")
    with h5py.File(c.folder / "v.h5") as file:
        c.same("HDF5 virtual", ["v.h5"], file["d"][()], "/d")
        c.same("HDF5 linked", ["v.h5"], file["link"][()], "/link")


def compact():
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_layout(h5py.h5d.COMPACT)
    return properties


def by_fabio(path):
    with fabio.open(str(path)) as image:
        return np.stack([frame.data for frame in image.frames()]) if image.nframes > 1 else np.array(image.data)


def packed(path):
    content = path.read_bytes()
    for ending, pack in ((".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)):
        other = path.with_name(path.name + ending)
        other.write_bytes(pack(content))
        yield other


def image_files(c):
    writers = {
        "cbf": (fabio.cbfimage.CbfImage, ("i4",)),
        "edf": (fabio.edfimage.EdfImage, TYPES + ("u8", "i8")),
        "tif": (fabio.tifimage.TifImage, INTEGERS + ("f4",)),  # fabio reads f8 as f4
        "npy": (None, TYPES + ("u8", "i8")),
    }
    for ending, (image, kinds) in writers.items():
        for kind in kinds:
            data = pixels(kind if kind[1] != "8" or kind[0] == "f" else "u4", 1)[0].astype(kind)
            if ending == "cbf":
                data //= 2  # fabio cannot store wider differences than 32 bits
            path = c.folder / f"{kind}.{ending}"
            np.save(path, data) if image is None else image(data=data).write(str(path))
            expected = np.load(path) if image is None else by_fabio(path)
            if expected.tobytes() != data.tobytes():
                c.failures.append(f"{ending} {kind}: the other library does not read what it wrote")
            c.same(f"{ending} {kind}", [path.name], expected)
            for other in packed(path) if kind in ("u2", "i4") else ():
                c.same(f"{other.name}", [other.name], expected)


def cbf_of_unsigned(c):
    """As CBFlib writes it: each difference is a signed integer of the bits of a pixel."""
    for kind in ("u2", "u4"):
        data = pixels(kind, 1)[0]
        bits = 8 * data.itemsize
        stored = b""
        before = np.concatenate([np.zeros(1, kind), data.ravel()[:-1]])
        for difference in (data.ravel() - before).astype(f"i{data.itemsize}").tolist():
            for bytes_, escape in ((1, b"\x80"), (2, b"\x00\x80"), (4, b"")):
                if abs(difference) < 1 << (8 * bytes_ - 1) or not escape:
                    stored += difference.to_bytes(bytes_, "little", signed=True)
                    break
                stored += escape
        header = "\r\n".join([
            "###CBF: VERSION 1.5", "", "data_x", "", "_array_data.data", ";",
            "--CIF-BINARY-FORMAT-SECTION--", "Content-Type: application/octet-stream;",
            '     conversions="x-CBF_BYTE_OFFSET"', "Content-Transfer-Encoding: BINARY",
            f"X-Binary-Size: {len(stored)}",
            f'X-Binary-Element-Type: "unsigned {bits}-bit integer"',
            "X-Binary-Element-Byte-Order: LITTLE_ENDIAN",
            f"X-Binary-Number-of-Elements: {data.size}",
            f"X-Binary-Size-Fastest-Dimension: {data.shape[1]}",
            f"X-Binary-Size-Second-Dimension: {data.shape[0]}", "", ""])
        path = c.folder / f"{kind}_modulo.cbf"
        path.write_bytes(header.encode() + b"\x0c\x1a\x04\xd5" + stored +
                         b"\r\n--CIF-BINARY-FORMAT-SECTION----\r\n;\r\n")
        if by_fabio(path).tobytes() != data.tobytes():
            c.failures.append(f"CBF of {kind}: fabio reads other pixels")
        c.same(f"CBF of {kind}, modulo", [path.name], data)


def several_images(c):
    data = pixels("u2")
    edf = fabio.edfimage.EdfImage(data=data[0])
    for frame in data[1:]:
        edf.append_frame(data=frame)
    edf.write(str(c.folder / "several.edf"))
    c.same("EDF of several images", ["several.edf"], by_fabio(c.folder / "several.edf"))
    np.save(c.folder / "several.npy", data)
    c.same("NPY of several images", ["several.npy"], np.load(c.folder / "several.npy"))
    for n, frame in enumerate(data, 8):  # 8, 9, 10: the order of numbers, not of letters
        fabio.edfimage.EdfImage(data=frame).write(str(c.folder / f"s_{n}.edf"))
    for names in (["s_*.edf"], ["s_%d.edf"]):
        c.same(f"series {names[0]}", names, data)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--xrdct", type=os.path.abspath, required=True,
                        help="frames_to_file, which reads by the sources of xrdct")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("XRDCT_PEER_SCRATCH")) as name:
        c = Comparison(arguments.xrdct, Path(name))
        for part in (hdf5_files, hdf5_layouts, image_files, cbf_of_unsigned, several_images):
            part(c)
    print(f"fabio {fabio.version}, h5py {h5py.__version__}, hdf5plugin {hdf5plugin.version}: "
          f"{c.equal} files with equal bits, {c.refused} refused as they should be")
    for failure in c.failures:
        print("FAILED", failure)
    print(f"{len(c.failures)} failures")
    sys.exit(1 if c.failures else 0)


if __name__ == "__main__":
    main()
