"""Random settings of one integration: what both programs are told."""

from dataclasses import dataclass, field

import numpy as np

# Names that both programs know; small ones are drawn more often.
DETECTORS = (
    ["Pilatus100k", "Pilatus200k", "Pilatus300k", "Maxipix1x1", "Lambda60k", "Detector"] * 4
    + ["Eiger2_250k", "Lambda250k", "ImXPadS10", "ImXPadS70", "Maxipix2x2", "Pilatus300kw"] * 2
    + ["Eiger500k", "Pilatus1M", "Jungfrau"]
)
FAST_UNITS = ["q_nm^-1", "q_A^-1", "2th_deg", "2th_rad", "r_mm"]
OTHER_UNITS = ["d*2_A^-2", "log(1+q.nm)_None", "arcsinh(q.A)_None", "r_m"]


@dataclass
class Setting:
    """One integration. Ranges in the unit and in degrees."""

    number: int
    detector: str
    shape: tuple  #: of a plain detector
    orientation: int
    calibration: dict
    unit: str
    splitting: str  #: no, bbox, full
    method: str  #: mean, sigma_clip, median, quantile_mean
    error_model: str  #: none, poisson, variance, azimuthal, hybrid
    bins: int
    azimuthal_bins: int  #: 0: no cake
    radial_fraction: tuple | None  #: of the whole radial range
    azimuth_range: tuple | None
    quantiles: tuple = (0.5, 0.5)
    threshold: float = 5.0
    cycles: int = 5
    dtype: str = "int32"
    invalid: float | None = None  #: an explicit value that is no measurement
    mask: bool = False
    dark: bool = False
    flat: bool = False
    polarization: float | None = None
    solid_angle: bool = True
    normalization_factor: float = 1.0
    engine: str = "fused"
    seed: int = field(default=0)

    def title(self):
        words = [
            self.detector,
            self.unit,
            self.splitting,
            self.method,
            self.error_model,
            self.dtype,
            self.engine,
        ]
        if self.azimuthal_bins:
            words.append(f"cake {self.bins}x{self.azimuthal_bins}")
        for name in ("mask", "dark", "flat"):
            if getattr(self, name):
                words.append(name)
        for name in ("radial_fraction", "azimuth_range", "polarization", "invalid"):
            if getattr(self, name) is not None:
                words.append(f"{name} {getattr(self, name)}")
        if self.orientation != 3:
            words.append(f"orientation {self.orientation}")
        if self.normalization_factor != 1.0:
            words.append(f"factor {self.normalization_factor}")
        return f"setting {self.number}: " + ", ".join(words)


def draw(number, seed):
    """The setting of a number: the same one on every machine."""
    random = np.random.default_rng([seed, number])
    chance = lambda p: bool(random.random() < p)  # noqa: E731
    pick = lambda values: values[int(random.integers(len(values)))]  # noqa: E731

    method = pick(["mean"] * 7 + ["sigma_clip", "sigma_clip", "median", "quantile_mean"])
    cake = method == "mean" and chance(0.3)
    splitting = pick(["no", "bbox", "full"]) if method == "mean" else "no"
    full_cake = (
        cake and splitting == "full"
    )  # large bins: pyFAI approximates the shares of pixels on their borders
    models = {
        "mean": ["none", "poisson", "variance", "azimuthal"],
        "sigma_clip": ["azimuthal", "poisson", "hybrid"],
    }
    model = pick(models.get(method, ["poisson", "variance"]))
    if cake and model == "azimuthal":
        model = "poisson"
    unit = pick(FAST_UNITS * 2 + OTHER_UNITS)
    # pyFAI flips the centres of detectors that are not in orientation 3 twice once it has asked for
    # their corners: those of other units.
    orientation = pick([1, 2, 4]) if unit in FAST_UNITS and chance(0.2) else 3
    detector = pick(DETECTORS)
    if orientation != 3:
        detector = pick(["Detector", "Pilatus100k", "Pilatus300k", "Lambda60k"])
    size = float(random.uniform(0.03, 0.1))
    calibration = dict(
        dist=float(random.uniform(0.05, 0.4)),
        poni1=size * float(random.uniform(-0.3, 1.0)),
        poni2=size * float(random.uniform(-0.3, 1.0)),
        rot1=float(random.normal(0, 0.15)),
        rot2=float(random.normal(0, 0.15)),
        rot3=float(random.uniform(-np.pi, np.pi)) if chance(0.4) else 0.0,
        wavelength=float(random.uniform(0.2e-10, 1.5e-10)),
    )
    center = float(random.uniform(-120, 120))
    width = float(random.uniform(30, 100))
    # Values of a median are to differ: pyFAI leaves the order of equal ones, and of invalid ones,
    # to chance.
    dtype = (
        "float32"
        if method in ("median", "quantile_mean")
        else pick(["int32", "int32", "uint16", "float32"])
    )
    return Setting(
        number=number,
        detector=detector,
        shape=(int(random.integers(60, 400)), int(random.integers(60, 400))),
        orientation=orientation,
        calibration=calibration,
        unit=unit,
        splitting=splitting,
        method=method,
        error_model=model,
        bins=int(
            random.integers(15, 30)
            if full_cake
            else random.integers(30, 60) if cake else random.integers(60, 400)
        ),
        azimuthal_bins=(
            int(random.integers(6, 12) if full_cake else random.integers(6, 40)) if cake else 0
        ),
        radial_fraction=(
            (float(random.uniform(0.05, 0.3)), float(random.uniform(0.6, 0.95)))
            if method == "mean" and chance(0.2)
            else None
        ),
        azimuth_range=(
            (center - width / 2, center + width / 2)
            if not cake and method == "mean" and chance(0.25)
            else None
        ),
        quantiles=(
            (0.5, 0.5)
            if method == "median"
            else (float(random.uniform(0, 0.4)), float(random.uniform(0.6, 1)))
        ),
        threshold=pick([0.0, 3.0, 5.0]),
        cycles=pick([1, 3, 5]),
        dtype=dtype,
        invalid=7.0 if dtype != "float32" and chance(0.2) else None,
        mask=chance(0.5),
        dark=chance(0.3),
        flat=chance(0.3),
        polarization=float(random.uniform(-1, 1)) if chance(0.4) else None,
        solid_angle=chance(0.7),
        normalization_factor=float(random.uniform(0.5, 20)) if chance(0.2) else 1.0,
        engine=pick(["fused", "spmm"]),
        seed=int(random.integers(2**31)),
    )
