"""Simulates a scan of 56 000 Eiger 4M frames (1 TB raw) from 400 stored ones, reduces it, and
looks at time, memory and every pattern."""

import argparse
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import h5py
import numpy

FIELDS = ["I", "I_errors", "count"]
PROGRESS = re.compile(r"(\d+) of (\d+) frames\s+([\d.]+) frames/s")


def run(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(
            f"cannot run {' '.join(map(str, command))}: expected exit status 0, found"
            f" {done.returncode}\n{done.stdout}{done.stderr}"
        )
    return done.stdout


def simulate(o):
    """Makes the scan, unless the folder has one of this size. Returns its job."""
    scan = o.folder / f"scan_{o.detector}_{o.lines}x{o.points}_{o.repeat}"
    if not (scan / "truth.h5").exists():
        print(f"simulating {o.lines * o.points} frames, {o.repeat} times, into {scan}", flush=True)
        run(
            [
                o.xrdct,
                "simulate",
                "--detector",
                o.detector,
                "--counts",
                o.counts,
                "--rotations",
                o.lines,
                "--translations",
                o.points,
                "--layout",
                "eiger",
                "--frames-per-file",
                100,
                "--repeat",
                o.repeat,
                "--output",
                scan,
                "--overwrite",
            ]
        )
    return scan / "job.json"


def own_memory(pid):
    """Anonymous and shared memory of a process in bytes; pages of files are not counted."""
    text = Path(f"/proc/{pid}/status").read_text()
    return 1024 * sum(
        int(kilobytes)
        for kilobytes in re.findall(r"^Rss(?:Anon|Shmem):\s+(\d+)", text, re.MULTILINE)
    )


def ranks_of(program, job):
    """The processes that reduce this job, by number."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0") if folder.name.isdigit() else []
        except OSError:
            continue
        if words and words[0] == os.fsencode(program) and os.fsencode(job) in words:
            found.append(int(folder.name))
    return sorted(found)


def reduce(o, job, ranks, threads):
    """One run of the whole program: seconds, memory of the ranks over time, progress over time,
    and its own log."""
    output = o.folder / f"out_{ranks}x{threads}.h5"
    command = ["mpirun", "-n", ranks] if ranks > 1 else []
    command += [o.xrdct, "reduce", job, "--threads", threads, "--overwrite", "--output", output]
    begin = time.perf_counter()
    process = subprocess.Popen(
        [str(word) for word in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    progress, complaints, memory = [], [], []

    def listen():
        for line in process.stderr:
            told = PROGRESS.search(line)
            if told:
                progress.append(
                    {
                        "s": time.perf_counter() - begin,
                        "frames": int(told[1]),
                        "frames_per_second": float(told[3]),
                    }
                )
            else:
                complaints.append(line)

    listener = threading.Thread(target=listen)
    listener.start()
    while process.poll() is None:
        try:
            memory.append(
                {
                    "s": time.perf_counter() - begin,
                    "bytes": [own_memory(pid) for pid in ranks_of(o.xrdct, job)],
                }
            )
        except OSError:
            pass  # a rank has just ended
        time.sleep(0.25)
    seconds = time.perf_counter() - begin
    listener.join()
    if process.returncode != 0:
        raise SystemExit(
            f"cannot reduce {job}: expected exit status 0, found"
            f" {process.returncode}\n{''.join(complaints)}"
        )
    log = json.loads(Path(str(output) + ".log.json").read_text())
    return output, {
        "ranks": ranks,
        "threads": threads,
        "seconds": seconds,
        "frames_per_second_whole_program": log["frames"] / seconds,
        "memory": memory,
        "progress": progress,
        "log": log,
    }


def reference(o, job):
    """The patterns of the stored frames: the last copy alone, on one rank and one thread."""
    words = json.loads(job.read_text())
    shape = words["scan"]["shape"]
    shape["height"] //= o.repeat
    words["scan"]["first_frame"] = (o.repeat - 1) * shape["height"] * shape["slow"] * shape["fast"]
    stored = job.with_name("stored.json")
    stored.write_text(json.dumps(words, indent=2) + "\n")
    output = o.folder / "out_stored.h5"
    run([o.xrdct, "reduce", stored, "--threads", 1, "--overwrite", "--output", output, "--quiet"])
    return output


def verify(output, stored):
    """Number of patterns that are, bit by bit, those of their stored frames, and of all
    patterns."""
    with h5py.File(output, "r") as found, h5py.File(stored, "r") as expected:
        heights = expected["/entry/mean/I"].shape[0]
        patterns = {
            field: expected[f"/entry/mean/{field}"][()].view(numpy.uint32) for field in FIELDS
        }
        equal = 0
        for height in range(found["/entry/mean/I"].shape[0]):
            good = found["/entry/frames/status"][height] == 0
            good &= (
                found["/entry/frames/index"][height].ravel().reshape(good.shape)
                == numpy.arange(good.size).reshape(good.shape) + height * good.size
            )
            for field in FIELDS:
                bits = found[f"/entry/mean/{field}"][height].view(numpy.uint32)
                good &= (bits == patterns[field][height % heights]).all(axis=-1)
            equal += int(good.sum())
        return equal, int(numpy.prod(found["/entry/mean/I"].shape[:3]))


def print_run(result, equal, patterns):
    log = result["log"]
    largest = max(
        (max(sample["bytes"]) for sample in result["memory"] if sample["bytes"]), default=0
    )
    early = [
        max(sample["bytes"])
        for sample in result["memory"]
        if sample["bytes"] and sample["s"] < 0.5 * result["seconds"]
    ]
    print(
        f"{result['ranks']} ranks x {result['threads']} threads: {result['seconds']:.1f} s for"
        f" {log['frames']} frames = {log['frames'] * log['frame_bytes'] / 1e12:.3f} TB raw,"
        f" {log['stored_bytes'] / 1e9:.1f} GB read"
    )
    print(
        f"  {result['frames_per_second_whole_program']:.0f} frames/s from the first command to the"
        f" last byte, {log['frames_per_second']:.0f} in the loop, {100 * log['roofline_share']:.0f}"
        f" % of the roofline ({log['roofline']}), ranks uneven by {100 * log['imbalance']:.1f} %"
    )
    print(
        f"  memory of a rank: {log['memory_peak_bytes'] / 1e6:.0f} MB at most, told"
        f" {log['memory_told_bytes'] / 1e6:.0f} MB; seen from outside {largest / 1e6:.0f} MB, in"
        f" the first half {max(early, default=0) / 1e6:.0f} MB"
    )
    print(
        f"  {equal} of {patterns} patterns are those of their stored frames, bit by bit", flush=True
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--folder",
        type=Path,
        required=True,
        help="scan, outputs and terabyte.json go here; 3 GB at full size",
    )
    parser.add_argument("--xrdct", type=Path, required=True)
    parser.add_argument(
        "--repeat",
        type=int,
        default=140,
        help=(
            "copies of the stored frames; 3: a fiftieth (default %(default)s: 56 000 frames, 1 TB)"
        ),
    )
    parser.add_argument(
        "--lines", type=int, default=20, help="rotations of the stored scan (default %(default)s)"
    )
    parser.add_argument(
        "--points",
        type=int,
        default=20,
        help="translations of the stored scan (default %(default)s)",
    )
    parser.add_argument("--detector", default="Eiger4M")
    parser.add_argument(
        "--counts", type=float, default=1.0, help="mean counts per pixel (default %(default)s)"
    )
    parser.add_argument(
        "--runs",
        nargs="+",
        default=["2x1", "1x2"],
        help="ranks x threads of each run (default 2x1 1x2)",
    )
    o = parser.parse_args()
    o.folder, o.xrdct = o.folder.resolve(), o.xrdct.resolve()
    o.folder.mkdir(parents=True, exist_ok=True)
    job = simulate(o)
    stored = reference(o, job)
    results, complete = [], True
    for words in o.runs:
        ranks, threads = map(int, words.split("x"))
        output, result = reduce(o, job, ranks, threads)
        equal, patterns = verify(output, stored)
        output.unlink()
        complete = complete and equal == patterns
        result.update({"patterns_equal": equal, "patterns": patterns})
        results.append(result)
        print_run(result, equal, patterns)
        (o.folder / "terabyte.json").write_text(json.dumps(results, indent=1) + "\n")
    print(f"figures: {o.folder / 'terabyte.json'}")
    if not complete:
        sys.exit("patterns differ from those of their stored frames")


if __name__ == "__main__":
    main()
