"""Makes a scan of Eiger 4M frames as a beamline stores them: uint32 or uint16, one
bitshuffle-LZ4 chunk per frame, gaps all ones."""

import h5py
import hdf5plugin
import numpy as np
import pyFAI.detectors
import pyFAI.geometry

DETECTOR = "Eiger4M"
PIXELS = {"u32": np.dtype("u4"), "u16": np.dtype("u2")}
GEOMETRY = dict(
    dist=0.2, poni1=0.0805, poni2=0.0772, rot1=0.011, rot2=-0.006, rot3=0.002, wavelength=2.0e-11
)
RINGS_NM = (
    20.1,
    23.2,
    32.8,
    38.5,
    40.2,
    46.4,
    50.6,
    51.9,
    56.8,
)  # q of the first rings of CeO2 [nm^-1]


def write_poni(path):
    lines = ["poni_version: 2.1", f"Detector: {DETECTOR}", 'Detector_config: {"orientation": 3}']
    names = dict(
        dist="Distance",
        poni1="Poni1",
        poni2="Poni2",
        rot1="Rot1",
        rot2="Rot2",
        rot3="Rot3",
        wavelength="Wavelength",
    )
    lines += [f"{name}: {GEOMETRY[key]!r}" for key, name in names.items()]
    path.write_text("\n".join(lines) + "\n")


def expected_counts():
    """Photons per pixel: a background that falls with q, and rings on it. [row][column]"""
    detector = pyFAI.detectors.detector_factory(DETECTOR)
    q = pyFAI.geometry.Geometry(detector=detector, **GEOMETRY).center_array(
        detector.shape, unit="q_nm^-1", scale=True
    )
    counts = 1.7 + 18.0 * np.exp(-q / 18.0)
    for ring in RINGS_NM:
        counts += 12.0 * np.exp(-ring / 40.0) * np.exp(-0.5 * ((q - ring) / 0.12) ** 2)
    return counts, detector.mask.astype(bool)


def spots(shape, number, random):
    """Bragg spots of 3 × 3 pixels, 10 to 100 000 counts at the centre. [row][column]"""
    image = np.zeros(shape, "u4")
    for row, column, decades in zip(
        random.integers(1, shape[0] - 1, number),
        random.integers(1, shape[1] - 1, number),
        random.uniform(1, 5, number),
    ):
        image[row - 1 : row + 2, column - 1 : column + 2] += (
            10**decades * np.array([[0.1, 0.25, 0.1], [0.25, 1.0, 0.25], [0.1, 0.25, 0.1]])
        ).astype("u4")
    return image


def encoded_frames(number, scratch, pixel, spots_per_frame, seed):
    """Stored bytes of `number` different frames."""
    largest = np.iinfo(PIXELS[pixel]).max
    counts, gaps = expected_counts()
    random = np.random.default_rng(seed)
    with h5py.File(scratch, "w") as file:
        data = file.create_dataset(
            "data",
            (number,) + counts.shape,
            PIXELS[pixel],
            chunks=(1,) + counts.shape,
            **hdf5plugin.Bitshuffle(nelems=0, cname="lz4"),
        )
        for i in range(number):
            frame = random.poisson(counts).astype("u4") + spots(
                counts.shape, spots_per_frame, random
            )
            frame = np.minimum(
                frame, largest - 2
            )  # the two largest values are the detector's marks
            frame[gaps] = largest
            data[i] = frame
        chunks = [data.id.read_direct_chunk((i, 0, 0)) for i in range(number)]
    scratch.unlink()
    return counts.shape, [bytes(chunk) for _, chunk in chunks]


def write_scan(path, frames, shape, pixel, chunks):
    """A file of `frames` frames; the different ones are repeated, each stored in full. Returns
    its compressed bytes."""
    with h5py.File(path, "w", libver=("earliest", "v110")) as file:  # what HDF5 1.10 reads
        entry = file.create_group("entry")
        data = entry.create_dataset(
            "data",
            (frames,) + shape,
            PIXELS[pixel],
            chunks=(1,) + shape,
            **hdf5plugin.Bitshuffle(nelems=0, cname="lz4"),
        )
        for i in range(frames):
            data.id.write_direct_chunk((i, 0, 0), chunks[i % len(chunks)])
    return sum(len(chunks[i % len(chunks)]) for i in range(frames))
