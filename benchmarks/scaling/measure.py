"""Strong and weak scaling of `xrdct reduce` over ranks and threads, beside plain decoding on all
cores at once. See benchmarks/README.md."""

import argparse
import json
import os
import pathlib
import platform
import shlex
import statistics
import subprocess
import sys
import time


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
        help="where scans and outputs go: the file system that is measured",
    )
    parser.add_argument(
        "--grid",
        default="",
        help="ranks x threads, as 1x1,2x1,1x2; default: 1 core, all as ranks, all as threads",
    )
    parser.add_argument(
        "--launcher",
        default="mpirun -n {ranks} --bind-to none",
        help="what starts so many {ranks} of so many {threads}; not used for one rank",
    )
    parser.add_argument("--detector", default="Eiger4M")
    parser.add_argument("--type", default="u32", help="of the pixels: u16, u32, i32")
    parser.add_argument("--counts", default="1", help="mean counts per pixel")
    parser.add_argument("--rotations", type=int, default=16)
    parser.add_argument("--translations", type=int, default=16)
    parser.add_argument(
        "--heights-per-core",
        type=int,
        default=2,
        help="weak scaling: heights of the scan per core; strong: as for all cores",
    )
    parser.add_argument(
        "--kinds", default="strong,weak", help="strong alone takes less than half the time"
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=pathlib.Path, help="default: scaling.json in the folder")
    return parser.parse_args()


def grid_of(text, cores):
    """[(ranks, threads)], the first with one core."""
    words = (
        text.split(",")
        if text
        else sorted({"1x1", f"{cores}x1", f"1x{cores}"}, key=lambda word: (word != "1x1", word))
    )
    grid = [tuple(int(number) for number in word.split("x")) for word in words]
    if grid[0] != (1, 1):
        raise SystemExit(
            f"cannot measure scaling: expected a grid that begins with 1x1, found {text}"
        )
    return grid


def run(command, core=None):
    """What a command prints. On one core alone, if one is given."""
    bind = None if core is None else lambda: os.sched_setaffinity(0, {core})
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=bind)
    if done.returncode != 0:
        raise SystemExit(
            f"cannot run {shlex.join(map(str, command))}: expected exit status 0, found"
            f" {done.returncode}\n{done.stdout}{done.stderr}"
        )
    return done.stdout


def make_scan(options, heights):
    """The job of a scan of so many heights: stored frames that are linked again and again."""
    folder = (
        options.folder
        / f"{options.detector}_{options.type}_{options.counts}_{options.rotations}x{options.translations}x{heights}"
    )
    if not (folder / "job.json").exists():
        command = [
            options.xrdct,
            "simulate",
            "--output",
            folder,
            "--overwrite",
            "--detector",
            options.detector,
            "--type",
            options.type,
            "--counts",
            options.counts,
        ]
        command += [
            "--rotations",
            str(options.rotations),
            "--translations",
            str(options.translations),
            "--bins",
            "1000",
        ]
        run(
            command
            + [
                "--layout",
                "eiger",
                "--frames-per-file",
                str(options.rotations * options.translations),
                "--repeat",
                str(heights),
            ]
        )
    return folder / "job.json"


def reduce(options, job, ranks, threads):
    """What the log of one run says."""
    launcher = (
        shlex.split(options.launcher.format(ranks=ranks, threads=threads)) if ranks > 1 else []
    )
    core = (
        min(os.sched_getaffinity(0)) if ranks * threads == 1 else None
    )  # its helper thread would be on another one
    run(
        launcher
        + [options.xrdct, "reduce", "--quiet", "--overwrite", "--threads", str(threads), job],
        core,
    )
    return json.loads((job.parent / "scan_xrdct.h5.log.json").read_text())


def figures(logs):
    """Medians of the runs of one place of the grid."""
    seconds = {
        key: statistics.median(log["seconds"][key] for log in logs) for key in logs[0]["seconds"]
    }
    loop = [log["seconds"]["wall"] + log["seconds"]["close"] for log in logs]
    frames = logs[0]["frames_good"]
    return dict(
        frames=frames,
        stored_bytes=logs[0]["stored_bytes"],
        loop_s=statistics.median(loop),
        all_loop_s=loop,
        frames_per_s=frames / statistics.median(loop),
        seconds=seconds,
    )


