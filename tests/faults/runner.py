"""Runs commands of xrdct in a scratch folder, alone or under the launcher, with or without a
library that is preloaded and makes their calls go wrong."""

import os
import signal
import struct
import subprocess
import time

QUIET_MPI = dict(
    OMPI_ALLOW_RUN_AS_ROOT="1",
    OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
    OMPI_MCA_rmaps_base_oversubscribe="1",
    OMPI_MCA_mpi_yield_when_idle="1",
    OMPI_MCA_hwloc_base_binding_policy="none",
    OMP_NUM_THREADS="1",
    OMP_PROC_BIND="false",
    OMP_WAIT_POLICY="passive",
    OMPI_MCA_btl="self,vader",
    OMPI_MCA_pml="ob1",
    OMPI_MCA_btl_vader_single_copy_mechanism="none",
)


class Running:
    """A command that was started, and what it prints."""

    def __init__(self, command, folder, environment, log):
        self.log = log
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def ranks(self, program):
        """The processes of the program: the one that was started, or those of the launcher."""
        own = self.process.pid
        return [pid for pid in [own] + children_of(own) if program_of(pid) == program]

    def wait(self, seconds):
        """Returns the exit status, and what was printed; 124: it took too long, and is ended."""
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            for pid in children_of(self.process.pid) + [self.process.pid]:
                end(pid)
            self.process.wait()
            status = 124
        with open(self.log, "rb") as printed:
            return status, printed.read().decode(errors="replace")


def children_of(parent):
    children = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as text:
                fields = text.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            children.append(int(name))
    return children


def program_of(pid):
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return ""


def state_of(pid):
    """R, S, T (stopped) and so on; Z, or nothing: it has ended."""
    try:
        with open(f"/proc/{pid}/stat") as text:
            return text.read().rsplit(")", 1)[1].split()[0]
    except OSError:
        return ""


def wait_for(condition, seconds):
    """Whether it becomes true in this time."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True


def end(pid, number=signal.SIGKILL):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


class Runner:
    """Runs commands in a scratch folder, with or without a failing call."""

    def __init__(self, program, library, mpiexec, folder):
        self.program, self.library, self.mpiexec, self.folder = program, library, mpiexec, folder
        self.counts = os.path.join(folder, "counts")
        self.started = 0
        own = os.path.join(folder, "mpi")  # what Open MPI leaves behind where it is killed
        os.makedirs(own, exist_ok=True)
        self.environment = dict(
            os.environ, **QUIET_MPI, TMPDIR=own, OMPI_MCA_btl_vader_backing_directory=own
        )

    def fault(self, file, calls, at=0, kind="eio", lasting=False, rank=None):
        """The settings of libfailing_calls.so; `counts_of_ranks` tells how many calls it saw."""
        with open(self.counts, "wb") as counts:
            counts.write(b"\0" * 512)
        settings = dict(
            FAULT_FILE=file,
            FAULT_CALLS=calls,
            FAULT_AT=str(at),
            FAULT_KIND=kind,
            FAULT_COUNTS=self.counts,
        )
        if lasting:
            settings["FAULT_LASTING"] = "1"
        if rank is not None:
            settings["FAULT_RANK"] = str(rank)
        return settings

    def counts_of_ranks(self):
        with open(self.counts, "rb") as counts:
            return struct.unpack("64Q", counts.read(512))

    def start(self, ranks, words, settings, preload=None):
        """Starts a command. The launcher's own files are none of ours: only ranks preload."""
        environment = dict(self.environment, **settings)
        command = [self.program] + words
        if ranks > 1:
            environment.pop("LD_PRELOAD", None)
            named = ["-x", f"LD_PRELOAD={preload}"] if preload else []
            command = [self.mpiexec, "-n", str(ranks)] + named + command
        elif preload:
            environment["LD_PRELOAD"] = preload
        self.started += 1
        log = os.path.join(self.folder, f"printed.{self.started % 4}")
        return Running(command, self.folder, environment, log)

    def run(self, ranks, words, settings, file="", calls="write,pwrite,pwritev", **fault):
        """Returns the exit status, the calls that each rank made, and what was printed."""
        wrong = self.fault(file, calls, **fault) if file else {}
        running = self.start(
            ranks, words, dict(settings, **wrong), preload=self.library if file else None
        )
        status, printed = running.wait(60)
        return status, self.counts_of_ranks() if file else (), printed
