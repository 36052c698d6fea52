"""Runs `xrdct reduce` on whole scans of different length: the difference is the cost per frame, without starting up."""
import json
import os
import resource
import subprocess
import time

import h5py


REDUCTIONS = {  # by method
    "mean": {"splitting": "bounding_box", "error_model": "poisson"},
    "sigma_clip": {"splitting": "none", "error_model": "azimuthal", "method": "sigma_clip"},
}


def write_job(path, scan, lines, points, bins, method):
    job = {
        "scan": {"files": [scan.name], "dataset": "/entry/data", "shape": {"slow": lines, "fast": points}},
        "calibration": {"poni": "eiger.poni"},
        "reductions": [{"name": "pattern", "bins": bins, "unit": "q_nm^-1", **REDUCTIONS[method]}],
        "output": {"file": path.with_suffix(".out.h5").name, "overwrite": True},
        "run": {"threads": 1},
    }
    path.write_text(json.dumps(job, indent=2) + "\n")


class Xrdct:
    """One job; each call reduces it from the page cache to a written file."""

    def __init__(self, program, job):
        self.command = [str(program), "reduce", str(job)]
        self.output = job.with_suffix(".out.h5")

    def __call__(self):
        """Seconds of wall time and of processor time of one run."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        done = subprocess.run(self.command, capture_output=True, text=True, env=dict(os.environ, OMP_NUM_THREADS="1"))
        wall = time.perf_counter() - start
        if done.returncode != 0:
            raise SystemExit(f"cannot run {' '.join(self.command)}: expected exit status 0, found {done.returncode}\n{done.stdout}{done.stderr}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def log(self):
        """What the program itself says of its last run."""
        return json.loads(self.output.with_name(self.output.name + ".log.json").read_text())

    def first_pattern(self):
        with h5py.File(self.output, "r") as file:
            group = file["/entry/pattern"]
            return group["radial_axis"][()], group["I"][0, 0, 0], group["I_errors"][0, 0, 0]
