"""What others need for one frame: pyFAI, bslz4_to_sparse, and HDF5's own decoding. Everything is
built beforehand; a call does one frame."""

import bslz4_to_sparse
import h5py
import hdf5plugin  # noqa: F401  registers the filter
import numpy as np
import pyFAI

try:
    import bitshuffle
except ImportError:
    bitshuffle = None

DATASET = "/entry/data"


class ReadByH5py:
    """Decoding by HDF5 and the filter of hdf5plugin."""

    name = "h5py + hdf5plugin"

    def __init__(self, path):
        self.data = h5py.File(path, "r")[DATASET]
        self.frame = np.empty(self.data.shape[1:], self.data.dtype)

    def __call__(self, index):
        self.data.read_direct(self.frame, np.s_[index])
        return self.frame


class ReadByBitshuffle:
    """The stored chunk, decoded by the bitshuffle package."""

    name = "direct chunk + bitshuffle"
    header = 12  # bytes: size of the frame, size of a block

    def __init__(self, path):
        self.data = h5py.File(path, "r")[DATASET]

    def __call__(self, index):
        _, chunk = self.data.id.read_direct_chunk((index, 0, 0))
        elements = int.from_bytes(chunk[8:12], "big") // self.data.dtype.itemsize
        return bitshuffle.decompress_lz4(
            np.frombuffer(chunk, np.uint8, offset=self.header),
            self.data.shape[1:],
            self.data.dtype,
            elements,
        )


def readers(path):
    return [ReadByH5py(path)] + ([ReadByBitshuffle(path)] if bitshuffle else [])


class PyFai:
    """integrate1d with a matrix that is there already; the mask is the detector's, so that
    nothing is looked up per frame."""

    def __init__(self, read, poni, bins, method):
        self.read = read
        self.name = f"pyFAI {'/'.join(method)}, {read.name}"
        self.integrator = pyFAI.load(str(poni))
        self.arguments = dict(
            npt=bins,
            unit="q_nm^-1",
            method=method,
            error_model="poisson",
            correctSolidAngle=True,
            safe=False,
        )

    def __call__(self, index):
        result = self.integrator.integrate1d(self.read(index), **self.arguments)
        return result.radial, result.intensity, result.sem


class PyFaiSigmaClip(PyFai):
    """sigma_clip_ng with its defaults of threshold and cycles, no splitting, azimuthal errors."""

    def __init__(self, read, poni, bins, method):
        super().__init__(read, poni, bins, method)
        self.name = f"pyFAI sigma_clip_ng {'/'.join(method)}, {read.name}"
        self.arguments["error_model"] = "azimuthal"

    def __call__(self, index):
        result = self.integrator.sigma_clip_ng(
            self.read(index).astype(np.float32), **self.arguments
        )
        return result.radial, result.intensity, result.sem


def pyfai_engines(read, poni, bins, clips):
    if clips:
        return [
            PyFaiSigmaClip(read, poni, bins, ("no", "csr", "cython"))
        ]  # the only one of its Cython engines that clips
    return [
        PyFai(read, poni, bins, ("bbox", algorithm, "cython"))
        for algorithm in ("csr", "csc", "histogram")
    ]


class Bslz4ToSparse:
    """Fused decoding and product with pyFAI's CSC matrix: the sum of the counts alone, no
    errors."""

    name = "bslz4_to_sparse, CSC, sum alone"

    def __init__(self, path, poni, bins, first_frame):
        self.data = h5py.File(path, "r")[DATASET]
        integrator = pyFAI.load(str(poni))
        method = ("bbox", "csc", "cython")
        integrator.integrate1d(
            first_frame, bins, unit="q_nm^-1", method=method, error_model="poisson"
        )
        engine = next(e.engine for m, e in integrator.engines.items() if m.algo_lower == "csc")
        mask = (integrator.detector.mask == 0).astype(np.uint8)
        self.product = bslz4_to_sparse.chunk2sparseCSC(mask, engine, dtype=self.data.dtype)
        self.no_pixel_is_above = np.iinfo(np.int32).max

    def __call__(self, index):
        _, chunk = self.data.id.read_direct_chunk((index, 0, 0))
        _, _, sums = self.product(chunk, self.no_pixel_is_above)
        return sums
