"""Tables (Markdown) and the plot of what the benchmarks have written as JSON."""

import csv
import importlib.util
import json
import re
import statistics


def markdown(head, rows):
    return "\n".join(
        ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
        + ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    )


def number(value, digits=3):
    """Digits that count, without an exponent."""
    text = f"{value:.{digits}g}"
    return f"{float(text):.0f}" if "e" in text else text


def medians(report):
    """Name → median of the repeats of a Google Benchmark program, or the only run."""
    runs = {}
    for run in report["benchmarks"]:
        if run.get("error_occurred") or run.get("aggregate_name", "median") != "median":
            continue
        runs[run["run_name"].removesuffix("/manual_time")] = run
    return runs


def decode(report):
    rows = [
        (
            name,
            f"{number(run['real_time'])} ms",
            number(run["items_per_second"]),
            f"{number(run['bytes_per_second'] * 1e-9)} GB/s",
        )
        for name, run in medians(report).items()
    ]
    return markdown(("decoding", "time per frame", "frames/s", "decoded"), rows)


def reduce(report):
    rows = [
        (
            name,
            number(run["over_plain_decoding"], 2),
            f"{number(1e3 / run['items_per_second'])} ms",
            f"{number(run['memory_MB'])} MB",
        )
        for name, run in medians(report).items()
    ]
    return markdown(
        ("reduction", "over plain decoding", "time per frame", "memory of the engine"), rows
    )


def slices(report):
    rows = [
        (
            name,
            f"{number(run['ms_per_channel'])} ms",
            number(run["GF_per_s"]),
            f"{run['over_peak']:.2f}",
            f"{run['over_cache']:.2f}",
        )
        for name, run in medians(report).items()
    ]
    limits = next(iter(medians(report).values()))
    return (
        markdown(("loop", "per channel", "GF/s", "of the peak", "of the cache"), rows)
        + f"\n\nThe peak of this core: {number(limits['peak_GF_per_s'])} GF/s; its L2 cache:"
        f" {number(limits['cache_GB_per_s'])} GB/s."
    )


def peers_slices(samples):
    """Of what peers/slices.py has written: name → samples [ms]."""
    times = {name: statistics.median(values) for name, values in samples.items()}
    rows = []
    for name, value in times.items():
        is_own = " " not in name
        own = f"sirt_iteration/{name.split()[-1]}" if "SIRT" in name else "fbp"
        rows.append(
            (
                f"xrdct {name}" if is_own else name,
                f"{number(value)} ms",
                "" if is_own else f"{value / times[own]:.0f}",
            )
        )
    return markdown(("what", "per channel", "over xrdct"), rows)


def end_to_end(report):
    rows = [
        (
            name,
            f"{number(1e3 / run['frames/s'])} ms",
            number(run["frames/s"]),
            f"{number(run['bytes_per_second'] * 1e-9)} GB/s",
        )
        for name, run in medians(report).items()
    ]
    return markdown(
        ("end to end: decoded bytes; write: bytes of the file", "time per frame", "frames/s", ""),
        rows,
    )


def ratio_text(rival):
    return f"{rival['ratio']:.2f} ({rival['lowest']:.2f}–{rival['highest']:.2f}, {rival['pairs']})"


def sweep(report):
    rows = []
    for case in report["cases"]:
        spmm, image, *blocks = case["rivals"]
        rows.append(
            (
                case["name"],
                f"{number(case['fused_ms'])} ms",
                f"{number(case['memory_MB'])} MB",
                ratio_text(spmm),
                ratio_text(image),
                ratio_text(blocks[0]) if blocks else "",
            )
        )
    slower = [
        f"{case['name']} beside {rival['name']}: {rival['ratio']:.2f}"
        for case in report["cases"]
        for rival in case["rivals"]
        if rival["ratio"] > 1.05
    ]
    head = (
        "case",
        "fused per frame",
        "memory",
        "over spmm (range, pairs)",
        "over image + CSR",
        "decoding over that without the trick",
    )
    return (
        markdown(head, rows)
        + "\n\nFused is slower by more than 5 %: "
        + ("; ".join(slower) if slower else "nowhere")
        + "."
    )


