"""What the peers' scripts share: timing and the JSON lines that report.py reads."""

import json
import statistics
import sys
import time

import numpy as np

# What a peer prints itself must not mix with the lines of the report.
LINES, sys.stdout = sys.stdout, sys.stderr


def median_seconds(body, repeats=5):
    """Median CPU seconds of a few calls, and the last call's result; as on Sibyl's side."""
    result = body()
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        result = body()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds), result


def errors(values, reference):
    """Quantiles of the relative error; reference rows that are NaN do not count."""
    used = ~np.isnan(reference)
    e = np.sort(np.abs(np.asarray(values)[used] / reference[used] - 1))
    quantile = lambda p: float(e[min(len(e) - 1, int(p * len(e)))])
    return {
        "p50": quantile(0.5), "p95": quantile(0.95), "p99": quantile(0.99), "worst": float(e[-1])}


def read_table(path):
    """A CSV table as a dictionary of columns."""
    table = np.genfromtxt(path, delimiter=",", names=True)
    return {name: table[name] for name in table.dtype.names}


def report(work, side, setting, seconds, units, error=None, details=None):
    line = {"work": work, "side": side, "setting": setting, "seconds": seconds, "units": units}
    if error is not None:
        line["error"] = error
    if details is not None:
        line["details"] = details
    print(json.dumps(line), file=LINES, flush=True)
