#!/usr/bin/env python3
"""Compares `xrdct integrate` with pyFAI over random settings, by the tolerances of
docs/definitions.md. See run."""

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
import traceback

import numpy as np

import settings

# Relative tolerances of the five sums by splitting: of all values, and of 99.9 % of all that are
# compared.
SUMS_ALL = {"no": 1e-12, "bbox": 1e-6, "full": 1e-6}
SUMS_MOST = {"bbox": 1e-12}
FULL_CAKE = 1e-2


class Tally:
    """Values compared, left out and beyond a tolerance; the worst of each kind."""

    def __init__(self):
        self.compared = self.left_out = self.with_most = self.beyond_most = self.pixels_left_out = (
            self.pixels
        ) = 0
        self.worst = {}
        self.failures = []

    def add(self, other):
        for name in (
            "compared",
            "left_out",
            "with_most",
            "beyond_most",
            "pixels_left_out",
            "pixels",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name, value in other.worst.items():
            self.worst[name] = max(self.worst.get(name, 0.0), value)
        self.failures += other.failures

    def compare(self, title, name, found, expected, keep, tolerance, most=None):
        if found.shape != expected.shape:
            self.failures.append(
                f"{title}: {name} has the shape {found.shape}, expected {expected.shape}"
            )
            return
        with np.errstate(divide="ignore", invalid="ignore"):
            difference = np.where(
                found == expected, 0.0, np.abs(found - expected) / np.abs(expected)
            )
        difference = np.where(np.isnan(found) & np.isnan(expected), 0.0, difference)[keep]
        difference = np.where(np.isnan(difference), np.inf, difference)
        self.compared += difference.size
        self.left_out += int(np.size(keep) - np.count_nonzero(keep))
        worst = float(difference.max(initial=0.0))
        self.worst[name] = max(self.worst.get(name, 0.0), worst)
        if most is not None:
            self.with_most += difference.size
            self.beyond_most += int(np.count_nonzero(difference > most))
        beyond = np.flatnonzero(~(difference <= tolerance))
        if beyond.size:
            where = beyond[0]
            self.failures.append(
                f"{title}: {name}: {beyond.size} of {difference.size} beyond {tolerance:g}, worst"
                f" {worst:.2g}; first at {where}: found {found[keep][where]!r}, expected"
                f" {expected[keep][where]!r}"
            )


def count_of_pyfai(setting, ours, expected):
    """Medians: the number of entries; clipping that ended because nothing was left to reject: at
    least 3."""
    if setting.method in ("median", "quantile_mean"):
        return ours["pixels"]
    if setting.method == "sigma_clip":
        few = (ours["count"] > 0) & (ours["count"] < 3) & (expected == 3)
        return np.where(few, 3.0, ours["count"])
    return ours["count"]


def compare(setting, prepared, ours, theirs):
    tally, title = Tally(), setting.title()
    tally.pixels, tally.pixels_left_out = prepared.radial.size, prepared.left_out_pixels
    everything = np.ones(ours["radial"].shape, bool)
    tally.compare(title, "radial", ours["radial"], theirs["radial"], everything, 1e-7)
    if setting.azimuthal_bins:
        turns = [360 + axis["azimuthal"] for axis in (ours, theirs)]  # a centre may be 0
        tally.compare(title, "azimuthal", *turns, np.ones(turns[0].shape, bool), 1e-7)
    keep = np.ones(ours["intensity"].shape, bool)
    if setting.radial_fraction:
        ends = prepared.bins_at_an_end(
            ours["radial"]
        )  # what is outside is dropped here, folded into these bins there
        keep[..., :ends] = keep[..., -ends:] = False
    full_cake = setting.azimuthal_bins and setting.splitting == "full"
    if (
        full_cake
    ):  # exact overlaps here, approximate ones there, which a bin of few pixels shows; other counts tell of other pixels
        keep &= (np.abs(ours["count"] - theirs["count"]) <= 1e-2 * theirs["count"]) & (
            theirs["count"] >= 100
        )
    else:
        of_norm = (
            1e-6 if setting.normalization_factor != 1.0 else 0.0
        )  # multiplied in float32 there
        for name in (
            "sum_signal",
            "count",
            "sum_normalization",
            "sum_normalization2",
            "sum_variance",
        ):
            if (
                name not in theirs
                or name == "sum_variance"
                and (setting.error_model == "none" or setting.azimuthal_bins and setting.dark)
            ):
                continue  # cakes of pyFAI add the dark to the variance
            found = (
                count_of_pyfai(setting, ours, theirs["count"]) if name == "count" else ours[name]
            )
            tolerance, most = SUMS_ALL[setting.splitting], SUMS_MOST.get(setting.splitting)
            if name == "sum_variance" and setting.error_model == "azimuthal":
                tolerance, most = 1e-5, None
            if name.startswith("sum_normalization") and of_norm:
                tolerance, most = of_norm, None
            tally.compare(title, name, found, theirs[name], keep, tolerance, most)
    empty = ours["pixels"] == 0
    for name in ("intensity", "sem", "std"):
        if name != "intensity" and (
            full_cake or setting.error_model == "none" or setting.azimuthal_bins and setting.dark
        ):
            continue
        if name not in theirs or name not in ours:
            continue
        expected = np.where(empty, np.nan, theirs[name])  # 0 there is "nothing measured" here
        tolerance = (
            FULL_CAKE
            if full_cake
            else 1e-5 if name != "intensity" and setting.error_model == "azimuthal" else 1e-6
        )
        tally.compare(title, name, ours[name], expected, keep, tolerance)
    return tally


def compare_with_nothing(setting, prepared, theirs):
    """A reduction that is refused because no pixel takes part: there is none in pyFAI either."""
    tally = Tally()
    tally.pixels, tally.pixels_left_out = prepared.radial.size, prepared.left_out_pixels
    name = "count" if "count" in theirs else "intensity"
    nothing = np.zeros(theirs[name].shape)
    tally.compare(
        setting.title(),
        f"{name} of no pixel",
        nothing,
        np.nan_to_num(theirs[name]),
        np.ones(nothing.shape, bool),
        0.0,
    )
    return tally


def run_one(job):
    number, seed, program, engine = job
    setting = settings.draw(number, seed)
    setting.engine = engine or setting.engine
    try:
        import peers

        prepared = peers.Prepared(setting)
        theirs = prepared.run_pyfai()
        with tempfile.TemporaryDirectory(
            prefix="xrdct_side_by_side_", dir=os.environ.get("XRDCT_PEER_SCRATCH")
        ) as folder:
            try:
                ours = prepared.run_xrdct(program, folder, theirs.get("azimuthal"))
            except peers.NoPixel:
                return setting, compare_with_nothing(setting, prepared, theirs)
        return setting, compare(setting, prepared, ours, theirs)
    except Exception:
        tally = Tally()
        tally.failures.append(f"{setting.title()}: {traceback.format_exc()}")
        return setting, tally


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--xrdct", required=True, help="the program")
    parser.add_argument("--settings", type=int, default=240, help="number of random settings")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--only", type=int, nargs="*", help="numbers of settings to run alone")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument(
        "--engine",
        choices=("fused", "spmm"),
        help="this one always; otherwise each setting draws one",
    )
    arguments = parser.parse_args()
    begin = time.time()
    numbers = range(arguments.settings) if arguments.only is None else arguments.only
    total, kinds = Tally(), {}
    with multiprocessing.get_context("spawn").Pool(arguments.processes) as pool:
        for setting, tally in pool.imap_unordered(
            run_one, [(n, arguments.seed, arguments.xrdct, arguments.engine) for n in numbers]
        ):
            total.add(tally)
            if tally.beyond_most > 0:
                print(
                    f"{setting.title()}: {tally.beyond_most} of {tally.with_most} sums beyond 1e-12"
                )
            if tally.compared == 0:
                total.failures.append(f"{setting.title()}: nothing compared")
            kind = setting.method if not setting.azimuthal_bins else "cake"
            kinds[(kind, setting.splitting)] = kinds.get((kind, setting.splitting), 0) + 1
    for failure in total.failures:
        print(failure)
    print(
        f"{len(numbers)} settings: "
        + ", ".join(f"{kind} {splitting} {n}" for (kind, splitting), n in sorted(kinds.items()))
    )
    share = total.left_out / max(total.compared + total.left_out, 1)
    print(
        f"{total.compared} values of bins compared, {total.left_out} left out ({100 * share:.2f}"
        f" %); {total.pixels_left_out} of {total.pixels} pixels left out across borders of azimuth"
        f" ({100 * total.pixels_left_out / max(total.pixels, 1):.2f} %)"
    )
    print(f"bounding boxes: {total.beyond_most} of {total.with_most} sums beyond 1e-12")
    print(
        "worst relative differences: "
        + ", ".join(f"{name} {value:.1e}" for name, value in sorted(total.worst.items()))
    )
    print(f"{len(total.failures)} failures, {time.time() - begin:.0f} s")
    wrong = bool(total.failures) or share > 0.02 or total.beyond_most > 1e-3 * total.with_most
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