def scaling(*reports):
    rows = []
    for report in reports:
        for row in report["scaling"]:
            rows.append(
                (
                    report["scan"]["detector"],
                    row["kind"],
                    f"{row['ranks']} × {row['threads']}",
                    row["frames"],
                    number(row["frames_per_s"]),
                    f"{row['efficiency']:.2f}",
                )
            )
        for row in report["plain_decoding"]:
            rows.append(
                (
                    report["scan"]["detector"],
                    "plain decoding",
                    f"{row['processes']} at once",
                    "",
                    number(1e3 * row["processes"] / row["ms"]),
                    f"{row['efficiency']:.2f}",
                )
            )
    return markdown(
        ("frames of", "scaling", "ranks × threads", "frames", "frames/s", "efficiency"), rows
    )


def peers(report):
    rows = [
        (
            name,
            f"{number(r['wall_ms'])} ms",
            f"{number(r['cpu_ms'])} ms",
            f"{r['over_plain_decoding']:.2f}",
            number(r["over_xrdct"]),
        )
        for name, r in report["results"].items()
    ]
    return markdown(("what", "wall", "processor", "over plain decoding", "over xrdct"), rows)


def card_reductions(runs):
    """Frames per second of each reduction on a card, and what goes over the bus."""
    rows = [
        (
            name.removeprefix("device/"),
            number(run["items_per_second"]),
            f"{number(run['sent_MB_per_frame'])} MB",
            number(run["ceiling_frames_per_s"]),
            number(run["share_of_ceiling"], 2),
            f"{number(run['memory_MB'])} MB",
        )
        for name, run in runs.items()
        if name.startswith("device/")
    ]
    head = ("reduction", "frames/s", "sent per frame", "copying alone", "share of it", "memory")
    return markdown(head, rows)


def card_stages(runs):
    """Microseconds of a frame in each stage, alone; a column for each reduction."""
    cases = {
        name.removeprefix("stages/"): {
            key.removeprefix("us "): value for key, value in run.items() if key.startswith("us ")
        }
        for name, run in runs.items()
        if name.startswith("stages/")
    }
    stages = list(dict.fromkeys(stage for times in cases.values() for stage in times))
    rows = [
        (stage, *(number(times[stage]) if stage in times else "" for times in cases.values()))
        for stage in sorted(stages, key="rest".__eq__)
    ]
    return markdown(("stage, µs per frame", *cases), rows)


def card_kernels(profiles):
    """The first launch of each kernel, from the CSV of Nsight Compute: rows of names and of units,
    then of launches."""
    columns = {
        "gpu__time_duration.sum": "time",
        "launch__registers_per_thread": "registers",
        "sm__warps_active.avg.pct_of_peak_sustained_active": "warps resident",
        "sm__throughput.avg.pct_of_peak_sustained_elapsed": "of the processors",
        "dram__throughput.avg.pct_of_peak_sustained_elapsed": "of the memory",
    }
    rows = {}
    for text in profiles.values():
        names, units, *launches = csv.reader(
            line for line in text.splitlines() if line.startswith('"')
        )
        for launch in launches:
            cells = {name: f"{value} {unit}" for name, unit, value in zip(names, units, launch)}
            kernel = re.search(r"xrdct::kernels::(?:[<({][^:]*::)?(\w+)", cells["Kernel Name"])
            name = kernel[1] if kernel else cells["Kernel Name"]
            rows.setdefault(name, (name, *(cells.get(c, "").strip() for c in columns)))
    return markdown(("kernel, one launch", *columns.values()), rows.values())


