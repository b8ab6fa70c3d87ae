"""The figures that Keras reports after an epoch, by the names that logs and callbacks have for them."""

from __future__ import annotations

from cnnspec.train.section_words import lower_is_better, spell_term

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.layers.argument import Term
    from cnnspec.train.settings import TrainSettings

LOSS = "loss"


def list_figures(settings: TrainSettings) -> dict[str, str]:
    """The word of every figure of a training: {"loss": "loss", "accuracy": "accuracy"}. Of several outputs each has its
    own, digit_loss and digit_accuracy; those in validation are val_loss and so on."""
    figures = {LOSS: LOSS}
    trained = [name for name in settings.outputs if settings.trains(name)]
    if not settings.outputs:
        figures |= _list_metrics(settings)
    for name in trained:
        own = ({LOSS: LOSS} if len(trained) > 1 else {}) | _list_metrics(settings.for_output(name, ""))
        figures |= {f"{name}_{figure}": word for figure, word in own.items()}
    return figures | ({f"val_{figure}": word for figure, word in figures.items()} if settings.validation else {})


def _list_metrics(settings: TrainSettings) -> dict[str, str]:
    if settings.metrics is None:
        return {"accuracy": "accuracy"}
    return {find_metric_name(metric): spell_term(metric) for metric in settings.metrics}


def find_metric_name(metric: Term) -> str:
    """A metric's name in logs and callbacks: the one it is given, else its word."""
    return str(dict(metric.keywords).get("name") or spell_term(metric))


def group_figures(names: Iterable[str], outputs: Iterable[str]) -> dict[str, list[str]]:
    """The names of figures by the output that they are of, "" where they are of none."""
    found: dict[str, list[str]] = {}
    longest = sorted(outputs, key=len, reverse=True)  # mask_edge_loss is of mask_edge, not of mask
    for name in names:
        found.setdefault(next((o for o in longest if name.startswith(f"{o}_")), ""), []).append(name)
    return found


def find_best_figure(settings: TrainSettings) -> tuple[str, bool]:
    """The figure by which epochs are compared, and whether lower is better."""
    name = settings.best or ("val_loss" if settings.validation else LOSS)
    return name, is_lower_better(name, settings)


def is_lower_better(figure: str, settings: TrainSettings) -> bool:
    """Whether a figure, val_digit_accuracy, says how wrong a network is rather than how right."""
    word = list_figures(settings).get(figure, figure.removeprefix("val_"))
    return word == LOSS or lower_is_better(word)
