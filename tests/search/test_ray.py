"""Ray Tune on the candidates of a spec: its random search, and a searcher that learns, try nothing that does not fit."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from cnnspec.search import NothingFits, make_space
from tests.search.specs import CHAIN, DEEP
from tests.support import THOROUGH

try:
    from ray import tune
    from ray.tune.search import Searcher
    from ray.tune.search.variant_generator import generate_variants
except ImportError:
    pytest.skip("Ray Tune is installed by whoever uses it", allow_module_level=True)
from cnnspec.search.ray import KeepFitting, choices, fitting, load, settle

OVER: dict[str, Any] = {"n": "1..12", "f": "8..256:8", "act": "relu, swish"}
LISTS: dict[str, Any] = {"size": "12..24:6", "w[*]": "4..64:*2", "scale": "0.5, 1"}


class Plain(Searcher):
    """A searcher that draws at random, and keeps what it is told."""

    def __init__(self, space: dict[str, Any], metric: str = "score", mode: str = "max") -> None:
        super().__init__(metric, mode)
        self.space, self.random = space, random.Random(0)
        self.asked: dict[str, Any] = {}
        self.told: dict[str, Any] = {}

    def suggest(self, trial_id: str) -> dict[str, Any]:
        self.asked[trial_id] = {name: self.random.choice(domain.categories) for name, domain in self.space.items()}
        return dict(self.asked[trial_id])

    def on_trial_complete(self, trial_id: str, result: Any = None, error: bool = False) -> None:
        self.told[trial_id] = "error" if error else result

    def save(self, checkpoint_path: str) -> None: ...

    def restore(self, checkpoint_path: str) -> None: ...


@pytest.mark.parametrize(("text", "over"), [(DEEP, OVER), (CHAIN, LISTS)])
def test_all_that_is_drawn_fits(text: str, over: dict[str, Any]) -> None:
    space = make_space(text, over, where="params < 8k")
    drawn = []
    for _ in range(20):
        ((_, config),) = generate_variants({"config": fitting(space, seed=len(drawn))})
        drawn.append(config["config"])
        assert space.judge(space.find_digits(config["config"])).fits
    assert len({repr(config) for config in drawn}) > 5
    assert load(space, drawn[0]).params < 8000


def test_a_searcher_is_asked_again() -> None:
    space = make_space(DEEP, OVER, where="params < 20k")
    plain = Plain(choices(space))
    kept = KeepFitting(plain, space)
    for number in range(15):
        config = kept.suggest(f"t{number}")
        assert load(space, config).params < 20_000
        kept.on_trial_complete(f"t{number}", {"score": number})
    refused = [name for name, told in plain.told.items() if told == "error"]
    assert len(refused) == kept.refused > 15
    for name, asked in plain.asked.items():
        assert space.judge(space.find_digits(asked)).fits == (plain.told[name] != "error")
    assert [told["score"] for told in plain.told.values() if told != "error"] == list(range(15))


def test_a_searcher_that_never_finds_what_fits() -> None:
    space = make_space(DEEP, OVER, where="params < 20k")
    kept = KeepFitting(
        Plain({"n": tune.choice([12]), "f": tune.choice([256]), "act": tune.choice(["relu"])}), space, patience=3
    )
    config = kept.suggest("t")
    assert load(space, config).params < 20_000
    assert kept.refused == 4


def test_a_configuration_is_settled() -> None:
    space = make_space(DEEP, OVER, where="params < 20k")
    fits = {"n": 1, "f": 8, "act": "swish", "rate": 0.1}
    assert settle(space, fits) == fits
    led = settle(space, {"n": 12, "f": 256, "act": "relu", "rate": 0.1})
    assert led["rate"] == 0.1
    assert load(space, led).params < 20_000
    for wrong, said in (({"n": 99}, "n has no option 99: it has 1, 2"), ({"act": "gelu"}, "act has no option gelu")):
        with pytest.raises(ValueError, match=said):
            settle(space, {**fits, **wrong})
    with pytest.raises(ValueError, match="f is missing"):
        settle(space, {"n": 1})
    with pytest.raises(NothingFits):
        KeepFitting(Plain({}), make_space(DEEP, OVER, where="params < 1"))


@pytest.mark.skipif(not THOROUGH, reason="starts Ray, a quarter of a minute; HYPOTHESIS_PROFILE=thorough runs it")
def test_real_searches(tmp_path: Path) -> None:
    import ray
    from ray.tune.search.optuna import OptunaSearch

    space = make_space(DEEP, OVER, where="params < 20k")

    def measure(config: dict[str, Any]) -> None:
        tune.report({"score": float(config["n"])})

    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False)
    try:
        for param_space, search in (
            (fitting(space), None),
            ({}, KeepFitting(OptunaSearch(choices(space), metric="score", mode="max", seed=0), space)),
        ):
            asked = tune.TuneConfig(
                metric="score", mode="max", num_samples=5, search_alg=search, max_concurrent_trials=1
            )
            stored = tune.RunConfig(storage_path=str(tmp_path), verbose=0)
            found = list(tune.Tuner(measure, param_space=param_space, tune_config=asked, run_config=stored).fit())
            assert len(found) == 5
            for result in found:
                assert load(space, result.config).params < 20_000
                assert result.metrics["score"] == result.config["n"]
    finally:
        ray.shutdown()
