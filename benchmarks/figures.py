"""Runs the benchmarks of a build and makes tables and a plot of their figures. See
benchmarks/README.md."""

import argparse
import json
import os
import pathlib
import platform
import shlex
import shutil
import subprocess
import sys

import tables

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "scaling"))
import model  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--build", type=pathlib.Path, required=True, help="build folder, as build/release"
    )
    parser.add_argument(
        "--folder", type=pathlib.Path, required=True, help="where figures and scans go, some GB"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="one repeat and few cases: to see that all runs, not for figures to be kept",
    )
    parser.add_argument(
        "--only", default=",".join(PARTS), help="parts, separated by commas; default: all"
    )
    parser.add_argument(
        "--update",
        type=pathlib.Path,
        nargs="*",
        default=[],
        help=(
            "Markdown files whose tables between <!-- figures: NAME --> and <!-- end --> are"
            " replaced"
        ),
    )
    return parser.parse_args()


def run(command, **environment):
    print("+", shlex.join(map(str, command)), flush=True)
    done = subprocess.run(list(map(str, command)), env=dict(os.environ, **environment))
    if done.returncode != 0:
        raise SystemExit(
            f"cannot run {shlex.join(map(str, command))}: expected exit status 0, found"
            f" {done.returncode}"
        )


def google_benchmark(options, name):
    out = options.folder / f"{name}.json"
    repeats = [
        "--benchmark_repetitions=5",
        "--benchmark_report_aggregates_only=true",
        "--benchmark_min_time=0.2",
    ]
    quick = ["--benchmark_min_time=0.01", "--benchmark_filter=-spmm|median|trimmed"]
    program = (options.build / "benchmarks" / f"{name}_benchmark").resolve()
    run(
        [program, f"--benchmark_out={out}", "--benchmark_out_format=json"]
        + (quick if options.quick else repeats)
    )
    return json.loads(out.read_text())


def decode(options):
    return dict(decode=tables.decode(google_benchmark(options, "decode")))


def reduce(options):
    return dict(reduce=tables.reduce(google_benchmark(options, "reduce")))


def slices(options):
    found = dict(slices=tables.slices(google_benchmark(options, "slice")))
    if not (python := os.environ.get("XRDCT_ASTRA_PYTHON")):
        print(
            "slices of other programs are left out: expected a Python with them in"
            " XRDCT_ASTRA_PYTHON, found none; see benchmarks/peers/slices.py"
        )
        return found
    out = options.folder / "peers_slices.json"
    program = options.build / "benchmarks/slice_benchmark"
    repeats = ["--repeats", 1 if options.quick else 5]
    run([python, HERE / "peers/slices.py", "--benchmark", program, "--json", out, *repeats])
    found["peers_slices"] = tables.peers_slices(json.loads(out.read_text()))
    return found


def end_to_end(options):
    return dict(end_to_end=tables.end_to_end(google_benchmark(options, "end_to_end")))


def sweep(options):
    out = options.folder / "sweep.json"
    run(
        [options.build / "benchmarks" / "sweep", "--json", out]
        + (["--pairs", 1, "--filter", "1M/u32"] if options.quick else [])
    )
    return dict(sweep=tables.sweep(json.loads(out.read_text())))


def scaling(options):
    found = {}
    for detector, pixel in (("Eiger4M", "u32"), ("Pilatus2M", "i32")):
        found[detector] = options.folder / f"scaling_{detector}.json"
        sizes = [
            "--rotations",
            16,
            "--translations",
            4,
            "--heights-per-core",
            1 if options.quick else 4,
            "--repeats",
            1 if options.quick else 5,
        ]
        programs = [
            "--xrdct",
            options.build / "src/app/xrdct",
            "--plain-decoding",
            options.build / "benchmarks/plain_decoding",
        ]
        places = ["--folder", options.folder / "scaling", "--json", found[detector]]
        run(
            [sys.executable, HERE / "scaling/measure.py"]
            + programs
            + places
            + ["--detector", detector, "--type", pixel]
            + sizes
        )
    reports = [json.loads(file.read_text()) for file in found.values()]
    measured = {
        campaign.name: model.measured_of(report)
        for campaign, report in zip(model.CAMPAIGNS, reports)
    }
    if tables.can_plot():
        model.draw(options.folder / "scaling.png", measured, model.CLUSTERS, model.CAMPAIGNS)
    return dict(
        scaling=tables.scaling(*reports), **model.tables(measured, model.CLUSTERS, model.CAMPAIGNS)
    )


def peers(options):
    if not os.environ.get("XRDCT_PEER_PYTHON"):
        print(
            "peers are left out: expected a Python with them in XRDCT_PEER_PYTHON, found none; see"
            " benchmarks/peers/run"
        )
        return {}
    found = {}
    for name, more in (
        ("u32", []),
        ("u16", ["--pixel", "u16"]),
        ("sigma_clip", ["--method", "sigma_clip"]),
        ("together", ["--method", "together"]),
    ):
        out = options.folder / f"peers_{name}.json"
        programs = [
            "--xrdct",
            options.build / "src/app/xrdct",
            "--plain-decoding",
            options.build / "benchmarks/plain_decoding",
        ]
        quick = (
            ["--repeats", 1, "--lines", 3, "--points", 32, "--different", 4, "--peer-frames", 2]
            if options.quick
            else []
        )
        run(
            [HERE / "peers/run", *programs, "--json", out, *more, *quick],
            XRDCT_PEER_FOLDER=str(options.folder / f"peers_{name}"),
        )
        found[f"peers_{name}"] = tables.peers(json.loads(out.read_text()))
    return found


PARTS = dict(
    decode=decode,
    reduce=reduce,
    slices=slices,
    end_to_end=end_to_end,
    sweep=sweep,
    scaling=scaling,
    peers=peers,
)


def machine():
    model = [
        line.split(":", 1)[1].strip()
        for line in open("/proc/cpuinfo")
        if line.startswith("model name")
    ]
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{model[0] if model else platform.processor()}, {len(os.sched_getaffinity(0))} cores, load"
        f" average at the end {load}"
    )


def main():
    options = arguments()
    options.build, options.folder = options.build.resolve(), options.folder.resolve()
    options.update = [file.resolve() for file in options.update]
    options.folder.mkdir(parents=True, exist_ok=True)
    os.chdir(options.folder)
    parts = options.only.split(",")
    if unknown := [part for part in parts if part not in PARTS]:
        raise SystemExit(f"cannot measure {unknown[0]}: expected some of {', '.join(PARTS)}")
    found = {}
    for part in parts:
        found.update(PARTS[part](options))
    text = f"Machine: {machine()}.\n" + "".join(
        f"\n## {name}\n\n{table}\n" for name, table in found.items()
    )
    (options.folder / "figures.md").write_text(text)
    print("\n" + text)
    print(f"tables: {options.folder / 'figures.md'}")
    tables.plot(options.folder)
    for file in options.update:
        file.write_text(tables.updated(file.read_text(), found))
        if "scaling" in parts and "images/scaling.png" in file.read_text() and tables.can_plot():
            shutil.copy(options.folder / "scaling.png", file.parent / "images/scaling.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
