"""Kills commands of one process at each call on their files: the same command makes them then."""

import filecmp
import glob
import os
import shutil

FILES = "out,.xrdct-"  # small files have a name of the second kind until they are whole
CALLS = "write,pwrite,pwritev,sync,rename,truncate,create,mkdir,remove"

INTEGRATE = ["integrate", "scan/scan.h5", "--dataset", "/entry/data/data"]
INTEGRATE += ["--poni", "scan/calib.poni", "--bins", "50"]
SIMULATE = ["simulate", "-o", "out", "--shape", "16x16", "--rotations", "3", "--translations", "4"]
SIMULATE += ["--bins", "20", "--threads", "1"]
COMMANDS = {
    "integrate, an image": INTEGRATE + ["-o", "out.h5", "-o", "out.xye", "--frame", "3"],
    "integrate, frames": INTEGRATE + ["-o", "out.h5", "--frames", "0:5"],
    "simulate": SIMULATE,
    "simulate, data files": SIMULATE + ["--layout", "eiger", "--frames-per-file", "7"],
}


def clean(folder):
    for path in glob.glob(os.path.join(folder, "out*")) + glob.glob(
        os.path.join(folder, ".xrdct-*")
    ):
        shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)


def made(folder):
    """The files of a command, by their paths in the folder."""
    found = glob.glob(os.path.join(folder, "out*")) + glob.glob(
        os.path.join(folder, "out", "**"), recursive=True
    )
    return sorted({os.path.relpath(path, folder) for path in found if os.path.isfile(path)})


def hidden(folder):
    return glob.glob(os.path.join(folder, ".xrdct-*")) + glob.glob(
        os.path.join(folder, "out", ".xrdct-*")
    )


def prepare(runner):
    scan = ["simulate", "-o", "scan", "--shape", "32x32", "--rotations", "3"]
    status, _, printed = runner.run(1, scan + ["--translations", "4"], {})
    if status != 0:
        raise RuntimeError(printed)


def kills(runner, figures, name, step, random):
    words, folder = COMMANDS[name], runner.folder
    clean(folder)
    status, counts, printed = runner.run(1, words, {}, file=FILES, calls=CALLS)
    if status != 0:
        raise RuntimeError(f"{name} without any fault: exit {status}\n{printed}")
    good = os.path.join(folder, "good")
    shutil.rmtree(good, ignore_errors=True)
    files = made(folder)
    for file in files:
        os.makedirs(os.path.dirname(os.path.join(good, file)), exist_ok=True)
        shutil.copy2(os.path.join(folder, file), os.path.join(good, file))
    for at in range(1, counts[0] + 1, step):
        for kind in ("kill", "kill_after") if step == 1 else [random.choice(("kill", "kill_after"))]:
            clean(folder)
            text = f"{name}, {kind} at {at} of {counts[0]}"
            status, _, printed = runner.run(
                1, words, {}, file=FILES, calls=CALLS, at=at, kind=kind
            )
            figures.add("kills", status != 0)
            # what already has its name is replaced where the user says so
            named = [file for file in made(folder) if file in files]
            if named and words[0] == "integrate":  # it replaces none of its results: they go
                for file in named:
                    os.remove(os.path.join(folder, file))
            more = ["--overwrite"] if named and words[0] == "simulate" else []
            status, _, printed = runner.run(1, words + more, {})
            figures.add("asked to overwrite", bool(named))
            right = figures.require(status == 0, f"{text}, then: exit {status}", printed)
            if not right:
                continue
            rest = [f for f in made(folder) if f not in files]
            empty = [f for f in rest if os.path.getsize(os.path.join(folder, f)) == 0]
            figures.add("empty trial files left", len(empty))
            same = rest == empty and all(
                filecmp.cmp(os.path.join(folder, f), os.path.join(good, f), shallow=False)
                for f in files
            )
            figures.require(same, f"{text}, then: other files: {made(folder)}", printed)
            figures.add("small files left", len(hidden(folder)))
