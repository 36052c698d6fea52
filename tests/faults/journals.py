"""Cuts, garbles and exchanges what an unfinished run has left, and runs the command again."""

import os
import re
import shutil

from bench import JOURNAL, OUTPUT, PART, Way

RECORD = 32
RUN = JOURNAL + "/run"
ROWS = JOURNAL + "/000000.000000"
ALONE = Way(1, "direct", "ompio")
GOES_ON = re.compile(r"goes on with .*: (\d+) of (\d+) (?:blocks|units) are there")


def unfinished(bench, name, job="job", scan="few"):
    """Keeps the state that a kill at a write to the .part leaves."""
    bench.clean()
    settings = bench.runner.fault(PART, "pwrite", at=bench.subject.MIDDLE, kind="kill")
    bench.run(scan, ALONE, job, settings=settings, preload=bench.runner.library)
    if not bench.exists(PART) or not bench.exists(RUN):
        raise RuntimeError("no run was ended on its way")
    bench.keep_state(name)


def content_of(bench, name):
    with open(bench.path(name), "rb") as file:
        return file.read()


def put(bench, name, content):
    with open(bench.path(name), "wb") as file:
        file.write(content)


def goes_on(bench, figures, text, blocks):
    """The run goes on with so many blocks, and ends with the right bytes."""
    printed = bench.finish(figures, "few", text, ALONE)
    found = GOES_ON.search(printed)
    number = int(found.group(1)) if found else -1
    if printed:
        figures.require(number == blocks, f"{text}: {number} blocks, not {blocks}", printed)
    figures.add("runs that went on", number >= 0)


