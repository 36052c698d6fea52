"""Lets the file system lie about one write to the output: it says that it did what it did not."""

import re

from bench import PART, Way

KINDS = ("lie", "flip", "elsewhere")
NAMED = re.compile(
    r"cannot prove .*((block|unit) \d+ \(height \d+, .*\) of /entry/"
    r"|its structure|the previews)"
)


def told_as(printed):
    if NAMED.search(printed).group(2):
        return "told of a block"
    return "told of the structure" if "its structure" in printed else "told of the previews"


def disturbed(bench, way, job, kind, fault):
    bench.clean()
    settings = bench.runner.fault(PART, "pwrite,pwritev,write", kind=kind, **fault)
    return bench.run("few", way, job, settings=settings, preload=bench.runner.library)


def control(bench, figures, way, kind, fault, text):
    """Without the proof the run says that all is well, and `xrdct verify` finds it later."""
    status, printed = disturbed(bench, way, "unproven", kind, fault)
    figures.require(status == 0, f"{text}, without proof: exit {status}", printed)
    if bench.is_same("few"):
        return
    figures.add("wrong files without the proof")
    status, _, printed = bench.runner.run(1, ["verify", "out.h5"], {})
    figures.require(status == 3, f"{text}, without proof: verify says {status}", printed)


def try_lie(bench, figures, way, kind, fault):
    text = f"{tuple(way)} {kind} {fault}"
    status, printed = disturbed(bench, way, "job", kind, fault)
    figures.add("lies")
    if status == 0:  # zeros that were zeros, or bytes that were written once more
        figures.require(bench.is_same("few"), f"{text}: exit 0 with a wrong file", printed)
        figures.add("harmless")
        return False
    named = status == 3 and NAMED.search(printed)
    figures.require(named, f"{text}: exit {status}", printed)
    figures.add(told_as(printed))
    status, printed = bench.run("few", way)
    if status == 3 and "--restart" in printed and "a damaged one" in printed:
        figures.add("refused until --restart")
        status, printed = bench.run("few", way, more=["--restart"])
    elif status == 2 and bench.is_foreign(figures, printed):
        status, printed = bench.run("few", way, more=["--restart"])
    figures.add("completions", bench.require_whole(figures, "few", text, status, printed))
    return True


def lies(bench, figures, all_calls, trials):
    """Lies about every write of a single rank, of several ranks about some; or `trials` of each."""
    ways = [Way(1, "direct", "ompio"), Way(3, "collective", "ompio")]
    if all_calls:
        ways += [Way(1, "independent", "romio321"), Way(3, "independent", "ompio")]
    for way in ways:
        bench.clean()
        settings = bench.runner.fault(PART, "pwrite,pwritev,write")
        bench.run("few", way, settings=settings, preload=bench.runner.library)
        counts = bench.runner.counts_of_ranks()
        for rank in range(way.ranks):
            numbers = range(1, counts[rank] + 1)
            few = trials or (12 if all_calls else 4 if way.ranks == 1 else 1)
            if trials or not all_calls or way.ranks > 1:
                # the last call writes the checksums of the rest
                numbers = bench.random.sample(numbers, min(few, len(numbers))) + [counts[rank]]
            for at in numbers:
                fault = dict(at=at, **(dict(rank=rank) if way.ranks > 1 else {}))
                kinds = KINDS if all_calls else [bench.random.choice(KINDS)]
                for kind in kinds:
                    harmful = try_lie(bench, figures, way, kind, fault)
                    if harmful and bench.random.random() < 0.3:
                        control(bench, figures, way, kind, fault, f"{tuple(way)} {kind} {fault}")
    figures.require(figures.counts["wrong files without the proof"], "no control gave a wrong file")
