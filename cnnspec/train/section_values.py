"""The words of a train section as plain data: adam(learning_rate=0.001) → the Keras object that it names.

Parameters of one name are of one kind wherever they stand, so kinds are one table, by parameter. A file that training
writes stays inside the run folder, whoever wrote the spec.
"""

from __future__ import annotations

import re

from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.outside_reach import mask_secrets
from cnnspec.layers.argument import (
    Term,
    Unfit,
    choice,
    count,
    flag,
    integer,
    natural,
    number,
    optional,
    rate,
    text,
    word_of,
)
from cnnspec.train.section_words import FILLED_IN, MODULES, PYTHON_ONLY, SHORT, find_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from cnnspec.layers.argument import Kind


# ---- kinds -------------------------------------------------------------------------------------------------
def positive(value: Any) -> int | float:
    """A number above 0."""
    if not number(value) > 0:
        raise Unfit("a number above 0")
    return number(value)


def not_negative(value: Any) -> int | float:
    """A number from 0."""
    if not number(value) >= 0:
        raise Unfit("a number from 0")
    return number(value)


def share(value: Any) -> int | float:
    """A number from 0 to 1."""
    if not 0 <= number(value) <= 1:
        raise Unfit("a number from 0 to 1")
    return number(value)


def learning_rate(value: Any) -> int | float | Term:
    """A number above 0, or a learning-rate schedule."""
    if isinstance(value, (Term, str)):
        return read_word("optimizers.schedules", value)
    try:
        return positive(value)
    except Unfit:
        raise Unfit("a number above 0, or a schedule such as cosine_decay(0.01, 1000)") from None


def list_of(kind: Kind, expected: str) -> Kind:
    def read(value: Any) -> list[Any]:
        if not isinstance(value, (list, tuple)) or not value:
            raise Unfit(expected)
        return [kind(v) for v in value]

    return read


def either(kind: Kind, other: Kind) -> Kind:
    def read(value: Any) -> Any:
        try:
            return kind(value)
        except Unfit as first:
            try:
                return other(value)
            except Unfit as second:
                raise Unfit(f"{first.expected}, or {second.expected}") from None

    return read


ADDRESS = re.compile(
    r"https?://([^\x00-\x20\x7f/?#@\\]+@)?(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?(/[^\x00-\x20\x7f?#\\]*)?", re.I
)
ADDRESS_PATH = re.compile(r"/[^\x00-\x20\x7f#\\]*")


def address(value: Any) -> str:
    """An address that figures are sent to; a path is added to it."""
    written: str = text(value)
    if not ADDRESS.fullmatch(written):
        raise Unfit('an http or https address, such as "http://localhost:9000"')
    return written


def address_path(value: Any) -> str:
    """A path behind an address, which cannot change whose address it is."""
    written: str = text(value)
    if not ADDRESS_PATH.fullmatch(written):
        raise Unfit('a path that begins with a slash, such as "/publish/"')
    return written


def output_path(value: Any) -> str:
    """A file or folder that training writes: inside the run folder, whoever wrote the spec."""
    import os

    path: str = text(value)
    parts = path.replace("\\", "/").split("/")
    if not path.strip(" .") or "\0" in path or ".." in parts or path.startswith(("/", "~")) or os.path.isabs(path):
        raise Unfit('a path inside the run folder, such as "logs/run1.csv"')
    if ":" in parts[0]:  # a drive, or a URL such as gs://, which Keras would open
        raise Unfit('a path inside the run folder, such as "logs/run1.csv"')
    return path


def ending(*suffixes: str) -> Kind:
    def read(value: Any) -> str:
        path = output_path(value)
        if not path.lower().endswith(suffixes):
            raise Unfit(f"a file name that ends in {' or '.join(suffixes)}")
        return path

    return read


def checkpoint(value: Any) -> str:
    """A checkpoint's file; {epoch} and {val_loss:.2f} stand for figures."""
    path: str = ending(".keras", ".weights.h5")(value)
    if re.sub(r"\{\w+(:0?\d?(\.\d)?[a-z]?)?\}", "", path).count("{"):
        raise Unfit('a file name with fields such as "{epoch:02d}" or "{val_loss:.2f}"')
    return path


