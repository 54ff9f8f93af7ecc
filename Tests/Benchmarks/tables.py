"""Tables of the measurements, as lines of Markdown; empty where there is nothing to tell."""

import json
import math
import pathlib

from works import (
    CURVES, ERROR_WORKS, IMAGES, LEARNING, PENALTIES, PERIODOGRAMS, POINT_SOURCES, SPARSE,
    SURROGATES, TRAJECTORIES, TRANSFORMS)

PRACTICAL = "Tol 0.01, RelTol 0.001"
# 95th percentiles of the error at which both sides are compared.
TARGETS = [1e-2, 1e-3, 1e-4, 1e-5]
# Part of the rows on which the codes may disagree: more leave no 95th percentile to speak of.
DISPUTED = 0.05

ERRORS = """\
Errors are relative. The reference is Sibyl's tightest answer (tolerance 1e-7) where
VBMicrolensing's (Tol and RelTol 3e-7; limb darkening: our integral over its uniform discs, since
its own ends with 100 annuli) agrees within 1e-5; other rows are timed, but their errors are not
counted, and where they are more than 5 % nothing is compared. The last columns say how well the
reference is known: errors below them are not independently known. Of the 1,000 curves the first 100
are checked.
"""


def per_unit(m):
    return m["seconds"] / m["units"]


def duration(seconds):
    for unit, size in [("s", 1), ("ms", 1e-3), ("µs", 1e-6)]:
        if seconds >= 0.9995 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def ratio(theirs, ours):
    return f"{theirs / ours:.2g}" if theirs < ours else f"{theirs / ours:.1f}"


def table(header, alignment, rows):
    lines = [header, alignment, *rows]
    return ["| " + " | ".join(str(cell) for cell in line) + " |" for line in lines]


def select(measurements, work, side):
    """Measurements of a work: "sibyl", "reference", or else those of the peer."""
    return [
        m for m in measurements if m["work"] == work
        and side == (m["side"] if m["side"] in ("sibyl", "reference") else "peer")]


def disputed(measurements, work):
    """Words for a work on which the codes disagree too often to compare them, or None."""
    for m in select(measurements, work, "reference"):
        if m["details"]["differing"] > DISPUTED * m["units"]:
            return f"the codes disagree on {m['details']['differing']:,} of {m['units']:,} rows"
    return None


def with_errors(measurements):
    return [m for m in measurements if "error" in m]


def seconds_at_error(measurements, target):
    """Least time a unit for which the 95th percentile of the error is `target`, or None.

    Each series is one curve, interpolated in log-log; one that is always more accurate than the
    target counts with its cheapest setting, and none is extrapolated to smaller errors.
    """
    times = []
    for series in {m["series"] for m in measurements}:
        points = sorted(
            (max(m["error"]["p95"], 1e-16), per_unit(m))
            for m in measurements if m["series"] == series)
        times += [time for error, time in points if error <= target]
        for (e0, t0), (e1, t1) in zip(points, points[1:]):
            if e0 <= target < e1:
                part = math.log(target / e0) / math.log(e1 / e0)
                times.append(math.exp(math.log(t0) + part * math.log(t1 / t0)))
    return min(times, default=None)


def cheapest(measurements, quantile, limit):
    """The measured setting that costs least among those whose error is not above the limit."""
    good = [m for m in measurements if m["error"][quantile] <= limit]
    return min(good, key=per_unit, default=None)


def error_text(m):
    return f"{m['error']['p95']:.1e} ({m['error']['p99']:.1e})"


