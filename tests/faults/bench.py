"""What tests/faults/kills lets `xrdct reduce` or `xrdct reconstruct` make, in which ways, and what
must come out."""

import collections
import filecmp
import glob
import json
import os
import random
import re
import shutil

OUTPUT = "out.h5"
LOG = OUTPUT + ".log.json"
PART, JOURNAL, LOCK = OUTPUT + ".part", OUTPUT + ".journal", OUTPUT + ".lock"

SHAPE = ["--layout", "eiger", "--shape", "64x80", "--bins", "70", "--threads", "1"]


class Reduce:
    """Scans that become sinograms. "many" has lines that fill no whole block, patterns of two
    chunks, and copies: 126 blocks; "few" has 10."""

    SCANS = {
        "many": ["--rotations", "41", "--translations", "6", "--heights", "2", "--repeat", "3"],
        "few": ["--rotations", "5", "--translations", "4", "--heights", "2"],
    }
    INPUT = "calib.poni"  # one of the files that it reads
    MIDDLE = 100  # a write of "few" when some blocks are done

    @staticmethod
    def job(bench, scan):
        return bench.read_job(scan, "job")

    @staticmethod
    def other(job):
        job["reductions"][0]["bins"] = 69
        return job


class Reconstruct:
    """Sinograms that become slices, patterns and cakes. "many" has slices of four tiles with errors
    of replicas and the results of iterations, 36 units; "few" is filtered, 10 units of one tile."""

    SCANS = {
        "many": ["--rotations", "12", "--translations", "9", "--heights", "6"],
        "few": ["--rotations", "9", "--translations", "7", "--heights", "2"],
    }
    INPUT = "sinograms.h5"
    MIDDLE = 60
    CAKE = dict(name="cake", pattern="cake", azimuthal_bins=3, bins=9, unit="q_nm^-1")
    JOBS = {
        "many": dict(
            grid=dict(side=70, centre=4),
            reconstruction=dict(algorithm="sirt", iterations=12, stop="noise", replicas=2),
        ),
        "few": {},
    }

    @classmethod
    def job(cls, bench, scan):
        scan_job = bench.read_job(scan, "job")
        scan_job["reductions"].append(cls.CAKE)
        bench.write_job(scan, "scan_job", scan_job)
        sinograms = f"{scan}/{cls.INPUT}"
        bench.must(["reduce", f"{scan}/scan_job.json", "-q", "-o", sinograms, "--threads", "1"])
        return dict(cls.JOBS[scan], sinograms=dict(file=cls.INPUT))

    @staticmethod
    def other(job):
        job["reconstruction"] = dict(window="hann")
        return job


COMMANDS = dict(reduce=Reduce, reconstruct=Reconstruct)

Way = collections.namedtuple("Way", "ranks writer io")


class Figures:
    """Counts what was tried and what was wrong; that it tells at once."""

    def __init__(self, name):
        self.name, self.counts, self.wrong = name, collections.Counter(), 0

    def add(self, what, number=1):
        self.counts[what] += number

    def require(self, right, text, printed=""):
        if not right:
            self.wrong += 1
            last = "\n    ".join(printed.strip().splitlines()[-8:])
            print(f"WRONG {self.name}: {text}\n    {last}", flush=True)
        return right

    def line(self):
        told = ", ".join(f"{number} {what}" for what, number in self.counts.items())
        return f"{self.name:32s} {told}, {self.wrong} wrong"


