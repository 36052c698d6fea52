"""A series of CBF images from the files to the patterns: xrdct, and pyFAI with fabio, on the same
files in one run, in CPU time of one thread; and fabio's decoding alone. See benchmarks/README.md."""

import argparse
import glob
import json
import os
import pathlib
import re
import subprocess
import time

import fabio
import numpy as np
import pyFAI
from fabio.ext.byte_offset import dec_cbf


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--xrdct", type=pathlib.Path, required=True, help="the program")
    parser.add_argument("--images", required=True, help="folder of CBF images, 64 or more")
    parser.add_argument("--poni", type=pathlib.Path, required=True)
    parser.add_argument("--mask", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path, required=True, help="where results go")
    parser.add_argument("--bins", type=int, default=1000)
    parser.add_argument("--peer-frames", type=int, default=16)
    parser.add_argument("--repeats", type=int, default=5)
    return parser.parse_args()


def per_frame(files, work):
    """CPU time of `work` for one of the files [ms]."""
    start = time.process_time()
    for file in files:
        work(file)
    return (time.process_time() - start) / len(files) * 1e3


def stream_of(file):
    """The compressed bytes of an image and its number of pixels."""
    content = pathlib.Path(file).read_bytes()
    first = content.index(b"\x0c\x1a\x04\xd5") + 4
    field = lambda key: int(re.search(key + rb": *(\d+)", content[:first]).group(1))
    pixels = field(b"X-Binary-Size-Fastest-Dimension") * field(b"X-Binary-Size-Second-Dimension")
    return content[first : first + field(b"X-Binary-Size")], pixels


def run_xrdct(options, files, repeats_of_files):
    """CPU time of a run over the files [ms]."""
    output = options.folder / "cbf_series.h5"
    listed = options.folder / "cbf_series.txt"
    listed.write_text("".join(f"{file}\n" for file in files) * repeats_of_files)
    job = {
        "scan": {
            "files": [f"@{listed}"],
            "dataset": "",
            "shape": {"slow": repeats_of_files, "fast": len(files)},
        },
        "calibration": {"poni": str(options.poni.resolve())},
        "reductions": [{"name": "r", "unit": "q_nm^-1", "bins": options.bins}],
        "output": {"file": str(output), "overwrite": True},
    }
    if options.mask:
        job["calibration"]["mask"] = [str(options.mask.resolve())]
    path = options.folder / "cbf_series.json"
    path.write_text(json.dumps(job))
    before = os.times()
    subprocess.run(
        [options.xrdct, "reduce", path, "--restart"],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return cpu * 1e3


def main():
    options = arguments()
    options.folder = options.folder.resolve()
    options.folder.mkdir(parents=True, exist_ok=True)
    files = sorted(glob.glob(str(pathlib.Path(options.images).resolve() / "*.cbf")))
    few = files[: options.peer_frames]
    integrator = pyFAI.load(str(options.poni))
    mask = fabio.open(options.mask).data if options.mask else None
    peer = lambda file: integrator.integrate1d(
        fabio.open(file).data,
        options.bins,
        unit="q_nm^-1",
        mask=mask,
        error_model="poisson",
        method=("bbox", "csr", "cython"),
    )
    peer(files[0])
    streams = {file: stream_of(file) for file in few}
    rows = {"pyFAI + fabio": [], "fabio.open": [], "fabio, decoding alone": []}
    rows["xrdct"] = []
    for _ in range(options.repeats):
        rows["pyFAI + fabio"].append(per_frame(few, peer))
        rows["fabio.open"].append(per_frame(few, lambda file: fabio.open(file).data))
        rows["fabio, decoding alone"].append(per_frame(few, lambda file: dec_cbf(*streams[file])))
        short, long = (run_xrdct(options, files, times) for times in (1, 5))
        rows["xrdct"].append((long - short) / (4 * len(files)))
    times = {name: float(np.median(values)) for name, values in rows.items()}
    for name, value in times.items():
        print(f"{name:24} {value:8.3f} ms per frame")
    print(f"pyFAI + fabio / xrdct        {times['pyFAI + fabio'] / times['xrdct']:.1f}")
    print(f"xrdct / decoding by fabio    {times['xrdct'] / times['fabio, decoding alone']:.2f}")
    (options.folder / "cbf_series_figures.json").write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