def practical(measurements):
    rows = []
    for work, title in ERROR_WORKS.items():
        ours = with_errors(select(measurements, work, "sibyl"))
        theirs = with_errors(select(measurements, work, "peer"))
        theirs = [m for m in theirs if m["setting"] == PRACTICAL]
        if not ours or not theirs:
            continue
        theirs = theirs[0]
        if disputed(measurements, work):
            rows.append([title, disputed(measurements, work), *[""] * 7])
            continue
        equal = cheapest(ours, "p95", theirs["error"]["p95"])
        tail = cheapest(ours, "p99", theirs["error"]["p99"])
        rows.append([
            title, duration(per_unit(theirs)), error_text(theirs),
            *((duration(per_unit(equal)), error_text(equal), equal["setting"].split()[1],
               ratio(per_unit(theirs), per_unit(equal))) if equal else ("not reached", "", "", "")),
            ratio(per_unit(theirs), per_unit(tail)) if tail else "not reached",
            "curve" if work in CURVES else "source"])
    if not rows:
        return []
    return [
        f"### At VBMicrolensing's practical setting, {PRACTICAL}", "",
        "Sibyl at its cheapest measured tolerance whose 95th percentile of the error is not above",
        "VBMicrolensing's; the last ratio asks the same of the 99th percentile.", "",
        *table(
            ["work", "VBMicrolensing", "error 95 % (99 %)", "Sibyl", "error 95 % (99 %)",
             "tolerance", "ratio", "ratio by 99 %", "per"],
            ["---", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "---"], rows), ""]


def equal_error_cell(ours, theirs, target):
    # Where both are always more accurate, the target decides nothing.
    if all(m["error"]["p95"] <= target for m in ours + theirs):
        return "–"
    a, b = seconds_at_error(ours, target), seconds_at_error(theirs, target)
    if a is None or b is None:
        return "not reached by " + " and ".join(
            name for name, time in (("Sibyl", a), ("VBMicrolensing", b)) if time is None)
    return f"**{ratio(b, a)}** ({duration(b)} : {duration(a)})"


def equal_error(measurements):
    rows = []
    for work, title in ERROR_WORKS.items():
        ours = with_errors(select(measurements, work, "sibyl"))
        theirs = with_errors(select(measurements, work, "peer"))
        if not ours or not theirs:
            continue
        if disputed(measurements, work):
            rows.append([title, disputed(measurements, work), *[""] * (len(TARGETS) - 1)])
        else:
            rows.append([title, *(equal_error_cell(ours, theirs, target) for target in TARGETS)])
    if not rows:
        return []
    return [
        "### At equal error", "",
        "VBMicrolensing's time over Sibyl's, both with this 95th percentile of the error: the",
        "best of each side's settings, interpolated between them. A side that is more accurate than",
        "that at its loosest setting counts with it; where both are, there is a dash.", "",
        *table(
            ["work", *(f"{t:.0e}" for t in TARGETS)], ["---", *("--:" for _ in TARGETS)], rows),
        ""]


def point_source(measurements):
    rows = []
    for work, title in POINT_SOURCES.items():
        ours, theirs = select(measurements, work, "sibyl"), select(measurements, work, "peer")
        if ours and theirs:
            a, b = per_unit(ours[0]), per_unit(theirs[0])
            rows.append([title, f"{1e-6 / b:.2f}", f"{1e-6 / a:.2f}", ratio(b, a)])
    if not rows:
        return []
    return [
        "### Point sources", "", "Millions a second.", "",
        *table(["work", "VBMicrolensing", "Sibyl", "ratio"], ["---", "--:", "--:", "--:"], rows),
        ""]


def reference(measurements):
    rows = []
    for work, title in (ERROR_WORKS | POINT_SOURCES).items():
        for m in select(measurements, work, "reference"):
            d = m["details"]
            rows.append([
                title, f"{m['units']:,}", int(d["differing"]), f"{d['p95']:.1e}",
                f"{d['worst']:.1e}"])
    if not rows:
        return ["No peer was there to check the reference: it is Sibyl's own tightest.", ""]
    return [
        "### Reference", "", ERRORS,
        *table(
            ["work", "rows", "differ by more than 1e-5", "difference: 95 %", "worst"],
            ["---", "--:", "--:", "--:", "--:"], rows), ""]


