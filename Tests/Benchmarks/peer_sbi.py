"""sbi beside Sibyl: `peer_sbi.py measure FOLDER`; it prepares nothing.

Tejero-Cantero et al. 2020, JOSS 5, 2505; its `maf` has 5 transforms of width 50 by default.
"""

import json
import statistics
import sys
import time
import warnings

import numpy as np
import torch
from sbi.inference import NPE
from sbi.utils import BoxUniform

# What sbi prints itself must not mix with the lines of the report.
LINES, sys.stdout = sys.stdout, sys.stderr
BATCH, EPOCHS_SHORT, EPOCHS_LONG, SAMPLES = 200, 2, 22, 100_000


def median_seconds(body, repeats):
    """Median CPU seconds of a few calls after one to warm up."""
    body()
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        body()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds)


def report(work, setting, seconds, units, **more):
    line = {"work": work, "side": "sbi", "series": setting, "setting": setting,
            "seconds": seconds, "units": units, **more}
    print(json.dumps(line), file=LINES, flush=True)


def simulations(folder):
    arrays = (np.load(f"{folder}/shard-00000.{name}.npy") for name in ("theta", "x"))
    return tuple(torch.tensor(array, dtype=torch.float32) for array in arrays)


def train(prior, theta, x, **settings):
    """The inference, its estimator and the CPU seconds of the training."""
    torch.manual_seed(1)
    start = time.process_time()
    inference = NPE(prior, density_estimator="maf", show_progress_bars=False)
    estimator = inference.append_simulations(theta, x).train(
        training_batch_size=BATCH, **settings)
    return inference, estimator, time.process_time() - start


def measure_steps(prior, theta, x):
    seconds, epochs = [], []
    for count in (EPOCHS_SHORT, EPOCHS_LONG):
        inference, _, time_taken = train(
            prior, theta, x, max_num_epochs=count, stop_after_epochs=10 * count)
        seconds.append(time_taken)
        epochs.append(inference.summary["epochs_trained"][-1])
    steps = -(-len(theta) * 9 // 10 // BATCH)
    report("flow-training", "MAF", seconds[1] - seconds[0], steps * (epochs[1] - epochs[0]))


def held_out_loss(estimator, prior, theta, x):
    """Mean -ln q(theta | x) of fresh simulations, q normalised on the prior's support as in sbi."""
    with torch.no_grad():
        density = estimator.log_prob(theta.unsqueeze(0), condition=x)
        draws = estimator.sample((500,), condition=x)
        inside = torch.isfinite(prior.log_prob(draws.reshape(-1, 2))).reshape(500, -1)
    return -float((density - inside.float().mean(dim=0).log()).mean())


def measure(folder):
    torch.set_num_threads(1)
    theta, x = simulations(f"{folder}/two-moons")
    prior = BoxUniform(-torch.ones(2), torch.ones(2))
    measure_steps(prior, theta, x)
    inference, estimator, seconds = train(prior, theta, x)
    loss = held_out_loss(estimator, prior, *simulations(f"{folder}/two-moons-test"))
    parameters = sum(p.numel() for p in estimator.parameters() if p.requires_grad)
    report("flow-convergence", "defaults", seconds, 1,
           details={"held_out_loss": loss, "parameters": parameters})
    posterior = inference.build_posterior()
    observation = torch.zeros(1, 2)
    draw = lambda: posterior.sample((SAMPLES,), x=observation, show_progress_bars=False)
    report("flow-sampling", "MAF", median_seconds(draw, repeats=3), SAMPLES)


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    if sys.argv[1] == "measure":
        measure(sys.argv[2])