class Bench:
    """A scratch folder with scans, jobs and the results of runs that nothing disturbed."""

    def __init__(self, runner, seed, command):
        self.runner, self.folder = runner, runner.folder
        self.random = random.Random(seed)
        self.command, self.subject = command, COMMANDS[command]
        for scan, words in self.subject.SCANS.items():
            self.must(["simulate", "-o", scan] + SHAPE + words)
            job = self.subject.job(self, scan)
            for name, run, output in (
                ("job", {"commit_s": 0}, {}),
                ("seldom", {"commit_s": 0.05}, {}),
                ("once", {}, {}),
                ("unproven", {"commit_s": 0}, {"verify": False}),
            ):
                self.write_job(scan, name, job, run=run, output=output)
            self.must(self.words(scan, "once", output=f"good_{scan}.h5"))

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def must(self, words):
        status, _, printed = self.runner.run(1, words, {})
        if status != 0:
            raise RuntimeError(f"{' '.join(words)}: exit {status}\n{printed}")
        return printed

    def read_job(self, scan, name):
        with open(self.path(scan, name + ".json")) as text:
            return json.load(text)

    def write_job(self, scan, name, job, **changes):
        job = dict(job)
        for key, values in changes.items():
            job[key] = dict(job.get(key, {}), **values)
        with open(self.path(scan, name + ".json"), "w") as text:
            json.dump(job, text)

    def words(self, scan, job="job", writer="direct", more=(), output=OUTPUT):
        out = ["-o", output, "--writer", writer, "--threads", "1"]
        return [self.command, f"{scan}/{job}.json"] + out + list(more)

    def any_way(self, most_ranks=4):
        return Way(
            self.random.randint(1, most_ranks),
            self.random.choice(("collective", "independent", "direct")),
            self.random.choice(("ompio", "romio321")),
        )

    def start(self, scan, way, job="job", more=(), settings=None, preload=None):
        words = self.words(scan, job, way.writer, more)
        settings = dict(settings or {}, OMPI_MCA_io=way.io)
        return self.runner.start(way.ranks, words, settings, preload)

    def run(self, scan, way, job="job", more=(), settings=None, preload=None):
        """Returns the exit status, and what was printed."""
        return self.start(scan, way, job, more, settings, preload).wait(60)

    def clean(self):
        for path in glob.glob(self.path("out*")):
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)

    def exists(self, name):
        return os.path.lexists(self.path(name))

    def is_same(self, scan):
        return self.exists(OUTPUT) and filecmp.cmp(
            self.path(OUTPUT), self.path(f"good_{scan}.h5"), shallow=False
        )

    def litter(self):
        """What lies beside the output that a run takes away, or gives another name."""
        return sorted(
            name
            for name in os.listdir(self.folder)
            if name.startswith((OUTPUT + ".", ".xrdct-")) and name != LOG
        )

    def take_trial_files(self):
        """Removes the small files that a kill leaves between the two calls by which a run tries
        whether it may make files here, and whether all ranks see the same folder. Returns how many
        there were."""
        tried = re.compile(re.escape(OUTPUT) + r"\.lo\w{6}|\.xrdct-\d+-\d+\.shared")
        found = [self.path(n) for n in self.litter() if tried.fullmatch(n)]
        found = [path for path in found if os.path.getsize(path) < 64]
        for path in found:
            os.remove(path)
        return len(found)

    def require_whole(self, figures, scan, text, status, printed):
        """The end of a run that went on: its bytes are right, and nothing is left beside them."""
        return (
            figures.require(status == 0, f"{text}: exit {status}", printed)
            and figures.require(self.is_same(scan), f"{text}: other bytes", printed)
            and figures.require(not self.litter(), f"{text}: leaves {self.litter()}", printed)
        )

    def is_foreign(self, figures, printed):
        """The structure of the .part is so damaged that it could be anybody's file. Not even
        --restart touches it then: it is moved away here, as the program asks."""
        if "move it" not in printed:
            return False
        figures.add("of them as a file of others")
        os.remove(self.path(PART))
        return True

    def finish(self, figures, scan, text, way=None, job="job"):
        """Runs the command again, undisturbed. Returns what was printed; nothing: it was wrong."""
        way = way or self.any_way(3)
        status, printed = self.run(scan, way, job)
        whole = self.require_whole(figures, scan, f"{text}, then {tuple(way)}", status, printed)
        return printed if whole else ""

    def keep_state(self, name):
        """Copies the output and all beside it, to begin from again."""
        shutil.rmtree(self.path(name), ignore_errors=True)
        os.mkdir(self.path(name))
        for path in glob.glob(self.path("out*")):
            to = self.path(name, os.path.basename(path))
            shutil.copytree(path, to) if os.path.isdir(path) else shutil.copy2(path, to)

    def take_state(self, name):
        self.clean()
        for entry in os.listdir(self.path(name)):
            at, to = self.path(name, entry), self.path(entry)
            shutil.copytree(at, to) if os.path.isdir(at) else shutil.copy2(at, to)