def quoted(measurements):
    """Works whose peer was not measured, from recorded.json."""
    rows = []
    for recorded in json.loads(
            pathlib.Path(__file__).with_name("recorded.json").read_text()):
        work = recorded["work"]
        ours = select(measurements, work, "sibyl")
        measured = {m["side"] for m in select(measurements, work, "peer")}
        if not ours or recorded["source"].split()[0].rstrip(",") in measured:
            continue
        ours = next((m for m in ours if m["setting"] == "tolerance 0.001"), ours[0])
        rows.append([
            (ERROR_WORKS | POINT_SOURCES | LEARNING | TRANSFORMS | PENALTIES | TRAJECTORIES)[work],
            f"{recorded['source']}, recorded {recorded['recorded']}",
            f"{recorded['setting']} / {ours['setting']}", duration(recorded["seconds"]),
            duration(per_unit(ours)), ratio(recorded["seconds"], per_unit(ours))])
    if not rows:
        return []
    return [
        "### Quoted", "",
        "The peer was not measured here: another machine, and errors not compared.", "",
        *table(
            ["work", "quoted", "settings", "peer", "Sibyl", "ratio"],
            ["---", "---", "---", "--:", "--:", "--:"], rows), ""]


def learning(measurements):
    rows = []
    for work, title in LEARNING.items():
        ours, theirs = select(measurements, work, "sibyl"), select(measurements, work, "peer")
        if not ours or not theirs:
            continue
        a, b = per_unit(ours[0]), per_unit(theirs[0])
        details = [(m["details"]["held_out_loss"], m["details"]["parameters"])
                   for m in (theirs[0], ours[0]) if "details" in m]
        rows.append([
            title, duration(b), duration(a), ratio(b, a),
            *(" / ".join(text.format(value[k]) for value in details)
              for k, text in enumerate(("{:.3f}", "{:,.0f}")))])
    if not rows:
        return []
    return [*table(
        ["work", "sbi", "Sibyl", "ratio", "held-out loss, sbi / Sibyl", "parameters"],
        ["---", "--:", "--:", "--:", "--:", "--:"], rows), "", *two_threads(measurements)]


def two_threads(measurements):
    rows = []
    for work, title in LEARNING.items():
        one = select(measurements, work, "sibyl")
        two = select(measurements, work + "-two-threads", "sibyl")
        if one and two:
            a, b = per_unit(one[0]), per_unit(two[0])
            rows.append([title, duration(a), duration(b), ratio(a, b)])
    if not rows:
        return []
    return [
        "### Sibyl on two threads", "", "CPU time of one thread, wall time of two.", "",
        *table(["work", "one", "two", "ratio"], ["---", "--:", "--:", "--:"], rows), ""]


def transforms(measurements):
    """Ours is the cheapest setting that is as accurate as theirs."""
    lines = []
    for suffix, title in (("", "One thread, CPU time"), ("-two-threads", "Two threads, wall time")):
        rows = []
        for work, name in TRANSFORMS.items():
            ours = select(measurements, work + suffix, "sibyl")
            for theirs in select(measurements, work + suffix, "peer"):
                error = theirs["details"]["error"]
                equal = min(
                    (m for m in ours if m["series"] == theirs["series"]
                     and m["details"]["error"] <= error), key=per_unit, default=None)
                rows.append([
                    name, theirs["setting"].split()[1], duration(per_unit(theirs)), f"{error:.1e}",
                    *((duration(per_unit(equal)), f"{equal['details']['error']:.1e}",
                       f"**{ratio(per_unit(theirs), per_unit(equal))}**")
                      if equal else ("not reached", "", ""))])
        if rows:
            lines += [f"### {title}", "", *table(
                ["work", "tolerance", "FINUFFT", "error", "Sibyl", "error", "ratio"],
                ["---", "--:", "--:", "--:", "--:", "--:", "--:"], rows), ""]
    return lines