def one_of(*words: str) -> Kind:
    def read(value: Any) -> str:
        written = word_of(value)
        for w in words:
            if written is not None and written.lower() == w.lower():
                return w
        raise Unfit(" or ".join(words), word=written, words=words)

    return read


_numbers = list_of(number, "a list of numbers")
KINDS: dict[str, Kind] = {}
for _kind, _names in (
    (learning_rate, "learning_rate"),
    (lambda value: read_word("optimizers.schedules", value), "schedule"),
    (positive, "epsilon epsilon_1 epsilon_2 delta decay_steps first_decay_steps t_mul initial_scale clip_threshold"),
    (not_negative, "initial_accumulator_value l1_regularization_strength l2_regularization_strength min_lr power "
                   "l2_shrinkage_regularization_strength initial_learning_rate end_learning_rate decay_rate gamma"),
    (number, "alpha beta beta_2_decay learning_rate_power m_mul margin min_delta muon_a muon_b muon_c adam_lr_ratio "
             "adam_weight_decay rms_rate q"),
    (share, "beta_1 beta_2 adam_beta_1 adam_beta_2 rho momentum ema_momentum label_smoothing recall precision "
            "specificity sensitivity"),
    (rate, "factor"),
    (optional(number), "baseline initial_value_threshold threshold"),
    (optional(not_negative), "weight_decay warmup_target"),
    (optional(positive), "clipnorm clipvalue global_clipnorm loss_scale_factor"),
    (optional(either(number, _numbers)), "thresholds"),
    (_numbers, "values"),
    (list_of(natural, "a list of whole numbers from 0"), "boundaries target_class_ids"),
    (list_of(text, "a list of names"), "exclude_layers"),
    (count, "num_classes num_thresholds k ns_steps dynamic_growth_steps"),
    (natural, "patience cooldown start_from_epoch verbose warmup_steps num_regressors histogram_freq profile_batch "
              "embeddings_freq"),
    (optional(count), "ema_overwrite_frequency gradient_accumulation_steps num_labels top_k"),
    (optional(integer), "ignore_class class_id"),
    (optional(either(integer, list_of(integer, "a list of whole numbers"))), "axis"),
    (flag, "amsgrad nesterov centered relative_step use_ema exclude_embeddings staircase cycle from_logits append "
           "apply_class_balancing remove_diagonal multi_label from_sorted_ids sparse_y_true sparse_y_pred "
           "restore_best_weights save_best_only save_weights_only double_checkpoint delete_checkpoint raise_error "
           "swap_on_epoch send_as_json write_graph write_images write_steps_per_second"),
    (choice("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight"), "reduction"),
    (choice("float16", "bfloat16", "float32", "float64"), "dtype"),
    (choice("auto", "min", "max"), "mode"),
    (optional(choice("micro", "macro", "weighted")), "average"),
    (optional(choice("uniform_average", "variance_weighted_average")), "class_aggregation"),
    (choice("interpolation", "minoring", "majoring"), "summation_method"),
    (one_of("ROC", "PR"), "curve"),
    (either(choice("epoch"), count), "save_freq"),
    (either(choice("epoch", "batch"), count), "update_freq"),
    (text, "monitor separator field name"),
    (address, "root"),
    (address_path, "path"),
    (output_path, "backup_dir log_dir"),
    (ending(".csv", ".tsv", ".txt", ".log"), "filename"),
    (checkpoint, "filepath"),
    (lambda value: read_word("optimizers", value), "inner_optimizer"),
):  # fmt: skip
    KINDS |= dict.fromkeys(_names.split(), _kind)


_span = either(number, list_of(number, "two numbers"))  # a factor f, for -f to f, or the lowest and the highest
_augmenting: dict[str, Kind] = {}
for _kind, _names in (
    (_span, "factor height_factor x_factor y_factor addition_factor threshold_factor scale sigma"),
    (optional(_span), "width_factor brightness_factor contrast_factor saturation_factor hue_factor"),
    (list_of(number, "two numbers, such as (0, 1)"), "value_range"),
    (choice("horizontal", "vertical", "horizontal_and_vertical"), "mode"),
    (choice("reflect", "wrap", "constant", "nearest"), "fill_mode"),
    (choice("nearest", "bilinear"), "interpolation"),
    (optional(number), "fill_value"),
    (either(count, list_of(count, "two whole numbers")), "kernel_size"),
    (count, "num_ops"),
    (number, "alpha"),
):
    _augmenting |= dict.fromkeys(_names.split(), _kind)
