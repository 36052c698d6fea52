"""Damages finished outputs, and asks `xrdct verify` for them."""

import collections
import os
import re

from bench import OUTPUT, Way
from disk import WRITTEN
from power_cuts import record

PLACE = re.compile(r"of (/entry/[\w/]+)")


def kinds_of_writes(bench, number):
    """What each write but those of the structure holds, in their order. Blocks of sinograms are
    written column by column, with their row of checksums; units of slices in runs, as many as they
    have tiles and results."""
    if bench.command == "reconstruct":
        return ["column of units"] * (number - 1) + ["checksums of others"]
    printed = bench.must(["verify", "good_many.h5"])
    columns = int(re.search(r"blocks of (\d+) datasets", printed).group(1))
    row = [f"column {column}" for column in range(columns)] + ["checksums of blocks"]
    return row * ((number - 3) // len(row)) + ["mean", "maximum", "checksums of others"]


def regions_of(bench):
    """Where things lie in an output, as kind: [(address, bytes)], told by the order of writes."""
    bench.clean()
    _, records = record(bench, Way(1, "direct", "ompio"), "once")
    writes = [r for r in records if r.kind == WRITTEN and "/out.h5.part" in r.path]
    values = [w for w in writes if not w.path.endswith(".new")]
    regions = collections.defaultdict(list)
    kinds = kinds_of_writes(bench, len(values))
    for kind, write in zip(kinds, values):
        regions[kind].append((write.offset, len(write.content)))
    for write in writes:
        if write.path.endswith(".new"):
            regions["structure"].append((write.offset, len(write.content)))
    regions["superblock"] = [(0, 48)]
    regions["anywhere"] = [(0, os.path.getsize(bench.path("good_many.h5")))]
    return regions


def verify(bench, figures, text, content):
    """Whether `xrdct verify` tells a file from a whole one, in plain words."""
    with open(bench.path(OUTPUT), "wb") as file:
        file.write(content)
    status, _, printed = bench.runner.run(1, ["verify", OUTPUT], {})
    told = figures.require(
        status == 3 and "error: cannot " in printed, f"{text}: exit {status}", printed
    )
    figures.add("found", told)
    return printed


def flips(bench, figures, trials):
    regions = regions_of(bench)
    with open(bench.path("good_many.h5"), "rb") as file:
        good = file.read()
    seen = set()
    for trial in range(trials):
        kind = sorted(regions)[trial % len(regions)]
        address, number = bench.random.choice(regions[kind])
        at, bit = address + bench.random.randrange(number), bench.random.randrange(8)
        text = f"bit {bit} of byte {at} ({kind})"
        content = bytearray(good)
        content[at] ^= 1 << bit
        printed = verify(bench, figures, text, content)
        figures.add("flips")
        seen.update(PLACE.findall(printed))
    figures.add("datasets told of", len(seen))
    status, _, printed = bench.runner.run(1, ["verify", "good_many.h5"], {})
    figures.require(status == 0, f"the whole file: exit {status}", printed)


def others(bench, figures, trials):
    """Files that are cut, longer, partly zeros, or have right bytes in wrong places."""
    regions = regions_of(bench)
    columns = [kind for kind in regions if kind.startswith("column")]
    with open(bench.path("good_many.h5"), "rb") as file:
        good = file.read()
    for trial in range(trials):
        content = bytearray(good)
        way = ("cut", "longer", "zeros", "exchanged", "random page")[trial % 5]
        at = bench.random.randrange(len(good))
        if way == "cut":
            del content[at:]
        elif way == "longer":
            content += bytes(bench.random.randrange(1, 5000))
        elif way == "zeros":
            content[at : at + 4096] = bytes(len(content[at : at + 4096]))
        elif way == "random page":
            page = content[at : at + 4096]
            content[at : at + 4096] = bench.random.randbytes(len(page))
        else:
            # two blocks of one dataset; the last ones of a height are shorter
            (one, first), (two, second) = bench.random.sample(
                regions[bench.random.choice(columns)], 2
            )
            number = min(first, second)
            content[one : one + number], content[two : two + number] = (
                good[two : two + number],
                good[one : one + number],
            )
        figures.add("files")
        if content == good:
            figures.add("equal by chance")
            continue
        verify(bench, figures, f"{way} at {at}", content)