def cards(bundle):
    """What the command `run` of a bundle for cards has written."""
    runs = {}
    for report in bundle["benchmarks"].values():
        runs.update(medians(report))
    machine, built = bundle["machine"], bundle["bundle"]
    copies = ", ".join(
        f"{name.removeprefix('copy/').replace('_', ' ')} {number(run['bytes_per_second'] * 1e-9)}"
        for name, run in runs.items()
        if name.startswith("copy/")
    )
    parts = [
        f"{machine['card'] if machine['card'] != 'none' else 'No card'}; {machine['processor']},"
        f" {machine['processors']} processors. Programs for {built['target']} ({built['compiler']})"
        f" of revision {built['revision']}, {bundle['date'][:10]}. Copies in GB/s: {copies}.",
        card_reductions(runs),
        card_stages(runs),
        *([card_kernels(bundle["profiles"])] if bundle["profiles"] else []),
        markdown(
            ("step", "", ""),
            [
                (step["name"], step["status"], step["reason"].replace("|", "/").strip())
                for step in bundle["steps"]
                if step["reason"] or step["status"] != "ok"
            ],
        ),
    ]
    return "\n\n".join(parts)


def updated(text, found):
    """A text in which the tables between <!-- figures: NAME --> and <!-- end --> are the new
    ones, where there are."""

    def table(match):
        return f"{match[1]}\n{found.get(match[2], match[3].strip())}\n{match[4]}"

    return re.sub(r"(<!-- figures: (\w+) -->)\n(.*?)(<!-- end -->)", table, text, flags=re.DOTALL)


def can_plot():
    """Whether matplotlib is there; says what is needed where it is not."""
    if importlib.util.find_spec("matplotlib"):
        return True
    print(
        "no plot: expected matplotlib, found none; name a Python that has it in XRDCT_PEER_PYTHON,"
        " or install it for this one"
    )
    return False


def plot(folder):
    """figures.png of the JSON files in a folder."""
    if not can_plot():
        return
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    bars = []
    if (folder / "reduce.json").exists():
        runs = medians(json.loads((folder / "reduce.json").read_text()))
        bars.append(
            (
                "reductions over plain decoding",
                {
                    name: run["over_plain_decoding"]
                    for name, run in runs.items()
                    if "spmm" not in name
                },
            )
        )
    if (folder / "sweep.json").exists():
        cases = json.loads((folder / "sweep.json").read_text())["cases"]
        bars.append(
            (
                "fused over its fastest rival",
                {case["name"]: max(rival["ratio"] for rival in case["rivals"]) for case in cases},
            )
        )
    if (folder / "peers_u32.json").exists():
        results = json.loads((folder / "peers_u32.json").read_text())["results"]
        bars.append(
            (
                "over plain decoding, one core",
                {name: result["over_plain_decoding"] for name, result in results.items()},
            )
        )
    if not bars:
        return
    longest = max(len(values) for _, values in bars)
    figure, panels = pyplot.subplots(
        1, len(bars), figsize=(7 * len(bars), 1.5 + 0.25 * longest), squeeze=False
    )
    for panel, (title, values) in zip(panels[0], bars):
        shown = {
            name: value for name, value in values.items() if value > 0.0
        }  # differences of two noisy runs may be below
        colours = ["tab:blue" if value <= 1.0 else "tab:orange" for value in shown.values()]
        labels = panel.barh(
            list(shown), [value - 1.0 for value in shown.values()], left=1.0, color=colours
        )
        panel.bar_label(
            labels, [number(value, 2) for value in shown.values()], fontsize=6, padding=2
        )
        panel.axvline(1.0, color="black", linewidth=1)
        panel.set(title=f"{title} (log)", xscale="log")
        panel.margins(x=0.12)
        panel.invert_yaxis()
        panel.tick_params(labelsize=7)
    figure.tight_layout()
    figure.savefig(folder / "figures.png", dpi=110)
    print(f"plot: {folder / 'figures.png'}")