OWN_KINDS = {"layers": _augmenting}  # in which modules parameters of a name are of another kind


_DICE = "write mean_iou; evaluate tells Dice's coefficient, the F1 of every class"
ADVICE = {("metrics", word): _DICE for word in ("dice", "dice_score", "dice_coefficient", "dice_coef")}


# ---- reading a word ----------------------------------------------------------------------------------------
class WrongWord(Exception):
    """A word, or one of its arguments (by name or place), that its table does not have. Of a word, `words` are those of the
    table; of an argument, `fault` says which part of it is wrong: its "name", its "value", or "" for all."""

    def __init__(
        self, message: str, help: str, term: Term, argument: str | int = "", words: Iterable[str] = (),
        fault: str = "",
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.message, self.help, self.term, self.argument = message, help, term, argument
        self.words, self.fault = words, fault


def read_word(module: str, value: Any) -> Term:
    """A written word as the Keras object that it names: Term(class, (), keywords, module, place)."""
    noun, table = MODULES[module]
    term = Term(value) if isinstance(value, str) else value
    if not isinstance(term, Term):
        raise Unfit(f"{'an' if noun[0] in 'oa' else 'a'} {noun}, such as {next(iter(table))}")
    name = find_word(term.name, table)
    if name is None:
        hint = ADVICE.get((module, term.name.lower())) or write_suggestion(
            term.name, [*table, *(s for s, full in SHORT.items() if full in table)]
        ).removeprefix("; ")
        raise WrongWord(f'there is no {noun} "{term.name}"', hint or f"there are {', '.join(table)}", term, words=table)
    cls, listed = table[name]
    parameters = [p for p in listed.split() if p not in PYTHON_ONLY]
    names = [p.rstrip("!") for p in parameters]
    if len(term.positional) > len(names):
        takes = (
            f"{name} takes {len(names)} argument{'' if len(names) == 1 else 's'}"
            if names
            else f"{name} takes no arguments"
        )
        raise WrongWord(f"{takes}, {len(term.positional)} are given", usage(name, names), term, len(names))
    given: dict[str, Any] = {}
    written = [(names[i], i, v) for i, v in enumerate(term.positional)] + [(k, k, v) for k, v in term.keywords]
    for parameter, place, v in written:
        parameter = "learning_rate" if parameter == "lr" and "learning_rate" in names else parameter
        if parameter not in names:
            hint = write_suggestion(parameter, names).removeprefix("; ")
            raise WrongWord(
                f'{name} has no argument "{parameter}"', hint or usage(name, names), term, place, fault="name"
            )
        if parameter in given:
            raise WrongWord(f"{parameter} of {name} is given twice", "keep one", term, place)
        try:
            given[parameter] = OWN_KINDS.get(module, KINDS)[parameter](v)
        except Unfit as unfit:
            from cnnspec.elaborate.values import describe

            value = mask_secrets(describe(v)) if parameter in ("root", "path") else describe(v)
            message = f"{parameter} of {name} must be {unfit.expected}, not {value}"
            raise WrongWord(message, unfit.hint, term, place, fault="value") from None
    for parameter in parameters:
        if parameter.endswith("!") and parameter[:-1] not in {*given, *FILLED_IN}:
            raise WrongWord(f"{name} needs its {parameter[:-1]}", usage(name, names), term)
    return Term(cls, (), tuple(given.items()), module, term.place, term.call)


def list_word_arguments(module: str, name: str) -> dict[str, tuple[Kind, bool]] | None:
    """The arguments of a word, each with its kind and whether it must be given; None where the module has no such word."""
    table = MODULES[module][1]
    found = find_word(name, table)
    if found is None:
        return None
    kinds = OWN_KINDS.get(module, KINDS)
    listed = [one for one in table[found][1].split() if one.rstrip("!") not in PYTHON_ONLY]
    return {
        one.rstrip("!"): (kinds[one.rstrip("!")], one.endswith("!") and one[:-1] not in FILLED_IN) for one in listed
    }


def usage(name: str, parameters: list[str]) -> str:
    return f"write {name}({', '.join(parameters)})" if parameters else f"write {name}"
