"""FINUFFT beside Sibyl: `peer_finufft.py FOLDER`, of points that Sibyl has written there.

Barnett, Magland & af Klinteberg 2019, SIAM J. Sci. Comput. 41, C479.
"""

import json
import pathlib
import statistics
import sys
import time

import finufft
import numpy as np

TOLERANCES = [1e-6, 1e-9]
REPEATS = 5


def median_seconds(clock, body):
    """Median seconds of a few calls after one to warm up, and the last result."""
    body()
    seconds = []
    for _ in range(REPEATS):
        start = clock()
        result = body()
        seconds.append(clock() - start)
    return statistics.median(seconds), result


def distance(a, b):
    return float(np.linalg.norm(a - b) / np.linalg.norm(b))


def measure(path):
    data = np.load(path)
    name = path.stem.removeprefix("transform-")
    side = int(name.split("-")[0])
    numbers = {key: data[key].view(complex)[:, 0].copy()
               for key in ("strengths", "modes", "sums", "values")}
    modes = numbers["modes"].reshape(side, side)
    for threads in (1, 2):
        # Threads share the work: what counts with them is wall time.
        clock = time.process_time if threads == 1 else time.perf_counter
        for tolerance in TOLERANCES:
            for kind in (1, 2):
                data_x, data_y = data["x"], data["y"]

                def run():
                    # The first dimension of an array of FINUFFT's runs slowest.
                    plan = finufft.Plan(
                        kind, (side, side), eps=tolerance, isign=1, nthreads=threads)
                    plan.setpts(data_y, data_x)
                    return plan.execute(numbers["strengths"] if kind == 1 else modes)

                seconds, result = median_seconds(clock, run)
                error = (
                    distance(result.ravel()[data["checked_modes"]], numbers["sums"]) if kind == 1
                    else distance(result[data["checked_points"]], numbers["values"]))
                setting = f"{tolerance:g}".replace("e-0", "e-")
                print(json.dumps({
                    "work": f"transform-{kind}-{name}" + ("-two-threads" if threads == 2 else ""),
                    "side": "FINUFFT", "series": f"{tolerance:.0e}",
                    "setting": f"eps {setting}", "seconds": seconds, "units": 1,
                    "details": {"error": error}}), flush=True)


if __name__ == "__main__":
    for path in sorted(pathlib.Path(sys.argv[1]).glob("transform-*.npz")):
        measure(path)
