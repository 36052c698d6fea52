"""The tables of benchmarks/tables.py from small reports."""

import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks"))
import tables  # noqa: E402


def run(name, aggregate=None, **figures):
    return dict(run_name=name, **({"aggregate_name": aggregate} if aggregate else {}), **figures)


class Tables(unittest.TestCase):
    def test_medians_are_taken_of_repeats_and_single_runs(self):
        report = dict(
            benchmarks=[
                run("a/manual_time", "mean", real_time=1),
                run("a/manual_time", "median", real_time=2),
                run("b", real_time=3),
                run("c", error_occurred=True),
            ]
        )
        self.assertEqual(
            {name: r["real_time"] for name, r in tables.medians(report).items()}, {"a": 2, "b": 3}
        )

    def test_reductions_are_told_relative_to_the_yardstick(self):
        report = dict(
            benchmarks=[
                run(
                    "methods/mean",
                    over_plain_decoding=0.876,
                    items_per_second=400.0,
                    memory_MB=1234.5,
                )
            ]
        )
        self.assertEqual(
            tables.reduce(report).splitlines()[-1], "| methods/mean | 0.88 | 2.5 ms | 1230 MB |"
        )

    def test_slices_are_told_with_the_limits_of_the_core(self):
        figures = dict(ms_per_channel=3.86, GF_per_s=81.4, over_peak=0.4213, over_cache=0.2751)
        limits = dict(peak_GF_per_s=193.2, cache_GB_per_s=192.4)
        text = tables.slices(dict(benchmarks=[run("fbp/manual_time", **figures, **limits)]))
        self.assertIn("| fbp | 3.86 ms | 81.4 | 0.42 | 0.28 |", text)
        self.assertIn("193 GF/s; its L2 cache: 192 GB/s", text)

    def test_other_programs_stand_beside_what_they_do(self):
        samples = {
            "fbp": [4.0],
            "sirt_iteration/strip": [10.0],
            "ASTRA SIRT strip": [1700.0, 1800.0, 1900.0],
            "algotom FBP": [120.0],
        }
        text = tables.peers_slices(samples)
        self.assertIn("| xrdct fbp | 4 ms |  |", text)
        self.assertIn("| ASTRA SIRT strip | 1800 ms | 180 |", text)
        self.assertIn("| algotom FBP | 120 ms | 30 |", text)

    def test_sweep_names_what_is_slower(self):
        rival = dict(name="spmm", ratio=0.5, lowest=0.4, highest=0.6, pairs=11)
        case = dict(
            name="1M",
            fused_ms=1.0,
            memory_MB=2.0,
            rivals=[rival, dict(rival, name="image", ratio=1.06)],
        )
        text = tables.sweep(dict(cases=[case]))
        self.assertIn("| 1M | 1 ms | 2 MB | 0.50 (0.40–0.60, 11) | 1.06 (0.40–0.60, 11) |  |", text)
        self.assertTrue(text.endswith("slower by more than 5 %: 1M beside image: 1.06."))

    def test_only_measured_tables_are_replaced(self):
        text = (
            "x\n<!-- figures: a -->\nold\n<!-- end -->\ny\n<!-- figures: b -->\nkept\n<!-- end"
            " -->\n"
        )
        self.assertEqual(tables.updated(text, dict(a="new")), text.replace("old", "new"))


if __name__ == "__main__":
    unittest.main()
