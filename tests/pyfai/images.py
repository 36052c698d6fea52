"""Images for a setting: a pattern of rings with noise, and all that corrects it."""

import numpy as np


def make(setting, q, detector_mask):
    """Frame, mask, dark, flat and variance as a dict. q: any radial coordinate of the pixels,
    [row, column]."""
    random = np.random.default_rng(setting.seed)
    shape = q.shape
    scaled = q / q.max()
    rate = 40 + 200 * np.exp(-3 * scaled) + 60 * (1 + np.cos(40 * scaled))
    made = {}
    if setting.dtype == "float32":
        frame = (rate * random.gamma(20, 0.05, shape)).astype(np.float32)
        if setting.method == "mean":
            frame[random.random(shape) < 1e-3] = np.nan
            frame[random.random(shape) < 1e-3] -= 300  # below 0 and real
    else:
        frame = random.poisson(rate).astype(setting.dtype)
        # A cake with exact overlaps is compared with approximate ones: no spots there.
        if not (setting.azimuthal_bins and setting.splitting == "full"):
            frame[random.random(shape) < 1e-3] = 20000
        dead = random.random(shape) < 2e-3
        frame[dead] = {"int32": -2, "uint16": 65535}[setting.dtype]
        if setting.invalid is not None:
            frame[random.random(shape) < 1e-2] = int(setting.invalid)
        if detector_mask is not None:
            frame[detector_mask != 0] = {"int32": -1, "uint16": 65535}[setting.dtype]
    made["frame"] = frame
    if setting.mask:
        mask = random.random(shape) < 0.01
        row, column = (int(random.integers(n)) for n in shape)
        mask[row : row + shape[0] // 5, column : column + shape[1] // 5] = True
        made["mask"] = mask
    if setting.dark:
        made["dark"] = random.uniform(0, 3, shape).astype(np.float32)
    if setting.flat:
        made["flat"] = random.uniform(0.8, 1.2, shape).astype(np.float32)
    if setting.error_model == "variance":
        made["variance"] = (rate * random.uniform(0.5, 2, shape)).astype(np.float32)
    return made
