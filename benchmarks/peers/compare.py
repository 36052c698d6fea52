"""pyFAI, bslz4_to_sparse, plain decoding and xrdct on the same frames, in the same run, on one
core. See benchmarks/README.md."""

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

YARDSTICK = "plain decoding: liblz4 + AVX2 transposition"
TOLERANCE = 1e-6  # relative, of intensities and errors; radial axis 1e-7 of its range


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--xrdct", type=pathlib.Path, required=True, help="the program")
    parser.add_argument(
        "--plain-decoding", type=pathlib.Path, required=True, help="the yardstick, built beside it"
    )
    parser.add_argument(
        "--folder",
        type=pathlib.Path,
        required=True,
        help="where scans and results go; about 2.5 MB per frame",
    )
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--points", type=int, default=64, help="frames of a line")
    parser.add_argument("--lines", type=int, default=8, help="lines of the long scan")
    parser.add_argument("--short-lines", type=int, default=2, help="lines of the short scan")
    parser.add_argument(
        "--different", type=int, default=16, help="different frames; they are repeated"
    )
    parser.add_argument(
        "--peer-frames",
        type=int,
        default=8,
        help="frames that each of the others does in one repeat",
    )
    parser.add_argument("--bins", type=int, default=1000)
    parser.add_argument(
        "--pixel", choices=("u32", "u16"), default="u32", help="type of the stored pixels"
    )
    parser.add_argument(
        "--method",
        choices=xrdct_runs.REDUCTIONS,
        default="mean",
        help=(
            "sigma_clip: beside pyFAI's sigma_clip_ng; together: mean, sigma_clip, eight sectors"
            " and maximum in one run, beside decoding alone. Both with Bragg spots in the frames"
        ),
    )
    parser.add_argument(
        "--json", type=pathlib.Path, help="where the figures go; default: peers.json in the folder"
    )
    options = parser.parse_args()
    options.spots = 0 if options.method == "mean" else 300
    return options


def make_scans(options):
    """The long and the short scan with their jobs. A scan that is there is used again."""
    folder = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    settings = dict(
        points=options.points,
        lines=options.lines,
        short_lines=options.short_lines,
        different=options.different,
        spots=options.spots,
        pixel=options.pixel,
    )
    note = folder / "scans.json"
    if not note.exists() or json.loads(note.read_text())["settings"] != settings:
        shape, chunks = eiger_scan.encoded_frames(
            options.different, folder / "scratch.h5", options.pixel, options.spots, seed=20260901
        )
        for name, lines in (("long", options.lines), ("short", options.short_lines)):
            eiger_scan.write_scan(
                folder / f"{name}.h5", lines * options.points, shape, options.pixel, chunks
            )
        eiger_scan.write_poni(folder / "eiger.poni")
        mean_bytes = statistics.mean(len(chunk) for chunk in chunks)
        note.write_text(
            json.dumps(dict(settings=settings, shape=shape, bytes_per_frame=mean_bytes))
        )
    for name, lines in (("long", options.lines), ("short", options.short_lines)):
        xrdct_runs.write_job(
            folder / f"{name}.json",
            folder / f"{name}.h5",
            lines,
            options.points,
            options.bins,
            options.method,
        )
    return json.loads(note.read_text())


def largest_difference(ours, theirs):
    return float(np.nanmax(np.abs(ours - theirs) / np.abs(theirs)))


def agreement(ours, engine):
    """Largest relative differences of frame 0, over the bins that pyFAI fills; the benchmark
    ends when they are too large."""
    theirs = engine(0)
    filled = np.isfinite(ours[1])
    axis = float(np.max(np.abs(ours[0] - theirs[0])) / np.max(theirs[0]))
    found = dict(
        engine=engine.name,
        bins=int(filled.sum()),
        radial_axis=axis,
        intensity=largest_difference(
            ours[1][filled & (theirs[1] > 0)], theirs[1][filled & (theirs[1] > 0)]
        ),
        error=largest_difference(
            ours[2][filled & (theirs[2] > 0)], theirs[2][filled & (theirs[2] > 0)]
        ),
        empty_bins_agree=bool(np.all(theirs[1][~filled] == 0)),
    )
    found["good"] = (
        axis < 1e-7
        and found["intensity"] < TOLERANCE
        and found["error"] < TOLERANCE
        and found["empty_bins_agree"]
        and found["bins"] > 0
    )
    return found


