"""Adds one part's JSON lines to the results and writes their tables and figure anew.

`report.py PART MEASUREMENTS.jsonl PEERS RESULTS`, PEERS in words; parts not run keep their results.
"""

import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys

import figure
import tables

INTRODUCTION = """\
Written by `make bench`. CPU time of one thread, median of a few runs, both sides of a work one
after the other; a ratio above 1 means that Sibyl is faster.
"""
MAGNIFICATION = """\
VBMicrolensing is its C++ library, called from C++ on the rows that Sibyl gets. It stops at the
first of an absolute (Tol) and a relative tolerance (RelTol) that is met. Sibyl's tolerance is
relative; it gets each work in as few calls as its interface allows, sources of mixed radii in one
call each, and the making of its lenses counts. The planet is s = 1, q = 1e-3, the binary s = 0.9,
q = 0.5; sources near a caustic are within three radii of it.
"""
ESTIMATORS = """\
The same 10,000 simulations, batches and architectures: sbi's defaults, with 5 transforms or 10
components, 50 units wide. A step is one minibatch, its share of the validation included. Samples
are those of sbi's raw estimator, without its rejection of what lies outside the prior; Sibyl's never
do, and come with their densities. Losses are mean −ln q of the parameters of 1,000 fresh simulations.
"""
TRANSFORMS = """\
FINUFFT as PyPI has it, called from Python. Both make a plan, set its points and execute it once, on the
same random points. Errors are the relative root-mean-square differences from direct sums at 40 modes or
points; Sibyl is asked for the tolerance, a half and a fifth of it, and the cheapest that is as accurate
as FINUFFT counts.
"""
PERIODOGRAMS = """\
Floating mean, weights, random times over a duration T, from the data to the normalised power, plans
included. nifty-ls and astropy as PyPI has them, called from Python. Errors are the largest of 40 differences
from direct least squares, in units of the normalised power. Of astropy's batches two curves are timed.
"""
SURROGATES = """\
Squared exponential, from data to hyper-parameters, by scikit-learn's default optimiser from one start. ln p(y)
is the marginal likelihood that each side has found, of the same standardised values; errors are
root-mean-square, of 2,000 fresh points, in standard deviations of the function. A pulsar's three factors on the
line, from its parameters: by the bundled surrogate with error bars, and exactly.
"""
IMAGING = """\
Some 640 simulated visibilities of a ring by the Event Horizon Telescope, 64² pixels, and 27,000 of a disc
by an array like ALMA, 128². Sibyl's time is that from the visibilities to the image; scikit-learn's is
that of the fit alone, without building its dense matrix. eht-imaging and MPoL minimise objectives of their
own, at settings that nobody tuned: their images compare by ρ only.
"""

TRAJECTORIES = """\
1,000 systems of Breen et al. (2020): three bodies of mass 1, G = 1, from rest, to t = 10; the first at (1, 0),
the second uniform where −0.5 ≤ x ≤ 0, y ≥ 0 and (1 + x)² + y² ≤ 1, the centre of mass in the origin. One in a
hundred is left out, whose end the converged integration does not know: they all but collide, and REBOUND's IAS15
never ends. CPU time a system, with its median where systems are integrated one by one; compilation does not
count. Energy errors are relative, at the end. An end is lost where a body is off by more than 1e-3 of where the
converged integration has it. heyoka and REBOUND as PyPI has them, called from Python, at their default
tolerances, as are Sibyl's methods. Batches of heyoka wait for the slowest of their systems; where lanes are
refilled, its loop is left every 128 steps for the next ones. A system whose coefficients overflow, which bodies
that all but collide make them do, or that takes 100,000 steps is lost. Planar: equations of motion in two dimensions, as Sibyl has them, instead of
heyoka's own. A ratio is the time over that of Sibyl's cheapest setting whose errors are both no larger.
"""


def processor():
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text()
        names = (line for line in text.splitlines() if line.startswith("model name"))
        return next(names).split(":")[1].strip()
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def environment(peers):
    command = ["git", "-C", pathlib.Path(__file__).parent, "describe", "--always", "--dirty"]
    git = subprocess.run(command, capture_output=True, text=True)
    return {
        "date": datetime.date.today().isoformat(), "processor": processor(),
        "system": platform.system(), "peers": peers.strip(), "commit": git.stdout.strip()}


def environment_text(part):
    e = part["environment"]
    sides = [f"Sibyl {e['commit']}".strip(), e["peers"]]
    facts = [e["date"], e["processor"], e["system"], *sides]
    return ", ".join(fact for fact in facts if fact) + "."


def readme(parts):
    lines = ["# Benchmarks", "", INTRODUCTION]
    if "magnification" in parts:
        m = parts["magnification"]["measurements"]
        picture = [f"![Cost against achieved error]({figure.NAME})", ""]
        lines += [
            "## Magnification", "", environment_text(parts["magnification"]), "", MAGNIFICATION,
            *tables.practical(m), *tables.point_source(m), *tables.equal_error(m),
            *(picture if figure.has_data(m) else []),
            *tables.quoted(m), *tables.reference(m)]
    if "estimators" in parts:
        m = parts["estimators"]["measurements"]
        lines += [
            "## Density estimators", "", environment_text(parts["estimators"]), "", ESTIMATORS,
            *tables.learning(m), *tables.quoted(m)]
    if "transforms" in parts:
        m = parts["transforms"]["measurements"]
        lines += [
            "## Non-uniform Fourier transforms", "", environment_text(parts["transforms"]), "",
            TRANSFORMS, *tables.transforms(m), *tables.quoted(m)]
    if "imaging" in parts:
        m = parts["imaging"]["measurements"]
        lines += [
            "## Sparse images", "", environment_text(parts["imaging"]), "", IMAGING,
            *tables.imaging(m), *tables.quoted(m)]
    if "periodograms" in parts:
        m = parts["periodograms"]["measurements"]
        lines += [
            "## Periodograms", "", environment_text(parts["periodograms"]), "", PERIODOGRAMS,
            *tables.periodograms(m), *tables.sparse(m), *tables.quoted(m)]
    if "threebody" in parts:
        m = parts["threebody"]["measurements"]
        lines += [
            "## Three bodies", "", environment_text(parts["threebody"]), "", TRAJECTORIES,
            *tables.trajectories(m), *tables.quoted(m)]
    if "surrogates" in parts:
        m = parts["surrogates"]["measurements"]
        lines += [
            "## Surrogates", "", environment_text(parts["surrogates"]), "", SURROGATES,
            *tables.surrogates(m)]
    lines += ["## All measurements", ""]
    lines += tables.everything([m for part in parts.values() for m in part["measurements"]])
    return "\n".join(lines) + "\n"


def write(path, text):
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(text)
    os.replace(temporary, path)


def main(part, lines_path, peers, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    raw = folder / "measurements.json"
    parts = json.loads(raw.read_text()) if raw.exists() else {}
    lines = pathlib.Path(lines_path).read_text().splitlines()
    parts[part] = {
        "environment": environment(peers), "measurements": [json.loads(line) for line in lines]}
    # In a fixed order, whichever was run last.
    order = (
        "magnification", "estimators", "transforms", "imaging", "periodograms", "threebody",
        "surrogates")
    parts = {name: parts[name] for name in order if name in parts}
    write(raw, json.dumps(parts, indent=1) + "\n")
    write(folder / "README.md", readme(parts))
    if part == "magnification":
        figure.draw(parts[part]["measurements"], folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
