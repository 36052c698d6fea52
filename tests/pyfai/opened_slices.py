"""Slices as other programs open them: the default plot of silx, the rules of h5web, TIFF, nDTomo."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import h5py
import numpy as np
import silx.io
import tifffile
from silx.io.nxdata import NXdata, get_default

CAKE = dict(name="cake", pattern="cake", azimuthal_bins=3, bins=9, unit="2th_deg")


def make(xrdct, folder):
    def run(*words):
        subprocess.run([xrdct, *words], cwd=folder, check=True, capture_output=True)

    scan = ["--shape", "48x48", "--heights", "2", "--rotations", "12", "--translations", "9"]
    run("simulate", "-o", "scan", "--bins", "20", *scan)
    job = json.loads((folder / "scan/job.json").read_text())
    job["reductions"].append(CAKE)
    (folder / "scan/job.json").write_text(json.dumps(job))
    run("reduce", "scan/job.json", "-q", "-o", "sinograms.h5")
    run("reconstruct", "sinograms.h5", "-q", "-o", "slices.h5")
    run("export", "slices.h5", "--tiff", "tiff")
    run("export", "slices.h5", "--ndtomo", "volume.h5", "--height", "1")


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def in_silx(file):
    with silx.io.open(str(file)) as opened:
        plot = get_default(opened)
        assert plot is not None and plot.is_valid
        assert plot.group.name == "/entry/preview" and plot.interpretation == "image"
        assert plot.signal.ndim == 3 and np.isfinite(plot.signal[0]).any()
        assert [axis.name.split("/")[-1] for axis in plot.axes] == ["height", "y", "x"]


def by_nexus(file):
    """The rules by which h5web finds a plot: `default` down to an NXdata, `signal`, `axes` as long as
    its sides, `@interpretation`; errors beside the signal."""
    with h5py.File(file) as opened:
        group = opened
        while "default" in group.attrs:
            group = group[text(group.attrs["default"])]
        assert text(group.attrs["NX_class"]) == "NXdata"
        groups = [group, opened["entry/mean"], opened["entry/cake"]]
        for group, kind in zip(groups, ("image", "spectrum", "image")):
            assert NXdata(group).is_valid
            signal = group[text(group.attrs["signal"])]
            axes = [text(name) for name in group.attrs["axes"]]
            assert [len(group[name]) for name in axes] == list(signal.shape), group.name
            assert text(signal.attrs["interpretation"]) == kind
            assert all("long_name" in group[name].attrs for name in axes)
            name = text(group.attrs["signal"])
            errors = NXdata(group).errors
            assert (errors is not None) == (name + "_errors" in group), group.name


def as_tiff(folder):
    with h5py.File(folder / "slices.h5") as opened:
        for height in range(2):
            values = opened["entry/mean/I"][height]
            pages = tifffile.imread(folder / f"tiff/slices_mean_height_{height:04}.tif")
            assert pages.dtype == np.float32
            assert np.array_equal(pages, np.moveaxis(values, -1, 0), equal_nan=True)


def as_ndtomo(folder):
    """nDTomo takes `/data` [x][y][channel] and an axis of as many channels, without NaN."""
    with h5py.File(folder / "volume.h5") as opened, h5py.File(folder / "slices.h5") as slices:
        volume, axis = opened["data"][:], opened["q"][:]
        values = slices["entry/mean/I"][1]
        assert volume.shape == (9, 9, len(axis)) and np.isfinite(volume).all()
        assert np.array_equal(volume, np.nan_to_num(np.swapaxes(values, 0, 1)))
        assert np.array_equal(axis, slices["entry/mean/radial_axis"][:])
        assert volume.mean(axis=2).shape == (9, 9)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--xrdct", required=True)
    program = str(Path(parser.parse_args().xrdct).resolve())
    with tempfile.TemporaryDirectory(dir=os.environ.get("XRDCT_PEER_SCRATCH")) as name:
        folder = Path(name)
        make(program, folder)
        in_silx(folder / "slices.h5")
        by_nexus(folder / "slices.h5")
        as_tiff(folder)
        as_ndtomo(folder)
    print("slices open in silx, by the rules of h5web, as TIFF, and as nDTomo opens them")


if __name__ == "__main__":
    sys.exit(main())