def timed(call, frames):
    """Milliseconds per frame, wall and processor."""
    wall, processor = time.perf_counter(), time.process_time()
    for index in range(frames):
        call(index)
    return (time.perf_counter() - wall) * 1e3 / frames, (
        time.process_time() - processor
    ) * 1e3 / frames


def measure(options, plain, peers, own):
    """All candidates in turn, repeat by repeat. name → list of (wall, processor) [ms per frame]"""
    figures = {YARDSTICK: [], **{peer.name: [] for peer in peers}}
    for peer in peers:
        peer(0)
    for _ in range(options.repeats):
        for peer in peers:
            figures[peer.name].append(timed(peer, options.peer_frames))
        for long_run, short_run in own:
            figures[YARDSTICK].append(plain())
            long_run.samples.append(long_run())
            short_run.samples.append(short_run())
    return figures


def own_figures(options, own):
    """Cost per frame of xrdct: the difference of two runs, and the whole long run."""
    frames = options.lines * options.points
    fewer = options.short_lines * options.points
    figures = {}
    for long_run, short_run in own:
        pairs = list(zip(long_run.samples, short_run.samples))
        figures[f"xrdct reduce{long_run.label}, end to end, without start"] = [
            tuple((a - b) * 1e3 / (frames - fewer) for a, b in zip(x, y)) for x, y in pairs
        ]
        figures[f"xrdct reduce{long_run.label}, end to end, {frames} frames with start"] = [
            tuple(a * 1e3 / frames for a in x) for x, _ in pairs
        ]
    return figures


def summary(samples):
    wall, processor = zip(*samples)
    return dict(
        wall_ms=statistics.median(wall),
        cpu_ms=statistics.median(processor),
        all_wall_ms=wall,
        all_cpu_ms=processor,
    )


def relate(results, reference):
    """Adds to every figure its ratios to plain decoding and to xrdct."""
    plain = results[YARDSTICK]
    for figure in results.values():
        for key, other in (("plain_decoding", plain), ("xrdct", reference)):
            figure[f"over_{key}"] = figure["wall_ms"] / other["wall_ms"]
            figure[f"over_{key}_cpu"] = figure["cpu_ms"] / other["cpu_ms"]


def print_table(results):
    width = max(len(name) for name in results)
    print(
        f"\n{'median per frame, one core':{width}}  wall ms  CPU ms | over plain decoding: wall   "
        " CPU | over xrdct: wall    CPU"
    )
    for name, figure in results.items():
        ratios = (
            f"{figure['over_plain_decoding']:26.2f} {figure['over_plain_decoding_cpu']:6.2f} |"
            f" {figure['over_xrdct']:16.2f} {figure['over_xrdct_cpu']:6.2f}"
        )
        print(f"{name:{width}}  {figure['wall_ms']:7.2f} {figure['cpu_ms']:7.2f} | {ratios}")


