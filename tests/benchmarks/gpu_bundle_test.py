"""The command `run` of a bundle for cards and the tables of what it writes: with programs that only
say what it needs to hear, and with those of this build."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "benchmarks"))
import tables  # noqa: E402

TESTS = """echo '[==========] 3 tests from 1 test suite ran. (1 ms total)'
echo '[  PASSED  ] 2 tests.'
"""
FAILING = TESTS + """echo '[  FAILED  ] 1 test, listed below:'
echo '[  FAILED  ] Decoder.Breaks'
exit 1
"""
BENCHMARK = r"""for word in "$@"; do
  case $word in
    --benchmark_list_tests) echo device/u32/there/manual_time && echo stages/u32/there/manual_time && exit ;;
    --benchmark_out=*) out=${word#*=} ;;
    --benchmark_filter=*) filter=${word#*=} ;;
  esac
done
case $filter in
  *copy*) name=copy/pinned_to_card figures='"bytes_per_second": 5.0e+10' ;;
  *) name=device/u32/there figures='"items_per_second": 7.0e+03,
      "sent_MB_per_frame": 1.5,
      "ceiling_frames_per_s": 3.0e+04,
      "share_of_ceiling": 0.25,
      "memory_MB": 900' ;;
esac
[ -z "$out" ] || cat >"$out" <<END
{"benchmarks": [
    {
      "name": "$name/manual_time_median",
      "run_name": "$name/manual_time",
      "aggregate_name": "median",
      $figures
    },
    {
      "name": "stages/u32/there/manual_time_median",
      "run_name": "stages/u32/there/manual_time",
      "aggregate_name": "median",
      "us decode_blocks": 4.5e+01,
      "us rest": 2.0
    }
  ]
}
END
"""
NO_CARD = "echo 'cannot start the kernels: expected a card, found none' >&2; exit 2\n"
NCU = r"""while [ $# -gt 0 ]; do
  [ "$1" != --log-file ] || log=$2
  shift
done
cat >"$log" <<'END'
==PROF== Connected to process 1
"ID","Kernel Name","gpu__time_duration.sum"
"","","us"
"0","void launch<ParallelFor<xrdct::kernels::<unnamed>::DecodeBlocks<4>, Policy<Cuda>>>(T1)","45.5"
"1","void launch<ParallelFor<xrdct::kernels::<unnamed>::ReadValues, Policy<Cuda>>>(T1)","16.5"
"2","void launch<ParallelFor<xrdct::kernels::<unnamed>::DecodeBlocks<4>, Policy<Cuda>>>(T1)","47.5"
END
"""


def write_program(file, text):
    file.write_text("#!/bin/bash\n" + text)
    file.chmod(0o755)


class Run(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=os.getcwd())
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "run").write_text((SOURCE / "scripts/card/run").read_text())
        (self.folder / "run").chmod(0o755)
        (self.folder / "tools").mkdir()
        self.make()

    def make(self, target="host", tests=TESTS, benchmark=BENCHMARK):
        (self.folder / "bundle.txt").write_text(f"target={target}\nrevision=abc\ncompiler=c\n")
        write_program(self.folder / "test_kokkos", tests)
        write_program(self.folder / "device_benchmark", benchmark)

    def run_it(self, *words):
        path = f"{self.folder / 'tools'}:{os.environ['PATH']}"
        done = subprocess.run(
            [self.folder / "run", *words],
            stdout=subprocess.PIPE,
            text=True,
            env=dict(os.environ, PATH=path, OMP_WAIT_POLICY="passive", XRDCT_BENCHMARK_SMALL="1"),
        )
        bundle = json.loads((self.folder / "results/bundle.json").read_text())
        return done, {step["name"]: step for step in bundle["steps"]}, bundle

    def test_makes_tables_of_what_programs_measure(self):
        done, steps, bundle = self.run_it()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(steps["tests of kernels"]["reason"], "2 passed ")
        self.assertEqual(steps["ncu"]["status"], "skipped")
        self.assertRegex(done.stdout, "device/u32/there +7000 frames/s")
        self.assertRegex(done.stdout, "decode_blocks +45.00 us per frame")
        table = tables.cards(bundle)
        self.assertIn("pinned to card 50", table)
        self.assertIn("| u32/there | 7000 | 1.5 MB | 30000 | 0.25 | 900 MB |", table)
        self.assertIn("| decode_blocks | 45 |\n| rest | 2 |", table)
        self.assertIn("| memcheck | skipped | these programs run without a card |", table)

    def test_names_tests_that_fail_and_goes_on(self):
        self.make(tests=FAILING)
        done, steps, _ = self.run_it()
        self.assertEqual(done.returncode, 1)
        self.assertEqual(steps["tests of kernels"]["status"], "failed")
        self.assertIn("1 failed: Decoder.Breaks", steps["tests of kernels"]["reason"])
        self.assertEqual(steps["benchmark u32/there"]["status"], "ok")

    def test_a_filter_that_meets_no_test_is_no_success(self):
        self.make(tests="echo '[==========] 0 tests from 0 test suites ran. (0 ms total)'\n")
        done, steps, _ = self.run_it()
        self.assertEqual(done.returncode, 1)
        self.assertEqual(steps["tests of kernels"]["status"], "failed")

    def test_says_why_kernels_do_not_start(self):
        self.make(target="cuda sm_90", benchmark=NO_CARD)
        done, steps, _ = self.run_it()
        self.assertEqual(done.returncode, 1)
        self.assertIn("expected a card, found none", steps["start"]["reason"])
        self.assertEqual(steps["tests of kernels"]["reason"], "the kernels do not start here")

    def test_ends_what_hangs_and_goes_on(self):
        self.make(tests="echo '[ RUN      ] Decoder.Waits'; sleep 100\n")
        done, steps, _ = self.run_it("--seconds", "20")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(steps["tests of kernels"]["reason"], r"ended after .*Decoder\.Waits")
        self.assertEqual(steps["benchmark u32/there"]["status"], "ok")

    def test_does_not_count_tools_that_refuse_a_machine(self):
        self.make(target="cuda sm_90")
        refusal = "echo '========= Error: Device not supported'; exit 1\n"
        write_program(self.folder / "tools/compute-sanitizer", refusal)
        write_program(self.folder / "tools/ncu", NCU)
        done, steps, bundle = self.run_it()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(steps["memcheck"]["status"], "skipped")
        self.assertIn("Device not supported", steps["memcheck"]["reason"])
        table = tables.cards(bundle)
        self.assertIn("| DecodeBlocks | 45.5 us |", table)
        self.assertIn("| ReadValues | 16.5 us |", table)

    def test_takes_some_steps_alone(self):
        _, steps, _ = self.run_it("--only", "copies,golden")
        self.assertEqual(list(steps), ["start", "benchmark copies"])

    def test_runs_the_programs_of_this_build(self):
        for program in PROGRAMS:
            (self.folder / program.name).unlink()
            (self.folder / program.name).symlink_to(program)
        filters = ["--only", "copies,kernels,u16", "--tests", "*Decoder*"]
        done, steps, bundle = self.run_it(*filters)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("passed", steps["tests of kernels"]["reason"])
        table = tables.cards(bundle)
        self.assertIn("| decode_blocks | ", table)
        self.assertIn("| multiply_rows | ", table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", nargs="+", type=pathlib.Path)
    options, rest = parser.parse_known_args()
    PROGRAMS = options.programs
    unittest.main(argv=[sys.argv[0], *rest])
