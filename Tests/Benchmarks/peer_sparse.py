"""celer and skglm beside Sibyl: `peer_sparse.py FOLDER`, of light curves and solutions that Sibyl has
written there.

Massias, Gramfort & Salmon 2018, ICML, 3315; Bertrand et al. 2022, NeurIPS, 38801.
"""

import json
import pathlib
import statistics
import sys
import time

import celer
import numpy as np
import skglm
from skglm.datafits import Quadratic, QuadraticGroup
from skglm.penalties import L1, WeightedGroupL2
from skglm.solvers import AndersonCD, GroupBCD
from skglm.utils.data import grp_converter

GAP = 1e-6
TOLERANCES = [10 ** (-k / 2) for k in range(21)]
REPEATS = 5
# Seconds.
PATIENCE = 3
LIMIT = 60


def timed(body):
    start = time.process_time(), time.perf_counter()
    result = body()
    return time.process_time() - start[0], time.perf_counter() - start[1], result


def median_seconds(first, body):
    """Medians of the CPU and wall seconds of a few calls, or of the `first` if it is long."""
    if REPEATS * first[0] > PATIENCE:
        return first[:2]
    calls = [timed(body) for _ in range(REPEATS)]
    return tuple(statistics.median(call[k] for call in calls) for k in range(2))


class Problem:
    """min ½‖z − Xβ‖² + λ Σ‖β_g‖: orthonormal pairs, or single cosines and sines, of whitened data."""

    def __init__(self, data, size):
        self.size = size
        weights = 1 / data["errors"]
        mean = weights / np.linalg.norm(weights)
        self.z = data["values"] * weights
        self.z -= mean * (mean @ self.z)
        times, (first, step) = data["times"], data["grid"]
        self.X = np.empty((len(times), 2 * data["count"][0]), order="F")
        for k in range(data["count"][0]):
            angles = 2 * np.pi * ((first + step * k) * times % 1)
            pair = np.stack([np.cos(angles) * weights, np.sin(angles) * weights], 1)
            for _ in range(2):
                pair -= np.outer(mean, mean @ pair)
            self.X[:, 2 * k:2 * k + 2] = np.linalg.qr(pair)[0] if size == 2 else pair
        self.largest = self.lengths(self.X.T @ self.z).max()

    def lengths(self, values):
        return np.linalg.norm(values.reshape(-1, self.size), axis=1)

    def gap(self, coefficients, penalty):
        """(P − D)/P with the dual point that the residual gives."""
        residual = self.z - self.X @ coefficients
        excess = self.lengths(self.X.T @ residual).max() / penalty
        square, product = residual @ residual, self.z @ residual
        scale = min(1 / excess, product / square)
        primal = square / 2 + penalty * self.lengths(coefficients).sum()
        return (primal - (scale * product - scale ** 2 * square / 2)) / primal

    def coefficients(self, groups, fits):
        """β of what each group explains of the data."""
        coefficients = np.zeros(self.X.shape[1])
        for group, fit in zip(groups, fits):
            columns = self.X[:, group * self.size:(group + 1) * self.size]
            coefficients[group * self.size:(group + 1) * self.size] = np.linalg.lstsq(columns, fit)[0]
        return coefficients

    def celer(self, penalty, tolerance):
        settings = dict(
            alpha=penalty / len(self.z), fit_intercept=False, tol=tolerance, max_iter=200)
        model = celer.GroupLasso(groups=2, **settings) if self.size == 2 else celer.Lasso(**settings)
        return model.fit(self.X, self.z).coef_

    def skglm(self, penalty, tolerance):
        alpha, columns = penalty / len(self.z), self.X.shape[1]
        # Its tolerance is on subgradients, which are of the size of its penalty.
        settings = dict(tol=tolerance * alpha, fit_intercept=False, max_iter=1000)
        if self.size == 2:
            indices, starts = grp_converter(2, columns)
            parts = (
                QuadraticGroup(starts, indices),
                WeightedGroupL2(alpha, np.ones(columns // 2), starts, indices), GroupBCD(**settings))
        else:
            parts = Quadratic(), L1(alpha), AndersonCD(**settings)
        return skglm.GeneralizedLinearEstimator(*parts).fit(self.X, self.z).coef_


def measure_peer(problem, work, side, solve, penalty):
    """The loosest tolerance that leads to the gap."""
    solve(penalty, TOLERANCES[0])
    for tolerance in TOLERANCES:
        first = timed(lambda: solve(penalty, tolerance))
        gap = problem.gap(first[2], penalty)
        if gap <= GAP or first[0] > LIMIT:
            break
    cpu, wall = median_seconds(first, lambda: solve(penalty, tolerance))
    groups = np.count_nonzero(problem.lengths(first[2]))
    print(json.dumps({
        "work": work, "side": side, "series": side, "setting": f"tol {tolerance:.0e}",
        "seconds": cpu, "units": 1,
        "details": {"wall": wall, "gap": gap, "groups": int(groups)}}), flush=True)


def measure(path):
    data = np.load(path)
    for size, kind in ((2, "group"), (1, "l1")):
        seconds, _, problem = timed(lambda: Problem(data, size))
        for level in data["levels"]:
            work, penalty = f"{path.stem}-{kind}-{level}", level * problem.largest
            ours = np.load(path.with_name(f"solution-{work}.npz"))
            gap = problem.gap(problem.coefficients(ours["groups"], ours["fits"]), penalty)
            print(json.dumps({
                "work": work, "side": "reference", "series": "gap", "setting": "gap", "seconds": seconds,
                "units": 1, "details": {"gap": gap}}), flush=True)
            for side, solve in (("celer", problem.celer), ("skglm", problem.skglm)):
                measure_peer(problem, work, side, solve, penalty)


if __name__ == "__main__":
    for path in sorted(pathlib.Path(sys.argv[1]).glob("lasso-*.npz")):
        measure(path)
