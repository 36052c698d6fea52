"""pyFAI, bslz4_to_sparse, plain decoding and xrdct on the same frames, in the same run, on one core. See benchmarks/README.md."""
import argparse
import importlib.metadata
import json
import os
import pathlib
import platform
import statistics
import sys
import time

import numpy as np

import eiger_scan
import python_peers
import xrdct_runs

TOLERANCE = 1e-6  # relative, of intensities and errors; radial axis 1e-7 of its range


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--xrdct", type=pathlib.Path, required=True, help="the program")
    parser.add_argument("--folder", type=pathlib.Path, required=True, help="where scans and results go; about 2.5 MB per frame")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--points", type=int, default=64, help="frames of a line")
    parser.add_argument("--lines", type=int, default=8, help="lines of the long scan")
    parser.add_argument("--short-lines", type=int, default=2, help="lines of the short scan")
    parser.add_argument("--different", type=int, default=16, help="different frames; they are repeated")
    parser.add_argument("--peer-frames", type=int, default=8, help="frames that each of the others does in one repeat")
    parser.add_argument("--bins", type=int, default=1000)
    parser.add_argument("--method", choices=xrdct_runs.REDUCTIONS, default="mean", help="sigma_clip: beside pyFAI's sigma_clip_ng, with Bragg spots in the frames")
    parser.add_argument("--json", type=pathlib.Path, help="where the figures go; default: peers.json in the folder")
    options = parser.parse_args()
    options.spots = 300 if options.method == "sigma_clip" else 0
    return options


def make_scans(options):
    """The long and the short scan with their jobs. A scan that is there is used again."""
    folder = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    settings = dict(points=options.points, lines=options.lines, short_lines=options.short_lines, different=options.different, spots=options.spots)
    note = folder / "scans.json"
    if not note.exists() or json.loads(note.read_text())["settings"] != settings:
        shape, chunks = eiger_scan.encoded_frames(options.different, folder / "scratch.h5", options.spots, seed=20260901)
        for name, lines in (("long", options.lines), ("short", options.short_lines)):
            eiger_scan.write_scan(folder / f"{name}.h5", lines * options.points, shape, chunks)
        eiger_scan.write_poni(folder / "eiger.poni")
        mean_bytes = statistics.mean(len(chunk) for chunk in chunks)
        note.write_text(json.dumps(dict(settings=settings, shape=shape, bytes_per_frame=mean_bytes)))
    for name, lines in (("long", options.lines), ("short", options.short_lines)):
        xrdct_runs.write_job(folder / f"{name}.json", folder / f"{name}.h5", lines, options.points, options.bins, options.method)
    return json.loads(note.read_text())


def largest_difference(ours, theirs):
    return float(np.nanmax(np.abs(ours - theirs) / np.abs(theirs)))


def agreement(ours, engine):
    """Largest relative differences of frame 0, over the bins that pyFAI fills; the benchmark ends when they are too large."""
    theirs = engine(0)
    filled = np.isfinite(ours[1])
    axis = float(np.max(np.abs(ours[0] - theirs[0])) / np.max(theirs[0]))
    found = dict(
        engine=engine.name,
        bins=int(filled.sum()),
        radial_axis=axis,
        intensity=largest_difference(ours[1][filled & (theirs[1] > 0)], theirs[1][filled & (theirs[1] > 0)]),
        error=largest_difference(ours[2][filled & (theirs[2] > 0)], theirs[2][filled & (theirs[2] > 0)]),
        empty_bins_agree=bool(np.all(theirs[1][~filled] == 0)),
    )
    found["good"] = axis < 1e-7 and found["intensity"] < TOLERANCE and found["error"] < TOLERANCE and found["empty_bins_agree"] and found["bins"] > 0
    return found


def timed(call, frames):
    """Milliseconds per frame, wall and processor."""
    wall, processor = time.perf_counter(), time.process_time()
    for index in range(frames):
        call(index)
    return (time.perf_counter() - wall) * 1e3 / frames, (time.process_time() - processor) * 1e3 / frames


def measure(options, peers, long_run, short_run):
    """All candidates in turn, repeat by repeat. name → list of (wall, processor) [ms per frame]"""
    figures = {peer.name: [] for peer in peers}
    ours = dict(long=[], short=[], log=[])
    for peer in peers:
        peer(0)
    for _ in range(options.repeats):
        for peer in peers:
            figures[peer.name].append(timed(peer, options.peer_frames))
        ours["long"].append(long_run())
        ours["log"].append(long_run.log())
        ours["short"].append(short_run())
    return figures, ours


