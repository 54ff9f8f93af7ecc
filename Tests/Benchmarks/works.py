"""Titles of all works, in the order of the tables."""

ERROR_WORKS = {
    "near-caustic-planet-1e-3": "near a caustic, planet, ρ = 1e-3",
    "near-caustic-planet-1e-2": "near a caustic, planet, ρ = 1e-2",
    "near-caustic-planet-mixed": "near a caustic, planet, ρ = 1e-4 … 1e-2",
    "near-caustic-binary-1e-3": "near a caustic, binary, ρ = 1e-3",
    "near-caustic-binary-1e-2": "near a caustic, binary, ρ = 1e-2",
    "near-caustic-binary-mixed": "near a caustic, binary, ρ = 1e-4 … 1e-2",
    "near-caustic-planet-dark": "limb-darkened (u = 0.5) near a caustic, planet, ρ = 1e-4 … 1e-2",
    "near-caustic-binary-dark": "limb-darkened (u = 0.5) near a caustic, binary, ρ = 1e-4 … 1e-2",
    "far": "far from caustics, planet, ρ = 1e-3",
    "curve-planet": "light curve of 10,000 epochs, planet, ρ = 1e-3",
    "curve-binary": "light curve of 10,000 epochs, binary, ρ = 1e-3",
    "curves-prior": "1,000 light curves of 500 epochs, random binaries",
    "curves-roman": "Roman-like light curves of 13,824 epochs, random binaries",
}
CURVES = [work for work in ERROR_WORKS if work.startswith("curve")]
POINT_SOURCES = {
    "point-source-scattered": "point sources at random places behind one lens",
    "point-source-track": "point sources along a track",
    "point-source-lenses": "point sources each behind a random lens of its own",
}
ESTIMATORS = {"mdn": "mixture density network", "maf": "MAF", "nsf": "NSF, coupling"}
TASKS = {"two_moons": "two moons", "slcp": "SLCP"}
LEARNING = {
    f"step-{estimator}-{task}-{batch}": f"training step, {title}, {tasks}, batch {batch:,}"
    for task, tasks in TASKS.items() for estimator, title in ESTIMATORS.items()
    for batch in (50, 200, 1000)
} | {
    f"converge-nsf-{task}": f"training to the end, NSF, {title}, 10,000 simulations"
    for task, title in TASKS.items()
} | {
    f"samples-{estimator}-two_moons{suffix}": f"sample, {title}, {words}"
    for estimator, title in ESTIMATORS.items()
    for suffix, words in (("", "one observation"), ("-of-1000", "1,000 observations"))
}
TRANSFORMS = {
    f"transform-{kind}-{side}-{points}": f"type {kind}, {side}² modes, {points:,} points"
    for side, points in (
        (128, 10_000), (128, 100_000), (512, 100_000), (512, 1_000_000), (1024, 1_000_000))
    for kind in (1, 2)
}
PENALTIES = {
    "imaging-eht-0.1-0.0": "EHT, λ = 0.1 λmax",
    "imaging-eht-0.01-0.0": "EHT, λ = 0.01 λmax",
    "imaging-alma-0.001-0.0": "ALMA, λ = 0.001 λmax",
    "imaging-alma-0.001-0.0001": "ALMA, λ = 0.001 λmax, μ = 1e-4 Σw",
}
IMAGES = {
    f"imaging-{array}-{work}": f"{title}, {words}"
    for array, title in (("eht", "EHT"), ("alma", "ALMA"))
    for work, words in (
        ("image", "image"), ("cross-validation", "cross-validation to a gap of 1e-3"),
        ("cross-validation-fine", "cross-validation to a gap of 1e-4"))
}
PERIODOGRAMS = {
    "periodogram-1000": "1,000 points, 1,000,000 frequencies, 10 to 1/T",
    "periodogram-10000": "10,000 points, 1,000,000 frequencies, 10 to 1/T",
    "periodogram-100000": "100,000 points, 1,000,000 frequencies, 10 to 1/T",
    "periodogram-coarse": "1,000 points, 1,000,000 frequencies, 1 to 1/T",
    "periodogram-harmonics": "1,000 points, 100,000 frequencies, 3 harmonics",
    "periodogram-batch": "one of 50 curves of 1,000 points, 100,000 frequencies, 10 to 1/T",
    "periodogram-batch-coarse": "one of 50 curves of 1,000 points, 100,000 frequencies, 5 to 1/T",
}
SPARSE = {
    f"lasso-{points}-{data}-{kind}-{level}": f"{size}, {words}, {name}, λ/λmax = {level}"
    for points, size, levels in (
        (2000, "2,000 × 40,000", (0.2,)), (200, "200 × 2,000", (0.2, 0.1)))
    for data, words in (("few", "few active"), ("many", "many active"))
    for kind, name in (("group", "groups of 2"), ("l1", "L1"))
    for level in levels
} | {
    f"sparse-path-{error}": f"1,000 × 2,000,000, errors {error}, groups of 2, path of 20 λ to 0.05 λmax"
    for error in (0.02, 0.1, 0.3)
}
TRAJECTORIES = {"three-bodies": "three bodies from rest, to t = 10"}
SURROGATES = {"gaussian-process-2000": "2,000 points of five features, a length scale each, and noise"}
# Of the figure, in its order: works and short titles.
PANELS = [
    ("near-caustic-planet-1e-3", "planet near caustic, ρ = 10^{−3}"),
    ("near-caustic-planet-1e-2", "planet near caustic, ρ = 10^{−2}"),
    ("near-caustic-planet-mixed", "planet near caustic, mixed ρ"),
    ("near-caustic-planet-dark", "planet near caustic, limb-darkened"),
    ("curve-planet", "planet, curve of 10,000 epochs"),
    ("near-caustic-binary-1e-3", "binary near caustic, ρ = 10^{−3}"),
    ("near-caustic-binary-1e-2", "binary near caustic, ρ = 10^{−2}"),
    ("near-caustic-binary-mixed", "binary near caustic, mixed ρ"),
    ("near-caustic-binary-dark", "binary near caustic, limb-darkened"),
    ("curve-binary", "binary, curve of 10,000 epochs"),
    ("far", "planet, far from caustics"),
    ("curves-prior", "random curves of 500 epochs"),
    ("curves-roman", "Roman-like curves, 13,824 epochs"),
]
