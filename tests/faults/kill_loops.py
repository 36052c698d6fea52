"""Ends runs by SIGKILL, at any instant and at each call on their files; a second run beside one."""

import time

from bench import OUTPUT, PART, Way
from runner import end, state_of, wait_for

CALLS = "write,pwrite,pwritev,sync,rename,truncate,allocate,create,mkdir,remove"


def kill(bench, running, victim):
    """Ends all ranks, one of them, or the launcher alone. Returns whether there was one."""
    ranks = running.ranks(bench.runner.program)
    if running.process.poll() is not None or not ranks:
        return False
    if victim == "launcher" and running.process.pid not in ranks:
        end(running.process.pid)
        gone = wait_for(lambda: all(state_of(pid) in ("", "Z") for pid in ranks), 30)
        for pid in ranks if not gone else ():
            end(pid)
        return True
    for pid in [bench.random.choice(ranks)] if victim == "one" else ranks:
        end(pid)
    return True


def instant_of(bench, running, whole):
    """Waits for the instant of a kill: mostly one while blocks are written. Returns it in words."""
    begin = time.monotonic()
    over = lambda: running.process.poll() is not None  # noqa: E731
    until = begin + bench.random.uniform(0.0, 1.1) * whole["run"]
    if bench.random.random() < 0.7:
        wait_for(lambda: over() or bench.exists(PART), 60)
        until = time.monotonic() + bench.random.uniform(0.0, 1.1) * whole["blocks"]
    wait_for(lambda: over() or time.monotonic() > until, 60)
    return f"at {time.monotonic() - begin:.2f} s"


def undisturbed(bench, running):
    """How long a run takes, and of that the blocks [s]."""
    begin = time.monotonic()
    wait_for(lambda: bench.exists(PART) or running.process.poll() is not None, 60)
    blocks = time.monotonic()
    wait_for(lambda: running.process.poll() is not None or bench.exists(OUTPUT), 60)
    return dict(run=time.monotonic() - begin, blocks=time.monotonic() - blocks)


def random_instants(bench, figures, trials):
    """Kills until so many have hit; after some kills a run is left alone until it completes."""
    durations, hits = {}, 0
    while hits < trials:
        bench.clean()
        text, scan = "", "many"
        for _ in range(bench.random.randint(1, 4)):
            way, job = bench.any_way(), bench.random.choice(("job", "job", "job", "seldom", "once"))
            figures.add("trial files left", bench.take_trial_files())
            if (way.ranks, job) not in durations:
                running = bench.start(scan, way, job)
                durations[way.ranks, job] = undisturbed(bench, running)
                running.wait(60)
                bench.clean()
                text = ""
            victim = bench.random.choice(("all", "one", "launcher"))
            running = bench.start(scan, way, job)
            instant = instant_of(bench, running, durations[way.ranks, job])
            hit = kill(bench, running, victim)
            status, printed = running.wait(60)
            text += f"{tuple(way)} {job}, {victim} {instant}; "
            if hit:
                hits += 1
                figures.add("kills")
                figures.add("of " + victim)
            else:
                figures.add("too late")
                figures.require(status == 0, f"{text}: exit {status} without a kill", printed)
            figures.add("runs that went on", "goes on with" in printed)
            named = bench.exists(OUTPUT)
            figures.require(not named or bench.is_same(scan), f"{text}: other bytes have the name")
            if named:
                figures.add("kills after the name" if hit else "completions in time")
                break
        figures.add("trial files left", bench.take_trial_files())
        printed = bench.finish(figures, scan, text)
        figures.add("completions", bool(printed))
        figures.add("runs that went on", "goes on with" in printed)


def faults_of(bench, counts, ranks, all_calls):
    """Which call of which rank: every one of a single rank, of several ranks some."""
    for rank in range(ranks):
        numbers = range(1, counts[rank] + 1)
        if not all_calls or ranks > 1:
            few = 20 if all_calls else 8 // ranks
            numbers = bench.random.sample(numbers, min(few, len(numbers)))
        for at in numbers:
            yield dict(at=at, **(dict(rank=rank) if ranks > 1 else {}))


def count_calls(bench, scan, way, job, calls=CALLS, file=OUTPUT):
    bench.clean()
    settings = bench.runner.fault(file, calls)
    status, printed = bench.run(scan, way, job, settings=settings, preload=bench.runner.library)
    if status != 0 or not bench.is_same(scan):
        raise RuntimeError(f"{way} without any fault: exit {status}\n{printed}")
    return bench.runner.counts_of_ranks()