def imaging(measurements):
    rows = []
    for work, title in PENALTIES.items():
        both = [m for side in ("sibyl", "peer") for m in select(measurements, work, side)]
        least = min((m["details"]["objective"] for m in both), default=None)
        rows += [[
            title, m["side"], m["setting"], duration(per_unit(m)),
            f"{m['details']['objective']:.10g}", f"{m['details']['objective'] / least - 1:.1e}",
            f"{m['details']['gap']:.1e}" if "gap" in m["details"] else "not known"] for m in both]
    lines = []
    if rows:
        lines += [
            "### Same objective, non-negative", "", *table(
                ["work", "side", "setting", "time", "objective", "above the least", "duality gap"],
                ["---", "---", "---", "--:", "--:", "--:", "--:"], rows), ""]
    rows = [
        [title, m["side"], m["setting"], duration(per_unit(m)), f"{m['details']['rho']:.3f}"]
        for work, title in IMAGES.items() for side in ("sibyl", "peer")
        for m in select(measurements, work, side)]
    if rows:
        lines += [
            "### Images", "",
            "ρ is the correlation with the truth. Cross-validation: wall time of two threads, the image it",
            "leads to included.", "", *table(
                ["work", "side", "setting", "time", "ρ"], ["---", "---", "---", "--:", "--:"], rows),
            ""]
    return lines


def periodograms(measurements):
    rows = []
    for work, title in PERIODOGRAMS.items():
        for ours in select(measurements, work, "sibyl"):
            rows.append([
                title, "Sibyl", duration(per_unit(ours)), f"{ours['details']['error']:.1e}", ""])
            rows += [[
                title, m["side"], duration(per_unit(m)), f"{m['details']['error']:.1e}",
                f"**{ratio(per_unit(m), per_unit(ours))}**"]
                for m in select(measurements, work, "peer")]
    lines = []
    if rows:
        lines += [
            "### Lomb–Scargle", "", *table(
                ["work", "side", "time", "error", "ratio"], ["---", "---", "--:", "--:", "--:"],
                rows), ""]
    return lines


# Relative duality gap at which both sides are compared.
GAP = 1e-6
SPARSE_TEXT = """\
min ½‖y − Xβ‖² + λ Σ‖β_g‖ from a cold start to a relative duality gap of 1e-6, which for all sides is
computed from their coefficients with the same dictionary in memory (of the dense and path rows it is
Sibyl's own). Groups are whitened cosines and sines made orthonormal beside the mean; L1 has them as they
are. Peers get the dictionary for free; Sibyl's matrix-free time is from the light curve on, and that of
geometry and λmax is also given apart; for its dense rows it gets the columns, too. Ratios are to the
matrix-free time. Peers' tolerances descend by √10 until the gap is reached.
"""


def sparse(measurements):
    rows = []
    for work, title in SPARSE.items():
        both = [m for side in ("sibyl", "peer") for m in select(measurements, work, side)]
        for m in both:
            details = dict(m["details"])
            if m is both[0]:
                for reference in select(measurements, work, "reference"):
                    details["gap"] = reference["details"]["gap"]
            is_peer = m["side"] != "sibyl"
            rows.append([
                title, f"{m['side'] if is_peer else 'Sibyl'}, {m['setting']}",
                duration(per_unit(m)), duration(details["wall"]),
                duration(details["start"]) if "start" in details else "",
                f"{details['gap']:.1e}", f"{details['groups']:,.0f}",
                "" if not is_peer else "not reached" if details["gap"] > GAP
                else f"**{ratio(per_unit(m), per_unit(both[0]))}**"])
        if both and work.startswith("sparse-path"):
            rows.append([title, "celer, skglm", "their dictionary would be 16 GB", *[""] * 5])
    if not rows:
        return []
    making = [
        m["seconds"] for work in SPARSE if work.startswith("lasso-2000")
        for m in select(measurements, work, "reference")]
    words = [
        "The making of a dictionary of 2,000 × 40,000 for the peers took "
        f"{duration(min(making))} or more.", ""] if making else []
    return [
        "### Group LASSO and LASSO", "", SPARSE_TEXT, *words, *table(
            ["work", "side", "CPU", "wall", "of it to λmax", "gap", "groups", "ratio of CPU"],
            ["---", "---", "--:", "--:", "--:", "--:", "--:", "--:"], rows), ""]


