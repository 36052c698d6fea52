"""The formulas of benchmarks/scaling/model.py on numbers that are easy to check by hand."""

import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks" / "scaling"))
import model  # noqa: E402

MEASURED = model.Measured(
    core_s_per_frame=0.01, write_s_per_byte=1e-8, start_s=2.0, node_efficiency=0.5, stored_bytes=1e6
)
CLUSTER = model.Cluster(
    "c",
    cores_per_node=8,
    ranks_per_node=2,
    read_rate=4e9,
    write_rate=2e9,
    link_rate=1e9,
    collective_s=0.001,
)
CAMPAIGN = model.Campaign(
    "s", height=4, slow=64, fast=100, bytes_out=1000
)  # blocks of 4 lines, 400 frames: 64 blocks


class Model(unittest.TestCase):
    def test_blocks_are_those_of_the_program(self):
        self.assertEqual(
            (CAMPAIGN.frames, CAMPAIGN.lines_per_block, CAMPAIGN.blocks), (25600, 4, 64)
        )
        self.assertEqual(model.Campaign("", 3, 10, 7).blocks, 30)  # 1 line
        self.assertEqual(
            model.Campaign("", 2, 1001, 7).blocks, 252
        )  # 8 lines, the last block shorter

    def test_two_nodes_reduce_for_longest(self):
        row = model.predict(MEASURED, CLUSTER, CAMPAIGN, 2)  # 4 ranks of 4 threads, 16 rounds
        self.assertAlmostEqual(row["reduce"], 16 * 400 * 0.01 / (4 * 0.5))
        self.assertAlmostEqual(row["read"], 25600e6 / 2e9)  # two links
        self.assertAlmostEqual(row["network"], 16 * 0.002 + 25.6e6 / 2e9)
        self.assertAlmostEqual(
            row["write"], 25.6e6 * 1e-8 / 4
        )  # packing is slower than the file system
        self.assertAlmostEqual(row["start"], 2.002)
        self.assertAlmostEqual(row["wall"], 2.002 + 32.0 + row["network"] + row["write"])
        self.assertEqual(row["limit"], "reduce")

    def test_many_nodes_wait_for_the_file_system(self):
        row = model.predict(MEASURED, CLUSTER, CAMPAIGN, 8)
        self.assertAlmostEqual(row["read"], 25600e6 / 4e9)
        self.assertAlmostEqual(row["reduce"], 4 * 400 * 0.01 / 2)
        few_bytes = model.dataclasses.replace(MEASURED, write_s_per_byte=0.0)
        self.assertAlmostEqual(
            model.predict(few_bytes, CLUSTER, CAMPAIGN, 8)["write"], 25.6e6 / 2e9
        )

    def test_more_ranks_than_blocks_do_not_help(self):
        rows = [model.predict(MEASURED, CLUSTER, CAMPAIGN, nodes) for nodes in (32, 64)]
        self.assertEqual(rows[0]["reduce"], rows[1]["reduce"])
        fast = model.dataclasses.replace(MEASURED, stored_bytes=1.0)
        self.assertEqual(
            model.predict(fast, CLUSTER, CAMPAIGN, 64)["limit"],
            "blocks" if rows[1]["reduce"] > rows[1]["start"] else "start",
        )

    def test_slices_are_read_reconstructed_and_written_one_after_the_other(self):
        slices = model.Slices("s", 10, 30, 20, channels=100, core_s_per_slice=0.01)
        self.assertEqual((slices.units, slices.slices), (20, 1000))
        row = model.predict_slices(slices, CLUSTER, 2, start_s=1.0)  # 4 ranks of 4 threads
        self.assertAlmostEqual(row["read"], 1000 * 600 * 20 / 2e9)
        self.assertAlmostEqual(row["reconstruct"], 5 * 64 * 0.01 / 4)
        self.assertAlmostEqual(row["write"], 1000 * 400 * 8 / 2e9)
        self.assertAlmostEqual(
            row["wall"], 1.002 + row["read"] + row["reconstruct"] + row["write"]
        )
        self.assertEqual(row["limit"], "start")

    def test_parameters_come_from_the_figures(self):
        seconds = dict(setup=1.5, write=0.5, close=0.1)
        strong = dict(
            kind="strong",
            ranks=1,
            threads=1,
            frames=100,
            loop_s=2.6,
            stored_bytes=5e8,
            seconds=seconds,
            frames_per_s=40,
            efficiency=1.0,
        )
        weak = dict(strong, kind="weak", threads=2, efficiency=0.9)
        found = model.measured_of(dict(scaling=[strong, dict(strong, kind="weak"), weak]))
        self.assertAlmostEqual(found.core_s_per_frame, 0.02)
        self.assertAlmostEqual(found.write_s_per_byte, 0.5 / (100 * 12000))
        self.assertEqual(
            (found.start_s, found.node_efficiency, found.stored_bytes), (1.6, 0.9, 5e6)
        )


if __name__ == "__main__":
    unittest.main()