def own_figures(options, ours):
    """Cost per frame of xrdct: the difference of two runs, and the whole long run."""
    frames = options.lines * options.points
    fewer = options.short_lines * options.points
    pairs = list(zip(ours["long"], ours["short"]))
    return {
        "xrdct reduce, end to end, without start": [tuple((a - b) * 1e3 / (frames - fewer) for a, b in zip(x, y)) for x, y in pairs],
        f"xrdct reduce, end to end, {frames} frames with start": [tuple(a * 1e3 / frames for a in x) for x, _ in pairs],
    }


def summary(samples):
    wall, processor = zip(*samples)
    return dict(wall_ms=statistics.median(wall), cpu_ms=statistics.median(processor), all_wall_ms=wall, all_cpu_ms=processor)


def print_table(results, reference):
    width = max(len(name) for name in results)
    print(f"\n{'':{width}}  wall ms  CPU ms   ratio to xrdct (wall, CPU)   [median per frame, one core]")
    for name, figure in results.items():
        ratios = f"{figure['wall_ms'] / reference['wall_ms']:7.2f} {figure['cpu_ms'] / reference['cpu_ms']:7.2f}"
        print(f"{name:{width}}  {figure['wall_ms']:7.2f} {figure['cpu_ms']:7.2f}   {ratios}")


def machine():
    packages = {}
    for name in ("pyFAI", "hdf5plugin", "h5py", "bslz4_to_sparse", "bitshuffle", "numpy"):
        try:
            packages[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            packages[name] = None
    model = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    return dict(processor=model[0] if model else platform.processor(), cores_used=len(os.sched_getaffinity(0)), load=os.getloadavg(), python=packages)


def main():
    options = arguments()
    scans = make_scans(options)
    folder = options.folder
    long_run = xrdct_runs.Xrdct(options.xrdct, folder / "long.json")
    short_run = xrdct_runs.Xrdct(options.xrdct, folder / "short.json")
    long_run()  # also brings the scan into the page cache

    readers = python_peers.readers(folder / "long.h5")
    fastest = min(readers, key=lambda read: (read(0), timed(read, options.peer_frames))[1])
    clips = options.method == "sigma_clip"
    engines = python_peers.pyfai_engines(fastest, folder / "eiger.poni", options.bins, clips)
    agreed = [agreement(long_run.first_pattern(), engine) for engine in engines]
    for found in agreed:
        print(("agrees with " if found["good"] else "DOES NOT AGREE with ") + json.dumps(found))
    if not any(found["good"] for found in agreed):
        return "cannot compare: expected the same pattern of frame 0 within 1e-6 from xrdct and pyFAI, found none that agrees"
    same = [engine for engine, found in zip(engines, agreed) if found["good"]]
    fused = [] if clips else [python_peers.Bslz4ToSparse(folder / "long.h5", folder / "eiger.poni", options.bins, fastest(0))]

    figures, ours = measure(options, readers + fused + same, long_run, short_run)
    results = {name: summary(samples) for name, samples in {**own_figures(options, ours), **figures}.items()}
    reference = next(iter(results.values()))
    print_table(results, reference)
    best = min((engine.name for engine in same), key=lambda name: results[name]["wall_ms"])
    decoding = min((read.name for read in readers), key=lambda name: results[name]["wall_ms"])
    ratios = dict(
        pyfai_best=best,
        pyfai_over_xrdct=results[best]["wall_ms"] / reference["wall_ms"],
        pyfai_over_xrdct_cpu=results[best]["cpu_ms"] / reference["cpu_ms"],
        xrdct_over_decoding=reference["wall_ms"] / results[decoding]["wall_ms"],
        xrdct_over_decoding_cpu=reference["cpu_ms"] / results[decoding]["cpu_ms"],
    )
    print(f"\nxrdct does {ratios['pyfai_over_xrdct']:.1f} × the frames of {best} (processor time: {ratios['pyfai_over_xrdct_cpu']:.1f} ×),")
    print(f"at {ratios['xrdct_over_decoding']:.2f} × the cost of plain decoding by {decoding} (processor time: {ratios['xrdct_over_decoding_cpu']:.2f} ×)")
    report = dict(machine=machine(), scan=scans, method=options.method, bins=options.bins, repeats=options.repeats, agreement=agreed, results=results, ratios=ratios)
    report["xrdct_log"] = ours["log"][-1]
    path = options.json or folder / "peers.json"
    path.write_text(json.dumps(report, indent=1) + "\n")
    print(f"figures: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
