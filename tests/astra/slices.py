"""Slices of discs whose sinograms are known, by xrdct and by ASTRA.

A small scan is simulated and reduced, so that there is a file of sinograms; its numbers are then
replaced by those of discs. Filtered back projections are compared inside of the circle: ASTRA's
strip projector within 0.5 % RMS, its linear one, which interpolates along the ray, within 2.5 %.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import astra
import h5py
import numpy as np

PROJECTIONS, TRANSLATIONS = 360, 256
LARGEST = {"strip": 0.005, "linear": 0.025}  # RMS of the difference over that of the slice
DISCS = [(19.2, 11.6, 28.8, 1.0), (-38.4, 12.8, 12.8, 2.0), (6.4, -57.6, 8.0, 0.5)]


def sinogram(angles, step):
    places = (np.arange(TRANSLATIONS) - (TRANSLATIONS - 1) / 2) * step
    values = np.zeros((PROJECTIONS, TRANSLATIONS))
    for x, y, radius, value in DISCS:
        x, y, radius = x * step, y * step, radius * step
        off = places[None] - (x * np.cos(angles) + y * np.sin(angles))[:, None]
        values += 2 * value * np.sqrt(np.maximum(radius**2 - off**2, 0))
    return values


def by_astra(values, angles, step, projector):
    volume = astra.create_vol_geom(TRANSLATIONS, TRANSLATIONS)
    projection = astra.create_proj_geom("parallel", 1.0, TRANSLATIONS, angles)
    config = astra.astra_dict("FBP")
    config["ProjectorId"] = astra.create_projector(projector, projection, volume)
    config["ProjectionDataId"] = astra.data2d.create("-sino", projection, values / step)
    config["ReconstructionDataId"] = astra.data2d.create("-vol", volume)
    config["option"] = {"FilterType": "ram-lak"}
    algorithm = astra.algorithm.create(config)
    astra.algorithm.run(algorithm)
    return astra.data2d.get(config["ReconstructionDataId"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--xrdct", type=Path, required=True)
    program = str(parser.parse_args().xrdct.resolve())
    folder = Path(tempfile.mkdtemp(dir=os.environ.get("XRDCT_PEER_SCRATCH")))

    def run(*words):
        subprocess.run([program, *words], cwd=folder, check=True, stdout=subprocess.DEVNULL)

    size = ["--rotations", str(PROJECTIONS), "--translations", str(TRANSLATIONS)]
    run("simulate", "--shape", "16x16", *size, "--bins", "16", "-o", "scan")
    run("reduce", "scan/job.json", "-o", "sinograms.h5", "--quiet")
    with h5py.File(folder / "sinograms.h5", "r+") as file:
        group = file["entry/mean"]
        angles = np.radians(group["rotation"][()])
        step = np.diff(group["translation"][()]).mean()
        values = sinogram(angles, step)
        group["I"][0] = np.repeat(values[:, :, None], group["I"].shape[-1], axis=2)
    centre = str((TRANSLATIONS - 1) / 2)
    run("reconstruct", "sinograms.h5", "--centre", centre, "-o", "slices.h5", "--quiet")
    with h5py.File(folder / "slices.h5") as file:
        ours = file["entry/mean/I"][0, :, :, 3]
    inside = np.isfinite(ours)
    failed = False
    for projector, largest in LARGEST.items():
        theirs = by_astra(values, angles, step, projector)
        rms = np.sqrt(np.mean((ours - theirs)[inside] ** 2) / np.mean(theirs[inside] ** 2))
        failed |= not rms <= largest
        print(f"ASTRA {projector}: {100 * rms:.2f} % RMS, at most {100 * largest:.1f} %")
    shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