def ways_of_calls(all_calls):
    few = (Way(1, "direct", "ompio"), Way(3, "collective", "ompio"))
    more = (Way(1, "independent", "ompio"), Way(1, "collective", "romio321"))
    return few + (Way(3, "direct", "ompio"),) + more if all_calls else few


def precise_calls(bench, figures, way, all_calls):
    """Each call on a file of the output is the last of its process, or the first that it fails."""
    counts = count_calls(bench, "few", way, "job")
    for fault in faults_of(bench, counts, way.ranks, all_calls):
        kinds = ("kill", "kill_after")
        for kind in kinds if all_calls else [bench.random.choice(kinds)]:
            bench.clean()
            settings = bench.runner.fault(OUTPUT, CALLS, kind=kind, **fault)
            status, printed = bench.run(
                "few", way, "job", settings=settings, preload=bench.runner.library
            )
            text = f"{tuple(way)} {kind} {fault}"
            figures.add("kills", status != 0)
            figures.add("calls that never came", status == 0)
            named = bench.exists(OUTPUT)
            figures.require(not named or bench.is_same("few"), f"{text}: other bytes")
            figures.add("trial files left", bench.take_trial_files())
            figures.add("completions", bool(bench.finish(figures, "few", text)))


def second_runs(bench, figures, all_calls):
    """A run waits before one of its calls; a second one on its output is refused and harms none."""
    way = Way(1, "direct", "ompio")
    count = count_calls(bench, "few", way, "job", file=PART)[0]
    for at in range(1, count + 1) if all_calls else (1, count // 2, count):
        for more in ((), ("--restart",), ("--overwrite",)):
            bench.clean()
            first = bench.start(
                "few",
                way,
                settings=bench.runner.fault(PART, CALLS, at=at, kind="stop"),
                preload=bench.runner.library,
            )
            text = f"beside a run that waits at call {at}, {' '.join(more) or 'the same command'}"
            waits = wait_for(lambda: state_of(first.process.pid) == "T", 30)
            figures.require(waits, f"{text}: it never waited")
            status, printed = bench.run("few", Way(2, "direct", "ompio"), more=more)
            refused = status in (2, 3) and "locked by another process" in printed
            figures.require(refused, f"{text}: exit {status}", printed)
            figures.add("second runs refused", refused)
            end(first.process.pid, 18)  # SIGCONT
            bench.require_whole(figures, "few", text, *first.wait(60))


def second_runs_beside_replacing(bench, figures):
    """A finished output is made again; the same command without --overwrite leaves that alone. When
    it is killed, that command finds the finished output, and takes away what is beside it."""
    way = Way(1, "direct", "ompio")
    bench.clean()
    bench.finish(figures, "few", "the first run", way)
    settings = bench.runner.fault(PART, CALLS, at=40, kind="stop")
    first = bench.start(
        "few", way, more=["--overwrite"], settings=settings, preload=bench.runner.library
    )
    text = "beside a run that replaces a finished output"
    waits = wait_for(lambda: state_of(first.process.pid) == "T", 30)
    figures.require(waits, f"{text}: it never waited")
    before = bench.litter()
    status, printed = bench.run("few", way)
    refused = status == 3 and "locked by another process" in printed
    figures.require(refused, f"{text}: exit {status}", printed)
    figures.require(bench.litter() == before, f"{text}: it takes away what is there", printed)
    figures.add("refused beside one that replaces", refused)
    kill(bench, first, "all")
    first.wait(60)
    status, printed = bench.run("few", way)
    bench.require_whole(figures, "few", "after one that replaced was killed", status, printed)
    figures.require("is finished" in printed, "after one that replaced was killed", printed)


def starts_at_once(bench, figures, trials):
    """Two runs begin together: one makes the output. The other one finds the lock, or the output:
    finished when it looked first, or as a file that was not there then."""
    words = ("locked by another process", "expected no such file, found one")
    for _ in range(trials):
        bench.clean()
        ways = [bench.any_way(2), bench.any_way(2)]
        both = [bench.start("few", way) for way in ways]
        ends = [running.wait(60) for running in both]
        told = [status for status, _ in ends]
        right = 0 in told and all(
            status == 0 or any(each in printed for each in words) for status, printed in ends
        )
        text = f"two at once, {tuple(ways[0])} and {tuple(ways[1])}"
        figures.require(right, f"{text}: exit {told}", "\n".join(printed for _, printed in ends))
        figures.add("pairs at once", right)
        bench.finish(figures, "few", text)
