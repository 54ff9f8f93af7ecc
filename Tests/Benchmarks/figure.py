"""Cost against achieved error of all works, drawn by gnuplot."""

import math
import os
import pathlib
import subprocess
import tempfile

from tables import PRACTICAL, disputed, per_unit, select, with_errors
from works import PANELS

NAME = "magnification.png"
COLUMNS, ROWS = 5, 3
WIDTH, HEIGHT = 1300, 690
# Errors below are drawn here, at the left edge.
SMALLEST = 1e-9
SERIES = [
    ("sibyl", "tolerance", "Sibyl", "#0072b2", 7),
    ("peer", "Tol and RelTol", "VBMicrolensing, Tol = 10 RelTol", "#d55e00", 5),
    ("peer", "RelTol", "VBMicrolensing, RelTol alone", "#e69f00", 9),
    ("peer", "Tol", "VBMicrolensing, Tol alone", "#cc79a7", 11),
]
STYLE = """\
set encoding utf8
set minussign
set terminal pngcairo enhanced size {width},{height} font 'Arial,11' fontscale 2 linewidth 2 \\
  pointscale 1.7 background rgb 'white'
set output '{name}'
set border 15 front linecolor rgb '#222222' linewidth 0.8
set logscale x
set logscale y
set xrange [{low}:1]
set xtics in mirror scale 0.8,0.4 textcolor rgb '#222222' font ',10' ({xtics})
set ytics in mirror scale 0.8,0.4 textcolor rgb '#222222' font ',10'
set grid xtics ytics linetype 1 linewidth 0.5 linecolor rgb '#d9d9d9'
unset key
set multiplot
"""


def points(measurements, side, series):
    """Pairs of error and seconds a unit, from the loosest setting to the tightest."""
    return [
        (max(m["error"]["p95"], SMALLEST), per_unit(m))
        for m in with_errors(select(measurements, measurements[0]["work"], side))
        if m["series"] == series]


def has_data(measurements):
    return any(with_errors(select(measurements, work, "sibyl")) for work, _ in PANELS)


def power_of_ten(exponent):
    return f"10^{{{exponent}}}"


def time_label(exponent):
    unit, power = next((u, p) for u, p in [("s", 0), ("ms", -3), ("µs", -6), ("ns", -9)]
                       if exponent >= p)
    return f"{10 ** (exponent - power)} {unit}"


def margins(index):
    """Commands that place a panel."""
    column, row = index % COLUMNS, index // COLUMNS
    left, right, bottom, top = 0.066, 0.999, 0.035, 0.985
    wide, high = (right - left) / COLUMNS, (top - bottom) / ROWS
    x, y = left + column * wide, top - row * high
    return (
        f"set lmargin at screen {x:.4f}\nset rmargin at screen {x + wide - 0.045:.4f}\n"
        f"set tmargin at screen {y - 0.022:.4f}\nset bmargin at screen {y - high + 0.06:.4f}\n")