def cut(bench, figures, whole):
    """The journal of a rank ends anywhere, or one byte of it is another."""
    unfinished(bench, "cut")
    rows = content_of(bench, "cut/" + ROWS)
    number = len(rows) // RECORD
    lengths = range(len(rows) + 1) if whole else (0, 1, RECORD - 1, RECORD, 45, len(rows) - 1)
    for length in lengths:
        bench.take_state("cut")
        put(bench, ROWS, rows[:length])
        goes_on(bench, figures, f"journal of {length} bytes", length // RECORD)
        figures.add("lengths")
    for at in range(len(rows)) if whole else bench.random.sample(range(len(rows)), 6):
        bench.take_state("cut")
        put(bench, ROWS, rows[:at] + bytes([rows[at] ^ 0x10]) + rows[at + 1 :])
        goes_on(bench, figures, f"journal with another byte {at}", number - 1)
        figures.add("bytes changed")
    records = [rows[at : at + RECORD] for at in range(0, len(rows), RECORD)]
    for text, content in (
        ("backwards", b"".join(reversed(records))),
        ("twice", rows + rows),
        ("after a torn one", b"".join([records[0], b"\0" * RECORD] + records[1:])),
        ("before a long tail of zeros", rows + b"\0" * 4096),
    ):
        bench.take_state("cut")
        put(bench, ROWS, content)
        goes_on(bench, figures, f"records {text}", number)
        figures.add("other orders")
    bench.take_state("cut")  # a block that is not what its record says
    figures.require(number > 2, "too few records")
    claim = content_of(bench, PART)
    good = content_of(bench, "good_few.h5")
    differs = [at for at in range(len(good)) if claim[at] == good[at] and good[at]]
    at = bench.random.choice(differs)
    put(bench, PART, claim[:at] + bytes([claim[at] ^ 1]) + claim[at + 1 :])
    status, printed = bench.run("few", ALONE)
    if status == 2 and bench.is_foreign(figures, printed):
        status, printed = bench.run("few", ALONE, more=["--restart"])
        bench.require_whole(figures, "few", f"byte {at} of the .part changed", status, printed)
    elif "a damaged one" not in printed:
        bench.require_whole(figures, "few", f"byte {at} of the .part changed", status, printed)
    elif figures.require(status == 3, f"byte {at} of the .part changed: exit {status}", printed):
        status, printed = bench.run("few", ALONE, more=["--restart"])
        bench.require_whole(figures, "few", "--restart after it", status, printed)


def refused(bench, figures, text, words="", statuses=(2, 3)):
    """The run says why it cannot go on, and leaves everything; --restart gives the right bytes."""
    before = content_of(bench, PART)
    status, printed = bench.run("few", ALONE)
    right = status in statuses and re.search("error: .*cannot ", printed) and words in printed
    figures.require(right, f'{text}: exit {status}, not refused for "{words}"', printed)
    figures.require(not bench.exists(OUTPUT), f"{text}: an output", printed)
    figures.require(before == content_of(bench, PART), f"{text}: changes the .part", printed)
    figures.add("refused", right)
    bench.is_foreign(figures, printed)
    status, printed = bench.run("few", ALONE, more=["--restart"])
    bench.require_whole(figures, "few", f"{text}, then --restart", status, printed)


def begins_anew(bench, figures, text):
    printed = bench.finish(figures, "few", text)
    figures.require("goes on" not in printed, f"{text}: goes on", printed)
    figures.add("begun anew")


def other_run_files(bench, figures, whole):
    """The text that says whose journal it is, cut and garbled: never believed."""
    run = content_of(bench, "whole/" + RUN)
    lengths = range(0, len(run), 23) if whole else (0, 1, 12, len(run) // 2, len(run) - 1)
    for length in lengths:
        bench.take_state("whole")
        put(bench, RUN, run[:length])
        refused(bench, figures, f"`run` of {length} bytes")
    for at in bench.random.sample(range(len(run)), 60 if whole else 4):
        bench.take_state("whole")
        put(bench, RUN, run[:at] + bytes([run[at] ^ 0x40]) + run[at + 1 :])
        refused(bench, figures, f"`run` with another byte {at}")
    bench.take_state("whole")
    put(bench, RUN, os.urandom(300))
    refused(bench, figures, "`run` of random bytes")


def other_jobs(bench, figures):
    """The journal of another job; and an input that was changed meanwhile."""
    bench.write_job("few", "other", bench.subject.other(bench.read_job("few", "job")))
    unfinished(bench, "other", job="other")
    bench.take_state("whole")
    shutil.rmtree(bench.path(JOURNAL))
    shutil.copytree(bench.path("other", JOURNAL), bench.path(JOURNAL))
    refused(bench, figures, "the journal of another job", "the job: ", (2,))
    bench.take_state("whole")  # its records alone, under this run's name
    shutil.copy(bench.path("other", ROWS), bench.path(ROWS))
    goes_on(bench, figures, "records of another job", 0)
    bench.take_state("whole")
    name = bench.subject.INPUT
    changed_input = bench.path("few", name)
    before = os.stat(changed_input)
    os.utime(changed_input, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    status, printed = bench.run("few", ALONE)
    figures.require(status == 2 and name in printed, "an input of another time", printed)
    figures.add("refused", status == 2)
    os.utime(changed_input, ns=(before.st_atime_ns, before.st_mtime_ns))
    bench.finish(figures, "few", "the input as it was")


def changed(bench, figures, whole):
    unfinished(bench, "whole")
    part = content_of(bench, PART)
    for text, content in (
        ("a .part that is empty", b""),
        ("a .part without its end", part[:-1]),
        ("a .part that is cut in the middle", part[: len(part) // 2]),
        ("a .part that is longer", part + b"\0"),
        ("a .part with another superblock", part[:9] + b"\7" + part[10:]),
    ):
        bench.take_state("whole")
        put(bench, PART, content)
        refused(bench, figures, text)
    other_run_files(bench, figures, whole)
    other_jobs(bench, figures)
    bench.take_state("whole")
    os.remove(bench.path(PART))
    begins_anew(bench, figures, "no .part beside a journal")
    bench.take_state("whole")
    shutil.rmtree(bench.path(JOURNAL))
    begins_anew(bench, figures, "no journal beside a .part")
    bench.take_state("whole")
    os.remove(bench.path(RUN))
    begins_anew(bench, figures, "a journal of nobody")
    bench.take_state("whole")
    put(bench, JOURNAL + "/notes.txt", b"mine\n")
    status, printed = bench.run("few", ALONE)
    kept = content_of(bench, JOURNAL + "/notes.txt") == b"mine\n"
    figures.require(status == 2 and kept and OUTPUT in printed, "a file of others", printed)
    figures.add("refused", status == 2)
    os.remove(bench.path(JOURNAL, "notes.txt"))
    bench.finish(figures, "few", "without the file of others")
