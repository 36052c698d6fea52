"""Runs `xrdct reduce` on whole scans of different length: the difference is the cost per frame,
without starting up."""

import json
import os
import resource
import subprocess
import time

import h5py

MEAN = {"name": "pattern", "splitting": "bounding_box", "error_model": "poisson"}
CLIP = {"name": "clipped", "splitting": "none", "error_model": "azimuthal", "method": "sigma_clip"}
SECTORS = {
    "name": "sectors",
    "splitting": "none",
    "error_model": "poisson",
    "pattern": "cake",
    "azimuthal_bins": 8,
}
MAXIMUM = {"name": "maximum", "splitting": "none", "error_model": "none", "method": "maximum"}
REDUCTIONS = {  # by method; the first is compared with pyFAI's
    "mean": [MEAN],
    "sigma_clip": [{**CLIP, "name": "pattern"}],
    "together": [{**MEAN, "splitting": "none"}, CLIP, SECTORS, MAXIMUM],
}


def write_job(path, scan, lines, points, bins, method):
    job = {
        "scan": {
            "files": [scan.name],
            "dataset": "/entry/data",
            "shape": {"slow": lines, "fast": points},
        },
        "calibration": {"poni": "eiger.poni"},
        "reductions": [
            {**reduction, "bins": bins, "unit": "q_nm^-1"} for reduction in REDUCTIONS[method]
        ],
        "output": {"file": path.with_suffix(".out.h5").name, "overwrite": True},
        "run": {"threads": 1},
    }
    path.write_text(json.dumps(job, indent=2) + "\n")


class Xrdct:
    """One job; each call reduces it from the page cache to a written file."""

    def __init__(self, program, job, label="", environment={}):
        self.command = [str(program), "reduce", str(job)]
        self.output = job.with_suffix(".out.h5")
        self.label = label
        self.environment = dict(os.environ, OMP_NUM_THREADS="1", **environment)
        self.samples = []

    def __call__(self):
        """Seconds of wall time and of processor time of one run."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        done = subprocess.run(self.command, capture_output=True, text=True, env=self.environment)
        wall = time.perf_counter() - start
        if done.returncode != 0:
            raise SystemExit(
                f"cannot run {' '.join(self.command)}: expected exit status 0, found"
                f" {done.returncode}\n{done.stdout}{done.stderr}"
            )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def log(self):
        """What the program itself says of its last run."""
        return json.loads(self.output.with_name(self.output.name + ".log.json").read_text())

    def first_pattern(self):
        with h5py.File(self.output, "r") as file:
            group = file["/entry/pattern"]
            return group["radial_axis"][()], group["I"][0, 0, 0], group["I_errors"][0, 0, 0]


class PlainDecoding:
    """The yardstick on the first frames of a scan."""

    def __init__(self, program, scan, frames):
        self.command = [
            str(program),
            str(scan),
            "--dataset",
            "/entry/data",
            "--frames",
            str(frames),
        ]

    def __call__(self):
        """Milliseconds per frame of wall time and of processor time, reading not counted."""
        done = subprocess.run(self.command, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(
                f"cannot run {' '.join(self.command)}: expected exit status 0, found"
                f" {done.returncode}\n{done.stdout}{done.stderr}"
            )
        figures = json.loads(done.stdout)
        return figures["decode_ms"], figures["decode_cpu_ms"]
