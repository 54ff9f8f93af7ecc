"""Peers of sparse images: `peer_imaging.py scikit-learn|ehtim|mpol FOLDER`, of visibilities that Sibyl
has written there.

Pedregosa et al. 2011, JMLR 12, 2825; Chael et al. 2018, ApJ 857, 23; Czekala et al. 2023, MPoL.
"""

import json
import os
import pathlib
import statistics
import sys
import time
import warnings

import numpy as np

# What peers print themselves must not mix with the lines of the report.
LINES = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
REPEATS = 3


def median_seconds(body):
    """Median CPU seconds of a few calls, of one if it is long, and the last result."""
    seconds = []
    while len(seconds) < (REPEATS if not seconds or seconds[0] < 10 else 1):
        start = time.process_time()
        result = body()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds), result


def report(work, side, setting, seconds, **details):
    line = {"work": work, "side": side, "series": setting, "setting": setting,
            "seconds": seconds, "units": 1, "details": details}
    print(json.dumps(line), file=LINES, flush=True)


class Data:
    """Visibilities ∫ I exp(+2πi(ux + vy)), the truth's rows from south to north, columns from the east."""

    def __init__(self, folder, name):
        arrays = np.load(f"{folder}/imaging-{name}.npz")
        self.u, self.v, self.sigma, self.truth = (
            arrays[key] for key in ("u", "v", "sigma", "truth"))
        self.values = arrays["re"] + 1j * arrays["im"]
        self.l1 = list(zip(arrays["l1_fractions"], arrays["l1"]))
        self.pixel_size = float(arrays["pixel_size"])
        self.side = len(self.truth)
        self.uvfits = f"{folder}/imaging-{name}.uvfits"

    def rho(self, image):
        return float(np.corrcoef(image.ravel(), self.truth.ravel())[0, 1])


def scikit_learn(folder):
    from sklearn.linear_model import Lasso

    data = Data(folder, "eht")
    offsets = (np.arange(data.side) - (data.side - 1) / 2) * data.pixel_size
    columns = np.exp(-2j * np.pi * np.outer(data.u, offsets))
    rows = np.exp(2j * np.pi * np.outer(data.v, offsets))
    waves = (rows[:, :, None] * columns[:, None, :]).reshape(len(data.u), -1)
    waves /= data.sigma[:, None]
    matrix = np.asfortranarray(np.concatenate([waves.real, waves.imag]))
    values = data.values / data.sigma
    values = np.concatenate([values.real, values.imag])
    for fraction, l1 in data.l1:
        for setting in ({}, {"tol": 1e-8, "max_iter": 10_000}):
            # Its misfit is the mean of the squares, not their sum.
            model = Lasso(alpha=l1 / len(values), positive=True, fit_intercept=False, **setting)
            seconds, fit = median_seconds(lambda: model.fit(matrix, values))
            residual = values - matrix @ fit.coef_
            report(
                f"imaging-eht-{fraction:g}-0.0", "scikit-learn",
                ", ".join(f"{key} {value:g}" for key, value in setting.items()) or "defaults",
                seconds, objective=float(residual @ residual / 2 + l1 * fit.coef_.sum()),
                iterations=int(np.max(fit.n_iter_)),
                rho=data.rho(fit.coef_.reshape(data.side, data.side)))


def ehtim(folder):
    import ehtim as eh

    data = Data(folder, "eht")
    field = data.side * data.pixel_size
    observation = eh.obsdata.load_uvfits(data.uvfits)
    flux = float(data.truth.sum())
    prior = eh.image.make_square(observation, data.side, field)
    prior = prior.add_gauss(flux, (field / 3, field / 3, 0, 0, 0))

    def image(transform):
        result = prior
        # Once more from the first image, blurred, as is its users' habit.
        for k in range(2):
            imager = eh.imager.Imager(
                observation, result, prior_im=prior, flux=flux, data_term={"vis": 100},
                reg_term={"simple": 1, "tv2": 1, "flux": 100}, maxit=200,
                ttype=transform)
            result = imager.make_image_I(show_updates=False)
            if k == 0:
                result = result.blur_circ(observation.res() / 4)
        return result

    for transform in ("direct", "fast"):
        seconds, result = median_seconds(lambda: image(transform))
        # Its rows go from north to south.
        report("imaging-eht-image", "eht-imaging",
               f"vis, entropy and TSV, {transform} transform, 2 × 200 iterations", seconds,
               rho=data.rho(result.imarr()[::-1]))


def mpol(folder):
    import torch
    from mpol import coordinates, gridding, losses, precomposed

    torch.set_num_threads(1)
    data = Data(folder, "alma")
    arcsecond = np.pi / 180 / 3600

    def image():
        torch.manual_seed(1)
        coords = coordinates.GridCoords(cell_size=data.pixel_size / arcsecond, npix=data.side)
        # Its transform has the other sign.
        averager = gridding.DataAverager(
            coords=coords, uu=data.u / 1e3, vv=data.v / 1e3, weight=1 / data.sigma**2,
            data_re=data.values.real, data_im=-data.values.imag)
        # Visibilities vary within a cell, which by default it takes for wrong weights.
        dataset = averager.to_pytorch_dataset(max_scatter=2)
        model = precomposed.SimpleNet(coords=coords, nchan=1)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.3)
        for _ in range(300):
            optimizer.zero_grad()
            visibilities = model()
            cube = model.icube.sky_cube
            loss = losses.nll_gridded(visibilities, dataset) + 1e-3 * losses.sparsity(cube)
            loss.backward()
            optimizer.step()
        return model.icube.sky_cube.detach().numpy()[0]

    seconds, result = median_seconds(image)
    report("imaging-alma-image", "MPoL", "gridded, Adam, 300 iterations", seconds,
           rho=data.rho(result))


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    {"scikit-learn": scikit_learn, "ehtim": ehtim, "mpol": mpol}[sys.argv[1]](sys.argv[2])
