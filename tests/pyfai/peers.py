"""The two programs: the same setting, the same images, the same names of what comes out."""

import logging
import subprocess
import warnings
from pathlib import Path

import h5py
import numpy as np

import images

warnings.filterwarnings("ignore")
from pyFAI.detectors import Detector  # noqa: E402
from pyFAI.integrator.azimuthal import AzimuthalIntegrator  # noqa: E402

logging.disable(logging.CRITICAL)


class NoPixel(Exception):
    """The program refuses a reduction in which no pixel takes part."""


SUMS = ("sum_signal", "sum_variance", "sum_normalization", "sum_normalization2", "count")
SPLITTINGS = {"no": "none", "bbox": "bounding_box", "full": "full"}


class Prepared:
    """An integrator of pyFAI with its images; pixels that the contract leaves out are masked in
    both programs."""

    def __init__(self, setting):
        self.setting = setting
        detector = setting.detector
        if detector == "Detector":
            detector = Detector(
                150e-6, 100e-6, max_shape=setting.shape, orientation=setting.orientation
            )
        self.ai = AzimuthalIntegrator(detector=detector, **setting.calibration)
        if setting.detector != "Detector" and setting.orientation != 3:
            from pyFAI.detectors import detector_factory

            self.ai.detector = detector_factory(
                setting.detector, {"orientation": setting.orientation}
            )
        ai = self.ai
        # First of all the exact positions: polarization would leave rounded ones in the same cache.
        self.radial = ai.center_array(unit=setting.unit, scale=True)
        ai.center_array(unit="2th_rad", scale=False)
        self.chi = np.degrees(ai.center_array(unit="chi_rad", scale=False))
        self.images = images.make(setting, self.radial, ai.detector.mask)
        self.unused = np.zeros(self.radial.shape, bool)
        self.left_out_pixels = 0
        if setting.splitting != "no" and (setting.azimuth_range or setting.azimuthal_bins):
            self.leave_out(self.across_borders())
        if "mask" in self.images:
            self.unused |= self.images["mask"]
        if ai.detector.mask is not None:
            self.unused |= ai.detector.mask != 0
        self.radial_range = None
        if setting.radial_fraction:
            used = self.radial[~self.unused]
            low, high = used.min(), used.max()
            self.radial_range = tuple(
                float(low + f * (high - low)) for f in setting.radial_fraction
            )

    def leave_out(self, pixels):
        self.left_out_pixels = int(pixels.sum())
        self.unused |= pixels

    def across_borders(self):
        """Pixels across an end of the azimuth range or of the axis of a cake: pyFAI takes the
        whole pixel, or folds it; and those near the beam."""
        setting, ai = self.setting, self.ai
        # The corners of the unit first, as integrate2d does: the widths in χ are made from those
        # that are there.
        if setting.azimuthal_bins:
            ai.delta_array(unit=setting.unit, scale=False)
        half = np.degrees(ai.deltaChi()) + 1e-3
        borders = setting.azimuth_range or (-180.0, 180.0)
        across = np.zeros(self.chi.shape, bool)
        for border in borders:
            across |= np.abs((self.chi - border + 180) % 360 - 180) <= half
        if setting.azimuthal_bins:
            across |= half > (30 if setting.splitting == "bbox" else 5)
        return across

    def bins_at_an_end(self, axis):
        """Bins that a pixel across an end of the radial range reaches; with full splitting pyFAI
        divides it by what is inside, in all of its bins."""
        if self.setting.splitting != "full":
            return 1
        widest = 2 * self.ai.delta_array(unit=self.setting.unit, scale=True)[~self.unused].max()
        return 1 + int(np.ceil(widest / (axis[1] - axis[0])))

    def dummy(self):
        """Values that are no measurements, as pyFAI is told: the ones that xrdct takes for such."""
        if self.setting.invalid is not None:
            return self.setting.invalid, 0.0
        return {"int32": (-2.0, 1.5), "uint16": (65534.5, 0.6), "float32": (-1e30, 0.0)}[
            self.setting.dtype
        ]

    def run_pyfai(self):
        s, made = self.setting, self.images
        dummy, delta = self.dummy()
        options = dict(
            unit=s.unit,
            method=(s.splitting, "csr", "cython"),
            mask=self.unused.astype(np.int8),
            dark=made.get("dark"),
            flat=made.get("flat"),
            polarization_factor=s.polarization,
            correctSolidAngle=s.solid_angle,
            normalization_factor=s.normalization_factor,
            dummy=dummy,
            delta_dummy=delta,
        )
        if s.error_model == "variance":
            options["variance"] = made["variance"]
        elif s.error_model != "none":
            options["error_model"] = s.error_model
        frame = made["frame"].astype(np.float32)
        if s.method == "sigma_clip":
            result = self.ai.sigma_clip_ng(
                frame, s.bins, thres=s.threshold, max_iter=s.cycles, **options
            )
        elif s.method in ("median", "quantile_mean"):
            percentile = 50 if s.method == "median" else tuple(100 * q for q in s.quantiles)
            result = self.ai.medfilt1d_ng(frame, s.bins, percentile=percentile, **options)
        elif s.azimuthal_bins:
            result = self.ai.integrate2d(
                frame, s.bins, s.azimuthal_bins, radial_range=self.radial_range, **options
            )
        else:
            result = self.ai.integrate1d(
                frame,
                s.bins,
                radial_range=self.radial_range,
                azimuth_range=s.azimuth_range,
                **options,
            )
        found = {
            name: getattr(result, name, None)
            for name in SUMS + ("radial", "intensity", "sem", "std")
        }
        if s.azimuthal_bins:
            found["azimuthal"] = result.azimuthal
        return {
            name: np.asarray(value, np.float64)
            for name, value in found.items()
            if value is not None
        }

    def run_xrdct(self, program, folder, azimuthal_axis):
        s, made = self.setting, self.images
        folder = Path(folder)
        poni, output = folder / "setting.poni", folder / "result.h5"
        poni.unlink(missing_ok=True)
        self.ai.save(str(poni))
        arguments = [
            program,
            "integrate",
            self.store(folder, "frame"),
            "--poni",
            poni,
            "-o",
            output,
            "--unit",
            s.unit,
            "--bins",
            s.bins,
        ]
        arguments += [
            "--splitting",
            SPLITTINGS[s.splitting],
            "--method",
            s.method,
            "--error-model",
            s.error_model,
            "--engine",
            s.engine,
        ]
        if s.error_model != "none":
            arguments += ["--std"]
        np.save(folder / "mask.npy", self.unused.astype(np.uint8))
        arguments += ["--mask", folder / "mask.npy"]
        for name in ("dark", "flat", "variance"):
            if name in made:
                arguments += [f"--{name}", self.store(folder, name)]
        if s.method == "sigma_clip":
            arguments += ["--threshold", s.threshold, "--cycles", s.cycles]
        if s.method == "quantile_mean":
            arguments += ["--quantiles", *s.quantiles]
        if s.invalid is not None:
            arguments += ["--invalid", s.invalid]
        if s.polarization is not None:
            arguments += [f"--polarization={s.polarization!r}"]
        if not s.solid_angle:
            arguments += ["--no-solid-angle"]
        if s.normalization_factor != 1.0:
            arguments += ["--normalization-factor", repr(s.normalization_factor)]
        if self.radial_range:
            arguments += ["--radial-range", *(repr(v) for v in self.radial_range)]
        if s.azimuth_range:
            arguments += ["--azimuth-range", *(repr(v) for v in s.azimuth_range)]
        if s.azimuthal_bins:
            half = (azimuthal_axis[-1] - azimuthal_axis[0]) / (len(azimuthal_axis) - 1) / 2
            # Without splitting the lowest centre lies on the border: a little below it.
            ends = (
                azimuthal_axis[0] - half - (2e-9 if s.splitting == "no" else 0),
                azimuthal_axis[-1] + half,
            )
            arguments += [
                "--pattern",
                "cake",
                "--azimuthal-bins",
                s.azimuthal_bins,
                "--azimuth-range",
                *(repr(float(v)) for v in ends),
            ]
        done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True)
        if (
            done.returncode == 2
            and "cannot make the reduction mean: expected pixels in" in done.stderr
        ):
            raise NoPixel(done.stderr)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(str(a) for a in arguments)}\n{done.stderr}")
        with h5py.File(output) as file:
            result, frames = file["entry/result"], file["entry/frames"]
            found = {
                name: result[name][()].astype(np.float64)
                for name in SUMS + ("pixels", "radial_axis")
            }
            for ours, theirs in (
                ("I", "intensity"),
                ("I_errors", "sem"),
                ("std", "std"),
                ("azimuthal_axis", "azimuthal"),
            ):
                if ours in result:
                    found[theirs] = result[ours][()].astype(np.float64)
            tally = [
                int(np.asarray(frames[name][()]).sum())
                for name in ("used", "masked", "invalid", "out_of_range", "rejected")
            ]
        found["radial"] = found.pop("radial_axis")
        if sum(tally) != self.radial.size:
            raise RuntimeError(f"{sum(tally)} pixels counted, {self.radial.size} there are")
        # The sums of pyFAI hold the normalization factor.
        found["sum_normalization"] *= s.normalization_factor
        found["sum_normalization2"] *= s.normalization_factor**2
        return found

    def store(self, folder, name):
        path = folder / f"{name}.npy"
        np.save(path, self.images[name])
        return path