def trajectories(measurements):
    """Ratios are to our cheapest setting that is as accurate."""
    rows = []
    for work in TRAJECTORIES:
        ours = select(measurements, work, "sibyl")
        for m in ours + select(measurements, work, "peer"):
            equal = min(
                (own for own in ours
                 if all(own["error"][q] <= m["error"][q] for q in ("p50", "p95"))),
                key=per_unit, default=None)
            rows.append([
                "Sibyl" if m["side"] == "sibyl" else m["side"], m["setting"], duration(per_unit(m)),
                duration(m["details"]["median"]) if "median" in m["details"] else "",
                f"{m['error']['p50']:.1e}", f"{m['error']['p95']:.1e}",
                f"{100 * m['details']['lost']:.1f} %",
                "" if m["side"] == "sibyl" else "not reached" if equal is None
                else f"**{ratio(per_unit(m), per_unit(equal))}** ({equal['setting']})"])
    if not rows:
        return []
    return [*table(
        ["side", "setting", "mean", "median", "energy error 50 %", "95 %", "ends lost", "ratio"],
        ["---", "---", "--:", "--:", "--:", "--:", "--:", "--:"], rows), ""]


def surrogates(measurements):
    return [*gaussian_process(measurements), *degradation(measurements)]


def gaussian_process(measurements):
    rows = []
    for work, title in SURROGATES.items():
        for ours in select(measurements, work, "sibyl"):
            rows += [[
                title, "Sibyl" if m is ours else m["side"], duration(per_unit(m)),
                duration(m["details"]["wall"]), f"{m['details']['likelihood']:.3f}",
                f"{m['details']['error']:.4f}",
                "" if m is ours else f"**{ratio(per_unit(m), per_unit(ours))}**"]
                for m in [ours, *select(measurements, work, "peer")]]
    if not rows:
        return []
    return [
        "### Gaussian process", "", *table(
            ["work", "side", "CPU", "wall", "ln p(y)", "error", "ratio of CPU"],
            ["---", "---", "--:", "--:", "--:", "--:", "--:"], rows), ""]


def degradation(measurements):
    found = {m["setting"]: m for m in select(measurements, "degradation-line", "sibyl")}
    if not found:
        return []
    surrogate, exact = found["surrogate"], found["exact"]
    return [
        "### Degradation factors of a pulsar", "", *table(
            ["by", "CPU", "difference: median", "99 %", "ratio"], ["---", "--:", "--:", "--:", "--:"],
            [["surrogate", duration(per_unit(surrogate)), f"{surrogate['details']['median']:.5f}",
              f"{surrogate['details']['p99']:.4f}", f"**{ratio(per_unit(exact), per_unit(surrogate))}**"],
             ["quadrature and bounds", duration(per_unit(exact)), "", "", ""]]), ""]


def everything(measurements):
    rows = []
    for m in measurements:
        if m["side"] == "reference":
            continue
        errors = [""] * 4
        if "error" in m and not disputed(measurements, m["work"]):
            errors = [f"{m['error'][k]:.1e}" for k in ("p50", "p95", "p99", "worst")]
        rows.append([m["work"], m["side"], m["setting"], duration(per_unit(m)), *errors])
    return table(
        ["work", "side", "setting", "per unit", "error: median", "95 %", "99 %", "worst"],
        ["---", "---", "---", "--:", "--:", "--:", "--:", "--:"], rows)
