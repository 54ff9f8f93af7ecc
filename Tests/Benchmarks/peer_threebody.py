"""heyoka and REBOUND beside Sibyl: `peer_threebody.py FOLDER`, of systems that Sibyl has written there.

Biscani & Izzo 2021, MNRAS 504, 2614; Rein & Spiegel 2015, MNRAS 446, 1424.
"""

import json
import pathlib
import sys
import time

import heyoka as hy
import numpy as np
import rebound

NAME = "three-bodies"
END = 10.0
LANES = 8
# Steps after which lanes that have finished get the next system.
ROUND = 128
# Of a system: where the energy went wrong two bodies can be so close that hundreds of thousands follow.
MOST_STEPS = 100_000


def planar():
    """The equations of motion, x, y, vx and vy of each body, with each pair's force once."""
    bodies = [hy.make_vars(f"x{i}", f"y{i}", f"vx{i}", f"vy{i}") for i in range(3)]
    accelerations = [([], []) for _ in bodies]
    for i, j in ((0, 1), (0, 2), (1, 2)):
        d = [bodies[j][axis] - bodies[i][axis] for axis in range(2)]
        strength = hy.sum([d[0]**2, d[1]**2])**-1.5
        for axis in range(2):
            force = d[axis] * strength
            accelerations[i][axis].append(force)
            accelerations[j][axis].append(-force)
    return [
        equation for (x, y, vx, vy), (ax, ay) in zip(bodies, accelerations)
        for equation in ((x, vx), (y, vy), (vx, hy.sum(ax)), (vy, hy.sum(ay)))]


# Numbers a body of the states, and the equations.
PLANAR = 4, planar()
SPATIAL = 6, hy.model.nbody(3)


def starts(systems, width):
    """States at rest, [systems, 3 width]."""
    states = np.zeros((len(systems), 3, width))
    states[:, 0, 0] = 1
    states[:, 1, :2] = systems
    states[:, 2, 0] = -(1 + systems[:, 0])
    states[:, 2, 1] = -systems[:, 1]
    return states.reshape(len(systems), -1)


def in_space(states, width):
    """[systems, 3, 6]: positions, velocities."""
    states = states.reshape(-1, 3, width)
    result = np.zeros((len(states), 3, 6))
    half = width // 2
    result[:, :, :half] = states[:, :, :half]
    result[:, :, 3:3 + half] = states[:, :, half:]
    return result


def each(count, body):
    """Calls `body` with each index; CPU seconds of each."""
    seconds = np.zeros(count)
    for index in range(count):
        start = time.process_time()
        body(index)
        seconds[index] = time.process_time() - start
    return seconds


def scalar(systems, equations):
    width, equations = equations
    begin = starts(systems, width)
    results = np.full_like(begin, np.nan)
    integrator = hy.taylor_adaptive(equations, begin[0])

    def body(index):
        integrator.time = 0.0
        integrator.state[:] = begin[index]
        # Where bodies all but collide its coefficients overflow, and the state is as good as lost.
        if integrator.propagate_until(END, max_steps=MOST_STEPS)[0] == hy.taylor_outcome.time_limit:
            results[index] = integrator.state

    seconds = each(len(systems), body)
    return seconds.sum(), np.median(seconds), in_space(results, width)


def batch_integrator(begin, equations):
    return hy.taylor_adaptive_batch(equations, np.tile(begin[0][:, None], (1, LANES)))


def batch(systems, equations):
    """Eight systems at a time; all wait for the slowest."""
    width, equations = equations
    begin = starts(systems, width)
    results = np.full_like(begin, np.nan)
    integrator = batch_integrator(begin, equations)
    start = time.process_time()
    for first in range(0, len(systems), LANES):
        # One lane that overflows stops the others: they go on from where they are, it from a time past the end.
        integrator.set_time(0.0)
        integrator.state[:] = begin[first:first + LANES].T
        while True:
            integrator.propagate_until([END] * LANES, max_steps=MOST_STEPS)
            bad = ~np.isfinite(integrator.state).all(axis=0)
            if not bad.any():
                break
            # As good as lost.
            results[first:first + LANES][bad] = np.inf
            high, low = np.array(integrator.dtime)
            high[bad], low[bad] = END, 0
            integrator.state[:, bad] = begin[0][:, None]
            integrator.set_dtime(high, low)
        good = np.isnan(results[first:first + LANES, 0]) & (integrator.time >= END)
        results[first:first + LANES][good] = integrator.state.T[good]
    return time.process_time() - start, None, in_space(results, width)


