"""VBMicrolensing beside Sibyl: `peer_vbmicrolensing.py prepare|measure FOLDER`.

Bozza 2010, MNRAS 408, 2188; Bozza et al. 2018, MNRAS 479, 5157; Bozza et al. 2025, A&A 694, A219.
"""

import sys

import numpy as np
import VBMicrolensing

from peers import errors, median_seconds, read_table, report

SIDE = "VBMicrolensing"
NEAR_CAUSTIC = [
    f"near-caustic-{lens}{source}" for source in ("", "-giant") for lens in ("planet", "binary")]
POINT_SOURCE = ["point-source-scattered", "point-source-track", "point-source-lenses"]
# Relative difference up to which the two codes' tightest answers agree: where they do not, who is
# right is not for this comparison to say, and the row is timed but its error is not counted.
AGREEMENT = 1e-5
TIMES = np.linspace(-2, 2, 500).tolist()


def solver(Tol=1e-9, RelTol=0.0):
    """Stops at the first of Tol (absolute) and RelTol that is met; 1e-9 switches Tol off."""
    vbm = VBMicrolensing.VBMicrolensing()
    vbm.Tol = Tol
    vbm.RelTol = RelTol
    return vbm


def settings():
    for tol in [1e0, 1e-1, 1e-2, 1e-3, 1e-4]:
        yield f"Tol {tol:g}", dict(Tol=tol)
    for tol in [1e-1, 1e-2, 1e-3, 1e-4, 1e-5]:
        yield f"RelTol {tol:g}", dict(RelTol=tol)


def magnifications(vbm, rows):
    return [vbm.BinaryMag2(*row) for row in rows]


def rows_of(folder, name):
    table = read_table(f"{folder}/{name}.csv")
    columns = [c for c in ("s", "q", "x", "y", "rho") if c in table]
    return list(zip(*(table[c].tolist() for c in columns)))


def curve_parameters(folder):
    t = read_table(f"{folder}/prior-curves.csv")
    zero = np.zeros_like(t["s"])
    columns = [np.log(t["s"]), np.log(t["q"]), t["u0"], t["alpha"], np.log(t["rho"]), zero, zero]
    return np.column_stack(columns).tolist()


def light_curves(vbm, parameters):
    return [vbm.BinaryLightCurve(p, TIMES)[0] for p in parameters]


def agree(folder, name, values):
    """Blanks the rows of the reference on which the codes disagree."""
    path = f"{folder}/{name}.reference.npy"
    reference = np.load(path)
    differs = ~(np.abs(np.asarray(values) / reference - 1) < AGREEMENT)
    reference[differs] = np.nan
    np.save(path, reference)
    report(name, "reference", "disagreement", 0, int(differs.sum()),
           details={"rows": len(reference)})


def prepare(folder):
    tight = solver(RelTol=1e-6)
    for name in NEAR_CAUSTIC:
        agree(folder, name, magnifications(tight, rows_of(folder, name)))
    for name in POINT_SOURCE:
        agree(folder, name, [tight.BinaryMag0(*row) for row in rows_of(folder, name)])
    # Far from caustics the quadrupole test of Tol is exact to far better than Tol, and quick.
    checked = len(np.load(f"{folder}/prior-curves.reference.npy")) // len(TIMES)
    curves = light_curves(solver(Tol=1e-6), curve_parameters(folder)[:checked])
    agree(folder, "prior-curves", np.concatenate(curves))


def measure(folder):
    for name in NEAR_CAUSTIC:
        rows = rows_of(folder, name)
        reference = np.load(f"{folder}/{name}.reference.npy")
        for setting, tolerances in settings():
            vbm = solver(**tolerances)
            seconds, values = median_seconds(lambda: magnifications(vbm, rows), repeats=3)
            report(name, SIDE, setting, seconds, len(rows), errors(values, reference))
    measure_curves(folder)
    for name in POINT_SOURCE:
        measure_point_source(folder, name)


def measure_curves(folder):
    parameters = curve_parameters(folder)
    reference = np.load(f"{folder}/prior-curves.reference.npy")
    # The single lens costs next to nothing: what remains is the passing of lists.
    vbm = solver()
    single = [p[2:3] + p[5:6] + p[6:7] for p in parameters]
    passing, _ = median_seconds(lambda: [vbm.PSPLLightCurve(p, TIMES)[0] for p in single])
    for tol in [1e-1, 1e-2, 1e-3, 1e-4]:
        vbm = solver(Tol=tol)
        seconds, values = median_seconds(lambda: light_curves(vbm, parameters), repeats=3)
        error = errors(np.concatenate(values)[: len(reference)], reference)
        report("prior-curves", SIDE, f"Tol {tol:g}", seconds - passing, len(parameters), error)


def measure_point_source(folder, name):
    rows = rows_of(folder, name)
    vbm = solver()
    passing, _ = median_seconds(lambda: [vbm.PSPLMag(row[2]) for row in rows])
    seconds, values = median_seconds(lambda: [vbm.BinaryMag0(*row) for row in rows])
    error = errors(values, np.load(f"{folder}/{name}.reference.npy"))
    report(name, SIDE, "BinaryMag0", seconds - passing, len(rows), error)


if __name__ == "__main__":
    {"prepare": prepare, "measure": measure}[sys.argv[1]](sys.argv[2])