def panel(index, work, title, measurements):
    here = [m for m in measurements if m["work"] == work]
    frame = margins(index) + f"set title '{title}' font ',10.5' offset 0,-0.7\n"
    words = disputed(here, work)
    if words or not has_data(here):
        text = (words or "not measured").replace(" on ", "\\non ")
        return (
            frame + f"set label 3 \"{text}\" at graph 0.5,0.53 center font ',10'\n"
            "set yrange [1:10]\nset ytics ('' 1)\nplot NaN\nunset label 3\n")
    curves = [(points(here, side, series), color, shape)
              for side, series, _, color, shape in SERIES]
    times = [time for curve, _, _ in curves for _, time in curve]
    low, high = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    ticks = ", ".join(f"'{time_label(e)}' 1e{e}" for e in range(low, high + 1))
    minor = ", ".join(f"'' {k}e{e} 1" for e in range(low, high) for k in range(2, 10))
    # A little wider, so that rounding does not lose a tick.
    lines = [frame, f"set yrange [0.999e{low}:1.001e{high}]", f"set ytics ({ticks}, {minor})"]
    plots = []
    for reference in select(here, work, "reference"):
        # Smaller errors are not independently known.
        edge = max(reference["details"]["p95"], SMALLEST)
        lines.append(
            f"set object {index + 1} rectangle from first {SMALLEST / 3:g}, graph 0 "
            f"to first {edge:g}, graph 1 fillcolor rgb '#ececec' fillstyle solid noborder behind")
    for number, (curve, color, shape) in enumerate(curves):
        if not curve:
            continue
        block = f"$data_{index}_{number}"
        lines.append("\n".join([f"{block} << END", *(f"{e:g} {t:g}" for e, t in curve), "END"]))
        plots.append(
            f"{block} with linespoints linewidth 1.4 linecolor rgb '{color}' pointtype {shape} "
            "pointsize 0.7")
    for m in with_errors(select(here, work, "peer")):
        if m["setting"] == PRACTICAL:
            lines.append(
                f"$practical_{index} << END\n{m['error']['p95']:g} {per_unit(m):g}\nEND")
            plots.append(
                f"$practical_{index} with points pointtype 6 pointsize 1.6 linewidth 1.2 "
                "linecolor rgb '#222222'")
    lines.append("plot " + ", ".join(plots))
    lines.append(f"unset object {index + 1}")
    return "\n".join(lines) + "\n"


def legend():
    """In the place of the last panels, which are not there."""
    entries = [
        f"NaN with linespoints linewidth 1.4 linecolor rgb '{color}' pointtype {shape} "
        f"pointsize 0.7 title '{name}'" for _, _, name, color, shape in SERIES]
    entries.append(
        "NaN with points pointtype 6 pointsize 1.6 linewidth 1.2 linecolor rgb '#222222' "
        "title 'VBMicrolensing, Tol 10^{−2}, RelTol 10^{−3}'")
    entries.append(
        "NaN with boxes fillcolor rgb '#ececec' fillstyle solid noborder "
        "title 'reference uncertain'")
    return (
        margins(len(PANELS)) + "set rmargin at screen 0.995\nunset title\nunset border\n"
        "unset tics\nunset grid\nset yrange [1:10]\nset key at graph 0.02,0.98 left top Left "
        "reverse samplen 2.5 spacing 1.35 font ',11'\nplot " + ", ".join(entries) + "\n")


def script(measurements):
    labels = [f"'{'≤ ' if e == -9 else ''}{power_of_ten(e)}' 1e{e}" for e in (-9, -6, -3, 0)]
    minor = [f"'' 1e{e} 1" for e in range(-8, 0) if e % 3]
    text = STYLE.format(
        width=2 * WIDTH, height=2 * HEIGHT, name=NAME, low=SMALLEST / 3,
        xtics=", ".join(labels + minor))
    text += (
        "set label 1 '95th percentile of the relative error' at screen 0.53,0.025 center "
        "font ',12'\nset label 2 'CPU time of a source or a light curve' at screen 0.011,0.52 "
        "center rotate font ',12'\n")
    for index, (work, title) in enumerate(PANELS):
        text += panel(index, work, title.replace("−", "\u2212"), measurements)
        # Only once.
        text += "unset label 1\nunset label 2\n" if index == 0 else ""
    return text + legend() + "unset multiplot\nunset output\n"


def draw(measurements, folder):
    """Writes the PNG, whole or not at all."""
    if not has_data(measurements):
        return
    with tempfile.TemporaryDirectory() as scratch:
        pathlib.Path(scratch, "figure.gp").write_text(script(measurements))
        # -d: a user's start-up file must not change the figure.
        subprocess.run(["gnuplot", "-d", "figure.gp"], cwd=scratch, check=True)
        drawn = pathlib.Path(scratch, NAME).read_bytes()
    temporary = folder / (NAME + ".part")
    temporary.write_bytes(drawn)
    os.replace(temporary, folder / NAME)