def refilled(systems, equations):
    """Eight systems at a time; where one has finished, the next takes its lane."""
    width, equations = equations
    begin = starts(systems, width)
    results = np.full_like(begin, np.nan)
    integrator = batch_integrator(begin, equations)
    start = time.process_time()
    lanes = list(range(LANES))
    following = LANES
    steps = np.zeros(LANES, dtype=int)
    integrator.state[:] = begin[:LANES].T
    integrator.set_time(0.0)
    while any(lane is not None for lane in lanes):
        integrator.propagate_until([END] * LANES, max_steps=ROUND)
        high, low = np.array(integrator.dtime)
        steps += ROUND
        finished = [
            lane for lane in range(LANES) if lanes[lane] is not None
            and not (high[lane] < END and steps[lane] < MOST_STEPS)]
        for lane in finished:
            # Not a number where it has overflowed.
            results[lanes[lane]] = np.nan if high[lane] < END else integrator.state[:, lane]
            steps[lane] = 0
            lanes[lane] = following if following < len(systems) else None
            # A lane without a system has nothing to do.
            high[lane], low[lane] = (0 if lanes[lane] is not None else END), 0
            integrator.state[:, lane] = begin[min(following, len(systems) - 1)]
            following += 1
        if finished:
            integrator.set_dtime(high, low)
    return time.process_time() - start, None, in_space(results, width)


def ias15(systems):
    results = np.full((len(systems), 3, 6), np.nan)
    begin = in_space(starts(systems, PLANAR[0]), PLANAR[0])

    def body(index):
        simulation = rebound.Simulation()
        simulation.integrator = "ias15"
        for x, y, *_ in begin[index]:
            simulation.add(m=1, x=x, y=y)
        simulation.integrate(END)
        results[index] = [[p.x, p.y, p.z, p.vx, p.vy, p.vz] for p in simulation.particles]

    seconds = each(len(systems), body)
    return seconds.sum(), np.median(seconds), results


def energies(states):
    states = states.astype(np.longdouble)
    energy = (states[:, :, 3:]**2).sum(axis=(1, 2)) / 2
    for i, j in ((0, 1), (0, 2), (1, 2)):
        energy -= 1 / np.sqrt(((states[:, i, :3] - states[:, j, :3])**2).sum(axis=1))
    return energy


def report(side, setting, measured, begin, reference):
    seconds, median, states = measured
    with np.errstate(invalid="ignore"):
        errors = np.abs(energies(states) / energies(begin) - 1).astype(float)
        distances = np.sqrt(((states - reference)[:, :, :3]**2).sum(axis=2).max(axis=1))
    # What is no number is wrong by 100 %.
    errors = np.sort(np.where(np.isfinite(errors), errors, 1))
    details = {
        "lost": float(np.mean(~(distances <= 1e-3))),
        "unfinished": int((~np.isfinite(states[:, 0, 0])).sum())}
    if median is not None:
        details["median"] = float(median)
    error = {name: float(errors[int(p * len(errors))])
             for name, p in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))}
    print(json.dumps({
        "work": NAME, "side": side, "series": setting, "setting": setting,
        "seconds": float(seconds), "units": len(states),
        "error": error | {"worst": float(errors[-1])}, "details": details}), flush=True)


def main(folder):
    data = np.load(pathlib.Path(folder, NAME + ".npz"))
    systems, reference = data["systems"], data["reference"]
    begin = in_space(starts(systems, PLANAR[0]), PLANAR[0])
    for setting, method, equations in (
            ("one system at a time", scalar, SPATIAL),
            ("one system at a time, planar", scalar, PLANAR),
            ("batches of 8", batch, SPATIAL),
            ("batches of 8, planar", batch, PLANAR),
            ("8 lanes, refilled", refilled, SPATIAL),
            ("8 lanes, refilled, planar", refilled, PLANAR)):
        report("heyoka", setting, method(systems, equations), begin, reference)
    report("REBOUND", "IAS15", ias15(systems), begin, reference)


if __name__ == "__main__":
    main(sys.argv[1])
