"""Turns JSON lines into a ratio table: `report.py MEASUREMENTS.jsonl RECORDED.json RESULTS`."""

import datetime
import importlib.metadata
import json
import math
import os
import pathlib
import platform
import subprocess
import sys

# Works compared at equal achieved error: title, what a unit is, targets for the 95th percentile.
AT_EQUAL_ERROR = {
    "near-caustic-planet": (
        "source near a caustic, s = 1, q = 1e-3, ρ = 1e-3", "point", [1e-3, 1e-4, 1e-5]),
    "near-caustic-binary": (
        "source near a caustic, s = 0.9, q = 0.5, ρ = 1e-3", "point", [1e-3, 1e-4, 1e-5]),
    "near-caustic-planet-giant": (
        "source near a caustic, s = 1, q = 1e-3, ρ = 1e-2", "point", [1e-3, 1e-4, 1e-5]),
    "near-caustic-binary-giant": (
        "source near a caustic, s = 0.9, q = 0.5, ρ = 1e-2", "point", [1e-3, 1e-4, 1e-5]),
    "prior-curves": ("light curve of 500 epochs, random binary event", "curve", [1e-4, 1e-5]),
}
# Works compared at one setting a side: title, unit, Sibyl's setting, the peer's (None: its only).
AT_SETTING = [
    ("prior-curves", "the same at usual settings", "curve", "tolerance 0.001", "Tol 0.01"),
    ("point-source-scattered", "point source, random place behind one lens", "point", None, None),
    ("point-source-track", "point source along a track", "point", None, None),
    ("point-source-lenses", "point source, a new lens each", "point", None, None),
    ("flow-training", "MAF, training step of 200 simulations", "step", None, None),
    ("flow-convergence", "MAF, 10,000 simulations, to the end by defaults", "training", None, None),
    ("flow-sampling", "MAF, posterior sample", "sample", None, None),
]
INTRODUCTION = """\
Written by `make bench`. CPU time, median of a few runs, one thread a side; a ratio above 1 means
that Sibyl is faster. Where an error is named both sides achieve it: 95th percentile of the relative
error, time interpolated between settings; a side more accurate than that at its loosest setting
counts with that setting. Where two settings or losses are named, the peer's comes first.
Peers in Python: the cost of passing arguments is measured and taken off where it matters.
"""
PEERS = {"VBMicrolensing": "VBMicrolensing", "sbi": "sbi", "torch": "PyTorch"}


def per_unit(m):
    return m["seconds"] / m["units"]


def duration(seconds):
    for unit, size in [("s", 1), ("ms", 1e-3), ("µs", 1e-6)]:
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def seconds_at_error(series, target):
    """Least time a unit for which the 95th percentile of the error is `target`, or None.

    Each kind of tolerance is one curve, interpolated in log-log; one that is always more accurate
    than the target counts with its cheapest point, and none is extrapolated to smaller errors.
    """
    best = None
    for kind in {m["setting"].split()[0] for m in series}:
        points = sorted(
            (max(m["error"]["p95"], 1e-16), per_unit(m))
            for m in series if m["setting"].split()[0] == kind)
        met = [time for error, time in points if error <= target]
        if not met:
            continue
        time = min(met)
        for (e0, t0), (e1, t1) in zip(points, points[1:]):
            if e0 <= target < e1:
                part = math.log(target / e0) / math.log(e1 / e0)
                time = min(time, math.exp(math.log(t0) + part * math.log(t1 / t0)))
        best = time if best is None else min(best, time)
    return best


def select(measurements, work, sibyl, setting=None):
    return [
        m for m in measurements
        if m["work"] == work and (m["side"] == "sibyl") == sibyl and m["side"] != "reference"
        and (setting is None or m["setting"] == setting)]


def row(title, unit, ours, theirs, peer, basis):
    ratio = f"{theirs / ours:.2g}" if theirs < ours / 10 else f"{theirs / ours:.2f}"
    cells = [title, peer, basis, duration(theirs), duration(ours), ratio, unit]
    return f"| {' | '.join(cells)} |"


def quotation(recorded):
    """Where a figure comes from that was not measured in this run."""
    return f"not measured here, recorded {recorded['recorded']}: {recorded['source']}"


def setting_text(m):
    return m["setting"] + (f" (error {m['error']['p95']:.0e})" if "error" in m else "")


