"""Cuts the power at random instants of recorded runs, and goes on from what the disk then holds."""

import os

from bench import LOG, OUTPUT, PART, Way
from disk import ALL_SYNCED, DATA_SYNCED, Disk, put_on_disk, records_of


def record(bench, way, job="job", more=()):
    """Runs from what is there. Returns the disk as it was, and the records."""
    file = bench.path("records")
    open(file, "wb").close()
    before = Disk(bench.folder)
    library = os.path.join(os.path.dirname(bench.runner.library), "librecorded_calls.so")
    settings = dict(RECORD_FILE="/out.h5", RECORD_TO=file)
    status, printed = bench.run("many", way, job, more=more, settings=settings, preload=library)
    if status != 0:
        raise RuntimeError(f"{way} with records of its calls: exit {status}\n{printed}")
    return before, records_of(file)


def random_cut(bench, records):
    """A number of records. Most are of blocks: names change at the begin and at the end, which so
    get more than their share."""
    edge = 40
    end = bench.random.random() < 0.25
    begin = not end and bench.random.random() < 0.25
    first = max(0, len(records) - edge // 2) if end else 0
    return bench.random.randint(first, edge if begin else len(records))


def cut_power(bench, disk, records):
    """What is left when the power fails after these records."""
    for taken in records:
        disk.follow(taken)
    bench.clean()
    contents = disk.after_cut(bench.random)
    contents = {p: c for p, c in contents.items() if os.path.basename(p) != LOG}
    put_on_disk(contents)


def ways_of(trials):
    ways = [
        (Way(1, "direct", "ompio"), "job"),
        (Way(3, "collective", "ompio"), "job"),
        (Way(2, "independent", "romio321"), "job"),
        (Way(4, "direct", "ompio"), "seldom"),
        (Way(1, "independent", "ompio"), "once"),
        (Way(3, "collective", "romio321"), "seldom"),
    ]
    return ways if trials > 50 else ways[:3]


def recordings(bench, trials, sure_syncs=(DATA_SYNCED, ALL_SYNCED)):
    """Functions that give a fresh disk, each with the records of one run."""
    for way, job in ways_of(trials):
        bench.clean()
        _, records = record(bench, way, job)
        bench.clean()
        yield f"{tuple(way)} {job}", lambda: Disk(bench.folder, sure_syncs=sure_syncs), records


def power_cuts(bench, figures, trials):
    runs = list(recordings(bench, trials))
    for trial in range(trials):
        name, fresh, records = runs[trial % len(runs)]
        bench.clean()
        cut_power(bench, fresh(), records[: random_cut(bench, records)])
        text = f"cut {trial} of {name}"
        if trial % 3 == 2 and not bench.exists(OUTPUT):  # the power fails once more
            again = bench.any_way(3)
            disk, more = record(bench, again)
            cut_power(bench, disk, more[: random_cut(bench, more)])
            text += f", again in {tuple(again)}"
            figures.add("second cuts")
        figures.add("cuts")
        figures.add("cuts in blocks", bench.exists(PART))
        if bench.exists(OUTPUT):
            figures.add("cuts after the end")
            figures.require(bench.is_same("many"), f"{text}: other bytes have the name")
        printed = bench.finish(figures, "many", text)
        figures.add("completions", bool(printed))
        figures.add("runs that went on", "goes on with" in printed)
        early = "made again" in printed  # a record that was on the disk before its block
        figures.require(not early, f"{text}: the journal names blocks that are not there", printed)


def controls(bench, figures, trials):
    """Disks that do nothing when they are told to sync. When only the commits are lied to, blocks
    are missing that the journal names: they are proven before they are kept, and made again. When
    the last sync before the name is lied to as well, wrong files must come out of cuts after the
    run. Not each cut does harm: more are tried until one has."""
    most = 10 * trials
    for sure_syncs, what, harm in (
        ((ALL_SYNCED,), "commits", "of them with blocks made again"),
        ((), "all syncs", "wrong files"),
    ):
        runs = list(recordings(bench, trials, sure_syncs))
        for trial in range(most):
            if trial >= trials and figures.counts[harm]:
                break
            name, fresh, records = runs[trial % len(runs)]
            bench.clean()
            last = bench.random.randint(0, len(records)) if sure_syncs else len(records)
            cut_power(bench, fresh(), records[:last])
            text = f"cut {trial} of {name}, {what} ignored"
            status, printed = bench.run("many", bench.any_way(2))
            figures.add(f"cuts with {what} ignored")
            if sure_syncs:
                figures.add("of them with blocks made again", "made again" in printed)
                bench.require_whole(figures, "many", text, status, printed)
            elif status == 0 and not bench.is_same("many"):
                figures.add("wrong files")
    figures.require(figures.counts["of them with blocks made again"], "no lie was noticed")
    figures.require(figures.counts["wrong files"], "no disk that lies to all syncs gave one")