def machine():
    packages = {}
    for name in ("pyFAI", "hdf5plugin", "h5py", "bslz4_to_sparse", "bitshuffle", "numpy"):
        try:
            packages[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            packages[name] = None
    model = [
        line.split(":", 1)[1].strip()
        for line in open("/proc/cpuinfo")
        if line.startswith("model name")
    ]
    return dict(
        processor=model[0] if model else platform.processor(),
        cores_used=len(os.sched_getaffinity(0)),
        load=os.getloadavg(),
        python=packages,
    )


def own_runs(options):
    """Pairs of a long and a short run: as they are, and with AVX2 alone where the processor has
    more."""
    words = next((line.split() for line in open("/proc/cpuinfo") if line.startswith("flags")), [])
    settings = [("", {})] + ([(" (AVX2)", {"XRDCT_SIMD": "avx2"})] if "avx512bw" in words else [])
    return [
        [
            xrdct_runs.Xrdct(options.xrdct, options.folder / f"{name}.json", label, more)
            for name in ("long", "short")
        ]
        for label, more in settings
    ]


def engines_that_agree(options, fastest, pattern):
    clips = options.method == "sigma_clip"
    engines = python_peers.pyfai_engines(
        fastest, options.folder / "eiger.poni", options.bins, clips
    )
    agreed = [agreement(pattern, engine) for engine in engines]
    for a in agreed:
        sign = "agrees" if a["good"] else "DIFFERS, left out"
        print(
            f"{a['engine']}: {sign}; intensity {a['intensity']:.1e}, error {a['error']:.1e}, axis"
            f" {a['radial_axis']:.1e}"
        )
    same = [engine for engine, a in zip(engines, agreed) if a["good"]]
    if not same:
        raise SystemExit(
            "cannot compare: expected one engine of pyFAI with the same numbers, found none"
        )
    fused = (
        []
        if clips
        else [
            python_peers.Bslz4ToSparse(
                options.folder / "long.h5", options.folder / "eiger.poni", options.bins, fastest(0)
            )
        ]
    )
    return agreed, same, fused


def conclude(results, readers, same):
    """The ratios that count, printed and returned."""
    first = next(iter(results.values()))
    decoding = min((read.name for read in readers), key=lambda name: results[name]["wall_ms"])
    ratios = dict(
        xrdct_over_plain_decoding=first["over_plain_decoding"],
        xrdct_over_plain_decoding_cpu=first["over_plain_decoding_cpu"],
    )
    ratios.update(
        decoding_from_python=decoding,
        decoding_from_python_over_plain_decoding=results[decoding]["over_plain_decoding"],
    )
    print(
        f"\nxrdct, end to end: {first['over_plain_decoding']:.2f} × plain decoding (processor time:"
        f" {first['over_plain_decoding_cpu']:.2f} ×)"
    )
    if same:
        best = min((engine.name for engine in same), key=lambda name: results[name]["wall_ms"])
        ratios.update(
            pyfai_best=best,
            pyfai_over_xrdct=results[best]["over_xrdct"],
            pyfai_over_xrdct_cpu=results[best]["over_xrdct_cpu"],
        )
        print(
            f"xrdct does {ratios['pyfai_over_xrdct']:.1f} × the frames of {best} (processor time:"
            f" {ratios['pyfai_over_xrdct_cpu']:.1f} ×)"
        )
    fair = ratios["decoding_from_python_over_plain_decoding"] >= 1.0
    print(
        f"the yardstick is {'not slower' if fair else 'SLOWER: no yardstick'} than {decoding}"
        f" ({ratios['decoding_from_python_over_plain_decoding']:.2f} ×)"
    )
    return ratios


def main():
    options = arguments()
    scans = make_scans(options)
    folder = options.folder
    own = own_runs(options)
    own[0][0]()  # also brings the scan into the page cache
    plain = xrdct_runs.PlainDecoding(options.plain_decoding, folder / "long.h5", options.different)

    readers = python_peers.readers(folder / "long.h5")
    fastest = min(readers, key=lambda read: (read(0), timed(read, options.peer_frames))[1])
    alone = options.method == "together"  # nobody else does that
    agreed, same, fused = (
        ([], [], []) if alone else engines_that_agree(options, fastest, own[0][0].first_pattern())
    )

    figures = measure(options, plain, readers + fused + same, own)
    results = {
        name: summary(samples) for name, samples in {**own_figures(options, own), **figures}.items()
    }
    relate(results, next(iter(results.values())))
    print_table(results)
    ratios = conclude(results, readers, same)
    report = dict(
        machine=machine(),
        scan=scans,
        method=options.method,
        pixel=options.pixel,
        bins=options.bins,
        repeats=options.repeats,
    )
    report.update(agreement=agreed, results=results, ratios=ratios, xrdct_log=own[0][0].log())
    path = options.json or folder / "peers.json"
    path.write_text(json.dumps(report, indent=1) + "\n")
    print(f"figures: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
