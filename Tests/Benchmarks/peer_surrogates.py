"""scikit-learn's Gaussian process beside Sibyl's: `peer_surrogates.py FOLDER`, of data that Sibyl has
written there.

Pedregosa et al. 2011, JMLR 12, 2825.
"""

import json
import pathlib
import sys
import time

import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel


def measure(path):
    data = np.load(path)
    rows = int(data["training_rows"][0])
    x, y = data["x"], data["y"][:, 0]
    kernel = ConstantKernel() * RBF(np.ones(x.shape[1])) + WhiteKernel(0.01)
    process = GaussianProcessRegressor(kernel)
    start, wall = time.process_time(), time.perf_counter()
    process.fit(x[:rows], y[:rows])
    seconds, wall = time.process_time() - start, time.perf_counter() - wall
    error = np.sqrt(np.mean((process.predict(x[rows:]) - y[rows:]) ** 2))
    print(json.dumps({
        "work": path.stem, "side": "scikit-learn", "series": "scikit-learn",
        "setting": "L-BFGS-B, one start", "seconds": seconds, "units": 1,
        "details": {
            "wall": wall, "likelihood": process.log_marginal_likelihood_value_,
            "error": float(error)}}), flush=True)


if __name__ == "__main__":
    for path in sorted(pathlib.Path(sys.argv[1]).glob("gaussian-process-*.npz")):
        measure(path)
