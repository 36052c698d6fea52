"""Slices beside ASTRA, scikit-image and algotom: 400 × 400 voxels from 600 projections, CPU time of
one channel, in turn in one run, one thread. Ours is slice_benchmark, 64 channels together. See
benchmarks/README.md."""

import argparse
import json
import os
import pathlib
import subprocess
import time

import astra
import numpy as np
from algotom.rec import reconstruction
from skimage.transform import iradon

PROJECTIONS, TRANSLATIONS = 600, 400
OURS = ("fbp", "fbp_variance", "sirt_iteration/linear", "sirt_iteration/strip")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--benchmark", type=pathlib.Path, required=True, help="slice_benchmark")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=pathlib.Path, help="where all samples are written")
    return parser.parse_args()


def made_sinogram():
    """Angles, and chords of a disc, [projection][translation]."""
    angles = np.arange(PROJECTIONS) * np.pi / PROJECTIONS
    places = np.arange(TRANSLATIONS) - (TRANSLATIONS - 1) / 2
    off = places[None] - (30 * np.cos(angles) + 18 * np.sin(angles))[:, None]
    return angles, (2 * np.sqrt(np.maximum(45.0**2 - off**2, 0))).astype(np.float32)


def astra_run(angles, sinogram, method, projector):
    """A function of the number of iterations."""
    volume = astra.create_vol_geom(TRANSLATIONS, TRANSLATIONS)
    rays = astra.create_proj_geom("parallel", 1.0, TRANSLATIONS, angles)
    config = astra.astra_dict(method)
    config["ProjectorId"] = astra.create_projector(projector, rays, volume)
    config["ProjectionDataId"] = astra.data2d.create("-sino", rays, sinogram)
    config["ReconstructionDataId"] = astra.data2d.create("-vol", volume)
    if method == "FBP":
        config["option"] = {"FilterType": "ram-lak"}
    algorithm = astra.algorithm.create(config)
    return lambda iterations=1: astra.algorithm.run(algorithm, iterations)


def cpu_ms(work):
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1e3


def ours(program):
    """Name → CPU time per channel [ms], once."""
    names = "|".join(f"^{name}/" for name in OURS)
    done = subprocess.run(
        [program, f"--benchmark_filter={names}", "--benchmark_format=json", "--benchmark_min_time=0.1"],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    runs = json.loads(done.stdout)["benchmarks"]
    return {run["name"].removesuffix("/manual_time"): run["ms_per_channel"] for run in runs}


def peers(angles, sinogram):
    """Name → what times it once [ms]."""
    found = {}
    for projector in ("linear", "strip"):
        filtered = astra_run(angles, sinogram, "FBP", projector)
        found[f"ASTRA FBP {projector}"] = lambda run=filtered: cpu_ms(run)
        sirt = astra_run(angles, sinogram, "SIRT", projector)
        sirt(1)  # which finds the sums of rows and columns
        found[f"ASTRA SIRT {projector}"] = lambda run=sirt: cpu_ms(lambda: run(2)) / 2
    found["scikit-image iradon"] = lambda: cpu_ms(
        lambda: iradon(sinogram.T, theta=np.degrees(angles), circle=True)
    )
    of_algotom = lambda: reconstruction.fbp_reconstruction(
        sinogram,
        (TRANSLATIONS - 1) / 2,
        angles=angles,
        ratio=None,
        filter_name="ramp",
        apply_log=False,
        gpu=False,
        ncore=1,
    )
    of_algotom()  # which compiles
    found["algotom FBP"] = lambda: cpu_ms(of_algotom)
    return found


def main():
    options = arguments()
    others = peers(*made_sinogram())
    samples = {name: [] for name in (*OURS, *others)}
    for _ in range(options.repeats):
        for name, value in ours(options.benchmark.resolve()).items():
            samples[name].append(value)
        for name, measure in others.items():
            samples[name].append(measure())
    times = {name: float(np.median(values)) for name, values in samples.items()}
    for name in OURS:
        print(f"xrdct {name:24} {times[name]:8.2f} ms per channel")
    for name in others:
        own = f"sirt_iteration/{name.split()[-1]}" if "SIRT" in name else "fbp"
        print(f"{name:30} {times[name]:8.2f} ms per channel, {times[name] / times[own]:6.1f} × {own}")
    both = times["fbp"] + times["fbp_variance"]
    print(f"fbp with errors / without      {both / times['fbp']:8.2f}")
    if options.json:
        options.json.write_text(json.dumps(samples, indent=2))


if __name__ == "__main__":
    main()
