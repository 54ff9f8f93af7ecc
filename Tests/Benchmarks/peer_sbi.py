"""sbi beside Sibyl: `peer_sbi.py measure FOLDER`, of simulations that Sibyl has written there.

Tejero-Cantero et al. 2020, JOSS 5, 2505; estimators as it builds them by default.
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
TASKS = {"two_moons": (2, 1.0, [0, 0]), "slcp": (5, 3.0, None)}
ESTIMATORS = ["mdn", "maf", "nsf"]
# Batch sizes, and epochs of a short and a long run, whose difference counts.
EPOCHS = {50: (1, 4), 200: (1, 9), 1000: (1, 21)}
SAMPLES = 100_000


def seconds_of(body):
    start = time.process_time()
    body()
    return time.process_time() - start


def median_seconds(body, repeats=3):
    """Median CPU seconds of a few calls after one to warm up."""
    body()
    return statistics.median(seconds_of(body) for _ in range(repeats))


def report(work, setting, seconds, units, **more):
    line = {"work": work, "side": "sbi", "series": setting, "setting": setting,
            "seconds": seconds, "units": units, **more}
    print(json.dumps(line), file=LINES, flush=True)


def simulations(folder):
    arrays = (np.load(f"{folder}/shard-00000.{name}.npy") for name in ("theta", "x"))
    return tuple(torch.tensor(array, dtype=torch.float32) for array in arrays)


class Work:
    def __init__(self, folder, task, estimator):
        self.task, self.estimator, self.name = task, estimator, f"{estimator}-{task}"
        self.count, half, self.observation = TASKS[task]
        self.prior = BoxUniform(-half * torch.ones(self.count), half * torch.ones(self.count))
        self.theta, self.x = simulations(f"{folder}/{task}")
        self.tests = simulations(f"{folder}/{task}-test")

    def train(self, batch, **settings):
        """The inference, its estimator and the CPU seconds of the training."""
        torch.manual_seed(1)
        start = time.process_time()
        inference = NPE(
            self.prior, density_estimator=self.estimator, show_progress_bars=False)
        estimator = inference.append_simulations(self.theta, self.x).train(
            training_batch_size=batch, **settings)
        return inference, estimator, time.process_time() - start

    def measure_steps(self):
        for batch, runs in EPOCHS.items():
            seconds, epochs = [], []
            for count in runs:
                inference, _, time_taken = self.train(
                    batch, max_num_epochs=count, stop_after_epochs=10 * count)
                seconds.append(time_taken)
                epochs.append(inference.summary["epochs_trained"][-1])
            steps = -(-len(self.theta) * 9 // 10 // batch) * (epochs[1] - epochs[0])
            report(f"step-{self.name}-{batch}", self.estimator, seconds[1] - seconds[0], steps)

    def held_out_loss(self, estimator):
        """Mean -ln q(theta | x) of fresh simulations, q normalised on the prior's support."""
        theta, x = self.tests
        with torch.no_grad():
            density = estimator.log_prob(theta.unsqueeze(0), condition=x)
            draws = estimator.sample((500,), condition=x)
            inside = torch.isfinite(self.prior.log_prob(draws.reshape(-1, self.count)))
            kept = inside.reshape(500, -1).float().mean(dim=0)
        return -float((density - kept.log()).mean())

    def measure_convergence(self):
        _, estimator, seconds = self.train(200)
        parameters = sum(p.numel() for p in estimator.parameters() if p.requires_grad)
        loss = self.held_out_loss(estimator)
        report(f"converge-{self.name}", "defaults", seconds, 1,
               details={"held_out_loss": loss, "parameters": parameters})

    def measure_sampling(self):
        """The raw estimator, without the rejection of samples outside the prior."""
        _, estimator, _ = self.train(200, max_num_epochs=5)
        observation = torch.tensor([self.observation], dtype=torch.float32)
        with torch.no_grad():
            one = median_seconds(lambda: estimator.sample((SAMPLES,), condition=observation))
            many = median_seconds(
                lambda: estimator.sample((1_000,), condition=self.tests[1]), repeats=1)
        report(f"samples-{self.name}", self.estimator, one, SAMPLES)
        report(f"samples-{self.name}-of-1000", self.estimator, many,
               1_000 * len(self.tests[1]))


def measure(folder):
    torch.set_num_threads(1)
    # The first training of a process pays for what all others find ready.
    Work(folder, "two_moons", "mdn").train(200, max_num_epochs=1)
    for task in TASKS:
        for estimator in ESTIMATORS:
            work = Work(folder, task, estimator)
            work.measure_steps()
            if estimator == "nsf":
                work.measure_convergence()
            if task == "two_moons":
                work.measure_sampling()


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    if sys.argv[1] == "measure":
        measure(sys.argv[2])