def ratio_table(measurements, recorded):
    lines = ["| work | peer | compared at | peer | Sibyl | peer / Sibyl | per |",
             "|---|---|---|--:|--:|--:|---|"]
    for work, (title, unit, targets) in AT_EQUAL_ERROR.items():
        ours, theirs = select(measurements, work, True), select(measurements, work, False)
        if not theirs:
            for quoted in select(recorded, work, False):
                mine = select(measurements, work, True, "tolerance 0.001")[0]
                basis = f"{quoted['setting']} / {mine['setting']}; {quotation(quoted)}"
                lines.append(
                    row(title, unit, per_unit(mine), per_unit(quoted), quoted["side"], basis))
            continue
        for target in targets:
            a, b = seconds_at_error(ours, target), seconds_at_error(theirs, target)
            if a and b:
                lines.append(row(title, unit, a, b, theirs[0]["side"], f"error {target:.0e}"))
    for work, title, unit, our_setting, their_setting in AT_SETTING:
        ours = select(measurements, work, True, our_setting)
        theirs = select(measurements, work, False, their_setting)
        if ours and theirs:
            texts = [setting_text(m) for m in (theirs[0], ours[0])]
            basis = " / ".join(dict.fromkeys(texts))
            if "details" in ours[0]:
                basis += ", held-out loss " + " / ".join(
                    f"{m['details']['held_out_loss']:.2f}" for m in (theirs[0], ours[0]))
        elif ours and work not in AT_EQUAL_ERROR and select(recorded, work, False):
            theirs = select(recorded, work, False)
            basis = quotation(theirs[0])
        else:
            continue
        lines.append(
            row(title, unit, per_unit(ours[0]), per_unit(theirs[0]), theirs[0]["side"], basis))
    return lines


def all_table(measurements):
    lines = ["| work | side | setting | per unit | error: median | 95 % | 99 % | worst |",
             "|---|---|---|--:|--:|--:|--:|--:|"]
    for m in measurements:
        if m["side"] == "reference":
            continue
        e = m.get("error", {})
        errors = " | ".join(f"{e[k]:.1e}" if e else "" for k in ("p50", "p95", "p99", "worst"))
        cells = [m["work"], m["side"], m["setting"], duration(per_unit(m)), errors]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def processor():
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text()
        names = (line for line in text.splitlines() if line.startswith("model name"))
        return next(names).split(":")[1].strip()
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def environment():
    versions = {}
    for package, name in PEERS.items():
        try:
            versions[name] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            pass
    git = subprocess.run(
        ["git", "-C", pathlib.Path(__file__).parent, "describe", "--always", "--dirty"],
        capture_output=True, text=True)
    return {
        "date": datetime.date.today().isoformat(), "processor": processor(),
        "system": platform.system(), "versions": versions, "commit": git.stdout.strip()}


def agreement(measurements):
    counts = [m for m in measurements if m["side"] == "reference"]
    if not counts:
        return "No peer was there to check the reference: it is Sibyl's own tightest answer."
    rows = sum(int(m["details"]["rows"]) for m in counts)
    differing = sum(m["units"] for m in counts)
    return (
        "Reference: the codes' tightest answers, which differ by more than 1e-5 on "
        f"{differing:,} of {rows:,}\nrows; those are timed, their errors are not counted. Where they "
        "agree the reference is Sibyl's, so\nthat errors of either side far below 1e-6 are not "
        "independently known.")


def write(path, text):
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(text)
    os.replace(temporary, path)


def main(lines_path, recorded_path, folder):
    lines = pathlib.Path(lines_path).read_text().splitlines()
    measurements = [json.loads(line) for line in lines]
    recorded = json.loads(pathlib.Path(recorded_path).read_text())
    facts = environment()
    versions = [f"{name} {version}" for name, version in facts["versions"].items()]
    setting = [facts["date"], facts["processor"], facts["system"], f"Sibyl {facts['commit']}".strip()]
    text = "\n".join([
        "# Benchmarks", "", INTRODUCTION, ", ".join(setting + versions) + ".", "",
        *ratio_table(measurements, recorded), "", agreement(measurements), "",
        "## All measurements", "", *all_table(measurements), ""])
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "README.md", text)
    raw = {"environment": facts, "measurements": measurements}
    write(folder / "measurements.json", json.dumps(raw, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
