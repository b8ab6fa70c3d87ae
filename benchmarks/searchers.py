"""What searchers do with candidates that are too large, by themselves and with cnnspec: python benchmarks/searchers.py

It needs Optuna and KerasTuner. The network is deep or wide: of 768 candidates, one in six has fewer than 100,000 parameters, and the best
of these is deep and thin. Nothing is trained: the accuracy is a formula with some noise, that grows with depth and width, so that what is
compared is what the searchers propose.

- Optuna's TPE, told of what is too large as users do (TrialPruned), as its manual says (a constraint), and not at all,
  because `cnnspec.search.optuna.suggest` proposes nothing that is too large.
- KerasTuner with `max_model_size`, and with `cnnspec.search.keras_tuner.CnnspecHyperModel`.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import statistics
import sys
import tempfile
from collections.abc import Callable
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import optuna

import cnnspec
from cnnspec.search.optuna import suggest
from cnnspec.search.space import SearchSpace, make_space

SPEC = """model Deep(n=4, f=32) {
  input 16x16x3
  conv(f, 3x3, padding=same)
  for i in 2..n { conv(f, 3x3, padding=same) }
  gap
  dense(10, softmax)
}
"""
OVER = {"n": "1..24", "f": "8..256:8"}
BUDGET = 100_000
TRIALS = 60
SEEDS = range(10)
LATE = TRIALS // 3  # proposals at the end, by which a sampler shows where it has come to


def find_accuracy(n: int, f: int) -> float:
    """What stands for the accuracy of a network of n layers of f filters."""
    return float(0.9 * (1 - 2.0 ** (-n / 5.5)) * (1 - 2.0 ** (-f / 5.5)))


def count(n: int, f: int) -> int:
    """The parameters, worked out here once more; `main` holds cnnspec to it."""
    return 28 * f + (n - 1) * (9 * f * f + f) + 10 * f + 10


# ---- Optuna ------------------------------------------------------------------------------------------------
def propose_plainly(trial: Any) -> tuple[int, int]:
    return trial.suggest_int("n", 1, 24), trial.suggest_int("f", 8, 256, step=8)


def prune(trial: Any, space: SearchSpace) -> tuple[int, int]:
    n, f = propose_plainly(trial)
    if count(n, f) >= BUDGET:
        raise optuna.TrialPruned
    return n, f


def constrain(trial: Any, space: SearchSpace) -> tuple[int, int]:
    n, f = propose_plainly(trial)
    trial.set_constraint("params", count(n, f) / BUDGET - 1)
    if count(n, f) >= BUDGET:
        raise optuna.TrialPruned
    return n, f


def fit(trial: Any, space: SearchSpace) -> tuple[int, int]:
    found = suggest(trial, space)
    return found["n"], found["f"]


def search(propose: Callable[[Any, SearchSpace], tuple[int, int]], space: SearchSpace, seed: int) -> tuple[float, ...]:
    """The share of proposals that fit, the mean depth and the mean parameters of the last that do, the best accuracy."""
    noise, fits = random.Random(seed), []

    def measure(trial: Any) -> float:
        n, f = propose(trial, space)
        fits.append((n, f))
        return find_accuracy(n, f) + noise.gauss(0, 0.005)

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(measure, n_trials=TRIALS)
    last = fits[-LATE:]
    return (
        len(fits) / TRIALS, statistics.mean([n for n, _ in last]), statistics.mean([count(n, f) for n, f in last]),
        max([find_accuracy(n, f) for n, f in fits]),
    )  # fmt: skip


def compare_samplers(space: SearchSpace) -> None:
    options = [(n, f) for n in range(1, 25) for f in range(8, 257, 8) if count(n, f) < BUDGET]
    best = max(options, key=lambda option: find_accuracy(*option))
    assert len(space.fitting) == len(options), "cnnspec and the formula disagree about what fits"
    print(
        f"{len(options)} of {space.count} candidates fit; the best has {best[0]} layers of {best[1]} filters, accuracy {find_accuracy(*best):.3f}"
    )
    print(
        f"Optuna {optuna.__version__}, TPE, {TRIALS} proposals, {len(SEEDS)} seeds    fit   depth   params   best   the worst seed's best"
    )
    for name, propose in (("TrialPruned", prune), ("constraints", constrain), ("cnnspec.search.optuna", fit)):
        found = [search(propose, space, seed) for seed in SEEDS]
        share, depth, params, accuracy = [statistics.mean(column) for column in zip(*found, strict=True)]
        worst = min([one[3] for one in found])
        print(f"{name:44}{share:6.0%}{depth:8.1f}{params:9,.0f}{accuracy:7.3f}{worst:10.3f}", flush=True)


# ---- KerasTuner --------------------------------------------------------------------------------------------
def compare_tuners(space: SearchSpace) -> None:
    try:
        import keras_tuner

        from cnnspec.search.keras_tuner import CnnspecHyperModel
    except (ImportError, cnnspec.MissingExtra) as error:
        print(f"KerasTuner is left out: {error}")
        return

    def build(hp: Any) -> Any:
        model = cnnspec.loads(SPEC, n=hp.Int("n", 1, 24), f=hp.Int("f", 8, 256, step=8)).to_keras()
        model.compile("adam", "sparse_categorical_crossentropy")
        return model

    class Plain(keras_tuner.HyperModel):  # type: ignore[misc]
        def build(self, hp: Any) -> Any:
            return build(hp)

        def fit(self, hp: Any, model: Any, *args: Any, **options: Any) -> float:
            return -find_accuracy(hp.get("n"), hp.get("f"))

    class Ours(CnnspecHyperModel):
        def fit(self, hp: Any, model: Any, *args: Any, **options: Any) -> float:
            assert model.count_params() == count(hp.get("n"), hp.get("f")) < BUDGET
            return -find_accuracy(hp.get("n"), hp.get("f"))

    def make_ours() -> Any:
        return Ours(space, compile=lambda model, hp: model.compile("adam", "sparse_categorical_crossentropy"))

    print(
        f"keras-tuner {keras_tuner.__version__}, RandomSearch of 20 trials, max_model_size={BUDGET:,}, {len(SEEDS)} seeds"
    )
    for name, make in (("a hypermodel of its own", Plain), ("cnnspec.search.keras_tuner", make_ours)):
        done, died, best, said = 0, 0, [], ""
        for seed in SEEDS:
            with tempfile.TemporaryDirectory() as folder:
                tuner = keras_tuner.RandomSearch(
                    make(), max_trials=20, seed=seed, directory=folder, max_model_size=BUDGET - 1
                )
                try:
                    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
                        tuner.search(verbose=0)
                except RuntimeError as error:
                    died, said = died + 1, str(error).strip().splitlines()[0]
                finished = [trial for trial in tuner.oracle.trials.values() if trial.status == "COMPLETED"]
                done += len(finished)
                best += [max([-trial.score for trial in finished], default=0.0)]
        print(
            f"{name:30}{done:4} of {20 * len(SEEDS)} trials, {died} of {len(SEEDS)} searches ended by an error, mean best {statistics.mean(best):.3f}",
            flush=True,
        )
        if said:
            print(f"    {said}")


def main() -> int:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space = make_space(SPEC, OVER, where=f"params < {BUDGET}")
    compare_samplers(space)
    compare_tuners(space)
    return 0


if __name__ == "__main__":
    sys.exit(main())
