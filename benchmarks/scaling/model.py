"""What a campaign takes on a cluster: a model of reading, reducing, network and writing, and one of
the slices of its sinograms; their measured parameters, and assumptions. See docs/scaling.md."""

import argparse
import dataclasses
import json
import math
import pathlib
import sys

NODES = (8, 16, 32, 64, 128, 256, 512, 1024)


@dataclasses.dataclass(frozen=True)
class Measured:
    """What `measure.py` finds on one machine."""

    core_s_per_frame: float  # decoding, reducing and all else of the loop but writing, one core
    write_s_per_byte: float  # of one rank: packing and handing over, page cache
    start_s: float  # before the first frame and after the last
    node_efficiency: float  # of all cores of a node beside one
    stored_bytes: float  # of a frame


@dataclasses.dataclass(frozen=True)
class Cluster:
    """Assumed; rates in bytes per second."""

    name: str
    cores_per_node: int = 64
    ranks_per_node: int = 4
    read_rate: float = 50e9  # of the whole file system
    write_rate: float = 30e9
    link_rate: float = 10e9  # of a node
    collective_s: float = 50e-6  # a step of a collective call; it has log2(ranks) of them


@dataclasses.dataclass(frozen=True)
class Campaign:
    """A scan: places of height × slow × fast, and what is written of each."""

    name: str
    height: int
    slow: int
    fast: int
    bytes_out: int = 12000  # of a frame: 1000 bins of intensity, error and count, float32

    @property
    def frames(self):
        return self.height * self.slow * self.fast

    @property
    def lines_per_block(self):
        return min(max(self.slow // 16, 1), 8)

    @property
    def blocks(self):
        return self.height * math.ceil(self.slow / self.lines_per_block)


def predict(measured, cluster, campaign, nodes):
    """
    Seconds of each part, and of all:

        reduce   rounds · frames of a block · core_s_per_frame / (threads of a rank · node_efficiency)      rounds = ⌈blocks/ranks⌉
        read     frames · stored bytes / min(read rate, nodes · link rate)
        network  rounds · collective_s · log2(ranks) + bytes out / (nodes · link rate)                      what a collective write exchanges
        write    max(bytes out / min(write rate, nodes · link rate), bytes out · write_s_per_byte / busy ranks)
        start    start_s + collective_s · log2(ranks)
        wall     start + max(read, reduce) + network + write

    Reading overlaps with reducing; writing is counted as if it overlapped with nothing.
    """
    ranks = nodes * cluster.ranks_per_node
    rounds = math.ceil(campaign.blocks / ranks)
    busy = min(ranks, campaign.blocks)
    of_block = campaign.lines_per_block * campaign.fast
    threads = cluster.cores_per_node / cluster.ranks_per_node
    out = campaign.frames * campaign.bytes_out
    links = nodes * cluster.link_rate
    steps = cluster.collective_s * math.log2(ranks)
    parts = dict(
        start=measured.start_s + steps,
        read=campaign.frames * measured.stored_bytes / min(cluster.read_rate, links),
        reduce=rounds * of_block * measured.core_s_per_frame / (threads * measured.node_efficiency),
        network=rounds * steps + out / links,
        write=max(out / min(cluster.write_rate, links), out * measured.write_s_per_byte / busy),
    )
    wall = parts["start"] + max(parts["read"], parts["reduce"]) + parts["network"] + parts["write"]
    largest = max(parts, key=parts.get)
    limit = "blocks" if largest == "reduce" and ranks > campaign.blocks else largest
    return dict(nodes=nodes, **parts, wall=wall, frames_per_s=campaign.frames / wall, limit=limit)


@dataclasses.dataclass(frozen=True)
class Slices:
    """Slices of all heights, with errors; side × side voxels from projections × side samples."""

    name: str
    heights: int
    projections: int
    side: int
    channels: int = 1000
    core_s_per_slice: float = 13.8e-3  # measured, with all of the program but waiting for files

    CHANNELS_OF_UNIT = 64

    @property
    def units(self):
        return self.heights * math.ceil(self.channels / self.CHANNELS_OF_UNIT)

    @property
    def slices(self):
        return self.heights * self.channels

    @property
    def bytes_in(self):
        """Looked at: intensity, error and count; reconstructed: intensity and error."""
        return self.slices * self.projections * self.side * 4 * 5

    @property
    def bytes_out(self):
        """Intensity and error."""
        return self.slices * self.side**2 * 4 * 2


def predict_slices(slices, cluster, nodes, start_s=1.8):
    """
    Seconds of each part, and of all:

        read         bytes in / min(read rate, nodes · link rate)
        reconstruct  rounds · channels of a unit · core_s_per_slice / threads of a rank      rounds = ⌈units/ranks⌉
        write        bytes out / min(write rate, nodes · link rate)
        start        start_s + collective_s · log2(ranks)
        wall         start + read + reconstruct + write: nothing overlaps within a rank
    """
    ranks = nodes * cluster.ranks_per_node
    rounds = math.ceil(slices.units / ranks)
    links = nodes * cluster.link_rate
    threads = cluster.cores_per_node / cluster.ranks_per_node
    parts = dict(
        read=slices.bytes_in / min(cluster.read_rate, links),
        reconstruct=rounds * slices.CHANNELS_OF_UNIT * slices.core_s_per_slice / threads,
        write=slices.bytes_out / min(cluster.write_rate, links),
        start=start_s + cluster.collective_s * math.log2(ranks),
    )
    return dict(
        nodes=nodes, **parts, wall=sum(parts.values()), limit=max(parts, key=parts.get)
    )


def measured_of(report):
    """The parameters from the figures of `measure.py`."""
    one = next(row for row in report["scaling"] if row["kind"] == "strong")
    most = max(
        (row for row in report["scaling"] if row["kind"] == "weak"),
        key=lambda row: (row["ranks"] * row["threads"], row["frames_per_s"]),
    )
    seconds = one["seconds"]
    writing = seconds["write"] + seconds["close"]
    return Measured(
        core_s_per_frame=(one["loop_s"] - writing) / one["frames"],
        write_s_per_byte=seconds["write"] / (one["frames"] * Campaign("", 1, 1, 1).bytes_out),
        start_s=seconds["setup"] + seconds["close"],
        node_efficiency=min(most["efficiency"], 1.0),
        stored_bytes=one["stored_bytes"] / one["frames"],
    )


CLUSTERS = (
    Cluster("50 GB/s"),
    Cluster("500 GB/s", read_rate=500e9, write_rate=300e9, link_rate=20e9),
)
CAMPAIGNS = (
    Campaign("1 M Eiger-4M frames", 25, 200, 200),
    Campaign("96 M Pilatus-2M frames", 300, 400, 800),
)


SLICES = Slices("400 heights of 400² voxels from 600 projections", 400, 600, 400)


def seconds_text(seconds):
    if seconds < 100:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def table(measured, cluster, campaign, nodes=NODES):
    """Markdown."""
    parts = ("read", "reduce", "network", "write", "start", "wall")
    lines = ["| nodes | " + " | ".join(parts) + " | frames/s | longest |", "|---" * 9 + "|"]
    for n in nodes:
        row = predict(measured, cluster, campaign, n)
        lines.append(
            f"| {n} | "
            + " | ".join(seconds_text(row[part]) for part in parts)
            + f" | {row['frames_per_s']:.0f} | {row['limit']} |"
        )
    return "\n".join(lines)


def table_of_slices(slices, clusters, nodes=NODES):
    """Markdown."""
    parts = ("read", "reconstruct", "write", "start", "wall")
    lines = [
        "| file system | nodes | " + " | ".join(parts) + " | longest |",
        "|---" * (len(parts) + 3) + "|",
    ]
    for cluster in clusters:
        for n in nodes:
            row = predict_slices(slices, cluster, n)
            cells = " | ".join(seconds_text(row[part]) for part in parts)
            lines.append(f"| {cluster.name} | {n} | {cells} | {row['limit']} |")
    return "\n".join(lines)


def draw(path, measured, clusters, campaigns, nodes=NODES):
    """One panel per campaign: wall time over nodes for every cluster, and reducing alone."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(
        1, len(campaigns), figsize=(5.5 * len(campaigns), 4), squeeze=False
    )
    for panel, campaign in zip(panels[0], campaigns):
        for cluster in clusters:
            rows = [predict(measured[campaign.name], cluster, campaign, n) for n in nodes]
            (line,) = panel.loglog(
                nodes, [row["wall"] for row in rows], "o-", label=f"file system {cluster.name}: all"
            )
            panel.loglog(
                nodes, [row["read"] for row in rows], ":", color=line.get_color(), label="… reading"
            )
        panel.loglog(nodes, [row["reduce"] for row in rows], "k--", label="decoding and reducing")
        panel.set(
            title=campaign.name, xlabel="nodes", ylabel="seconds", xticks=nodes, xticklabels=nodes
        )
        panel.minorticks_off()
        panel.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def tables(measured, clusters, campaigns):
    """Name → Markdown: the parameters, and the prediction of every campaign."""
    fields = (
        ("core_s_per_frame", "ms", 1e3),
        ("stored_bytes", "MB", 1e-6),
        ("write_s_per_byte", "ns", 1e9),
        ("start_s", "s", 1),
        ("node_efficiency", "", 1),
    )
    lines = ["| measured | " + " | ".join(measured) + " |", "|---" * (len(measured) + 1) + "|"]
    lines += [
        f"| `{field}` | "
        + " | ".join(f"{getattr(m, field) * scale:.3g} {unit}".strip() for m in measured.values())
        + " |"
        for field, unit, scale in fields
    ]
    found = dict(model_parameters="\n".join(lines))
    for number, campaign in enumerate(campaigns, 1):
        parts = [
            f"**{campaign.name}** ({campaign.height} × {campaign.slow} × {campaign.fast},"
            f" {campaign.blocks} blocks), file system {cluster.name}\n\n"
            + table(measured[campaign.name], cluster, campaign)
            for cluster in clusters
        ]
        found[f"model_campaign_{number}"] = "\n\n".join(parts)
    found["model_slices"] = table_of_slices(SLICES, clusters, (8, 64, 512))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--eiger", type=pathlib.Path, required=True, help="figures of measure.py for an Eiger 4M"
    )
    parser.add_argument(
        "--pilatus", type=pathlib.Path, required=True, help="figures of measure.py for a Pilatus 2M"
    )
    parser.add_argument("--plot", type=pathlib.Path, help="PNG; needs matplotlib")
    parser.add_argument("--cores-per-node", type=int, default=Cluster("").cores_per_node)
    options = parser.parse_args()
    files = (options.eiger, options.pilatus)
    measured = {
        campaign.name: measured_of(json.loads(file.read_text()))
        for campaign, file in zip(CAMPAIGNS, files)
    }
    clusters = [
        dataclasses.replace(cluster, cores_per_node=options.cores_per_node) for cluster in CLUSTERS
    ]
    print("\n\n".join(tables(measured, clusters, CAMPAIGNS).values()))
    if options.plot:
        draw(options.plot, measured, clusters, CAMPAIGNS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
