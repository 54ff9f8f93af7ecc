"""nifty-ls and astropy beside Sibyl: `peer_periodogram.py FOLDER`, of light curves that Sibyl has written
there.

Garrison et al. 2024, RNAAS 8, 250; VanderPlas 2018, ApJS 236, 16.
"""

import json
import pathlib
import statistics
import sys
import time

import astropy.timeseries
import nifty_ls
import numpy as np

REPEATS = 5
PATIENCE = 3


def median_seconds(body):
    """Median CPU seconds of a few calls after one to warm up, or of that one if it is long."""
    start = time.process_time()
    result = body()
    first = time.process_time() - start
    if REPEATS * first > PATIENCE:
        return first, result
    seconds = []
    for _ in range(REPEATS):
        start = time.process_time()
        result = body()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds), result


def nifty(t, y, dy, first, step, count, terms):
    backend = "finufft" if terms == 1 else "finufft_chi2"
    return nifty_ls.lombscargle(
        t, y, dy, fmin=first, fmax=first + step * (count - 1), Nf=count, nterms=terms,
        backend=backend, nthreads=1).power


def astropy_fast(t, y, dy, first, step, count, terms):
    return astropy.timeseries.LombScargle(t, y, dy, nterms=terms).power(
        first + step * np.arange(count), method="fast" if terms == 1 else "fastchi2",
        assume_regular_frequency=True)


def measure(path):
    data = np.load(path)
    first, step = data["grid"]
    count, terms = (int(number) for number in data["counts"])
    for side, setting, body in (
            ("nifty-ls", "eps 1e-9", nifty), ("astropy", "fast", astropy_fast)):
        curves = list(zip(data["times"], data["values"], data["errors"]))
        if side == "astropy":
            curves = curves[:2]
        seconds, powers = median_seconds(
            lambda: [body(*curve, first, step, count, terms) for curve in curves])
        error = float(np.max(np.abs(powers[0][data["checked"]] - data["powers"])))
        print(json.dumps({
            "work": path.stem, "side": side, "series": side, "setting": setting,
            "seconds": seconds, "units": len(curves), "details": {"error": error}}), flush=True)


if __name__ == "__main__":
    for path in sorted(pathlib.Path(sys.argv[1]).glob("periodogram-*.npz")):
        measure(path)