def plain_decoding(options, job, processes):
    """Milliseconds per frame of so many processes that decode at the same moment, each on a core
    of its own: the slowest."""
    scan = job.parent / "scan_data_000001.h5"
    cores = sorted(os.sched_getaffinity(0))
    command = [
        str(options.plain_decoding),
        str(scan),
        "--dataset",
        "/entry/data/data",
        "--repeats",
        "1",
    ]
    started = [
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=lambda core=cores[i % len(cores)]: os.sched_setaffinity(0, {core}),
        )
        for i in range(processes)
    ]
    told = [process.communicate()[0] for process in started]
    if any(process.returncode != 0 for process in started):
        raise SystemExit(f"cannot run {shlex.join(command)}")
    return max(json.loads(text)["decode_ms"] for text in told)


def measure(options, grid):
    """Strong, weak and plain decoding in turn, repeat by repeat."""
    cores = max(ranks * threads for ranks, threads in grid)
    nodes_cores = len(os.sched_getaffinity(0))
    heights = options.heights_per_core
    strong = make_scan(options, cores * heights)
    kinds = options.kinds.split(",")
    scans = {"strong": {place: strong for place in grid}}
    if "weak" in kinds:
        scans["weak"] = {place: make_scan(options, place[0] * place[1] * heights) for place in grid}
    logs = {kind: {place: [] for place in grid} for kind in kinds}
    plain = {n: [] for n in sorted({min(ranks * threads, nodes_cores) for ranks, threads in grid})}
    reduce(options, strong, *grid[-1])  # brings the frames into the page cache
    for _ in range(options.repeats):
        for place in grid:
            for kind in kinds:
                logs[kind][place].append(reduce(options, scans[kind][place], *place))
        for processes, samples in plain.items():
            samples.append(plain_decoding(options, strong, processes))
    table = [
        dict(kind=kind, ranks=place[0], threads=place[1], **figures(logs[kind][place]))
        for kind in logs
        for place in grid
    ]
    for row in table:
        one = next(r for r in table if r["kind"] == row["kind"])
        row["efficiency"] = (
            row["frames_per_s"] / one["frames_per_s"] / (row["ranks"] * row["threads"])
        )
    decoding = {n: statistics.median(samples) for n, samples in plain.items()}
    return table, [
        dict(processes=n, ms=ms, efficiency=decoding[1] / ms) for n, ms in decoding.items()
    ]


def main():
    options = arguments()
    options.folder.mkdir(parents=True, exist_ok=True)
    begin = time.time()
    grid = grid_of(options.grid, len(os.sched_getaffinity(0)))
    table, decoding = measure(options, grid)
    for row in table:
        print(
            f"{row['kind']:6} {row['ranks']:4} x {row['threads']:<4} {row['frames']:7} frames"
            f" {row['loop_s']:8.2f} s {row['frames_per_s']:9.1f} frames/s  efficiency"
            f" {row['efficiency']:.2f}"
        )
    for row in decoding:
        print(
            f"plain decoding, {row['processes']} processes at once: {row['ms']:.2f} ms per frame,"
            f" efficiency {row['efficiency']:.2f}"
        )
    model = [
        line.split(":", 1)[1].strip()
        for line in open("/proc/cpuinfo")
        if line.startswith("model name")
    ]
    machine = dict(
        processor=model[0] if model else platform.processor(),
        cores=len(os.sched_getaffinity(0)),
        load=os.getloadavg(),
    )
    scan = dict(detector=options.detector, type=options.type, counts=options.counts)
    path = options.json or options.folder / "scaling.json"
    path.write_text(
        json.dumps(
            dict(
                machine=machine,
                scan=scan,
                scaling=table,
                plain_decoding=decoding,
                took_s=time.time() - begin,
            ),
            indent=1,
        )
        + "\n"
    )
    print(f"figures: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
