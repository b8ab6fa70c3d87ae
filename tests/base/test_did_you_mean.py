"""Which known word is proposed for one that is unknown: one that means the same, or is near in letters, and else none."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from cnnspec.base.did_you_mean import find_nearest, near, synonym
from cnnspec.base.synonyms import TABLES
from cnnspec.cli import VERBS
from cnnspec.cli.configuration import KEYS as OPTIONS
from cnnspec.layers import CATALOGUE, find, list_spellings
from cnnspec.layers.activation import FUNCTIONS
from cnnspec.layers.words import INITIALIZERS
from cnnspec.lint.index import NAMES
from cnnspec.train.section_keys import KEYS
from cnnspec.train.section_words import LOSSES, METRICS, OPTIMIZERS

ARGUMENTS = {name for layer in CATALOGUE for name in layer.arguments}
RULES = [*NAMES, *NAMES.values()]
PADDINGS = ("valid", "same", "causal")

# What is known; then lines of what is typed and what is proposed for it, "-" for nothing.
DOMAINS: dict[str, tuple[Iterable[str], str]] = {
    "commands": (VERBS, """
        comparison compare, difference diff, lint check, validate check, params summary, flops cost, stats summary, run train,
        fit train, convert compile, view summary, show summary, print summary, receptive_field rf, continue resume,
        history runs, score evaluate, inference predict, repair fix, fmt format, trian train, chek check, sumary summary,
        complie compile, exprt export, eval evaluate, pred predict, layer layers, ruls rules, formatter format,
        forward -, completions completion, attention -, plot -, report -, concert -, helps help, version -, clean -, graph -, test -,
        visualize -, onnx -
    """),
    "layers": (list_spellings(), """
        innerproduct dense, avg_pool_2d avgpool2d, globalaveragepool gap, global_pool gap, adaptiveavgpool adaptive_avgpool,
        upsample2d upsample, interpolate upsample, hswish hard_silu, lrelu leaky_relu, sepconv separable_conv,
        upconv conv_transpose, deconvolution conv_transpose, merge concat, mean average, sum add, residual add,
        dropout2d spatial_dropout, view reshape, zeropad2d pad, shuffle_channels channel_shuffle, maxpol maxpool,
        cnov conv, convv conv, conx conv, dens dense, sofmax softmax, batchnom batch_norm, flaten flatten, drouput dropout,
        flattening flatten, conc concat, concatinate concatenate, sigmod sigmoid, seperable_conv separable_conv,
        attention -, self_attention -, multihead -, lstm -, gru -, rnn -, transformer -, convblock -, conv_bn -, einsum -,
        lambda -, my_block -, stem -, backbone -, head -, encoder -, residual_block -, x -, foo -
    """),
    "arguments": (ARGUMENTS, """
        out_channels filters, num_filters filters, filers filters, out_features units, neurons units, filter_size kernel,
        step stride, strid stride, pading padding, padding_mode padding, dilaton dilation, num_groups groups, group groups,
        dropout_rate rate, prob rate, eps epsilon, dim axis, activaton activation, nonlinearity activation,
        in_channels -, name -, device -, keep_prob -, input_shape -
    """),
    "paddings": (PADDINGS, "half same, sane same, vaild valid, SAMEPADDING same, reflect -, zeros -, full -, 'none' -"),
    "initializers": (INITIALIZERS, """
        zero zeros, xavier glorot_uniform, kaiming he_normal, kaiming_uniform he_uniform, normal random_normal,
        he_norml he_normal, glorot_unifrom glorot_uniform, sparse -, dirac -
    """),
    "activations": (FUNCTIONS, "swish silu, logistic sigmoid, reul relu, sigmid sigmoid, hardswish hard_silu, snake -, maxout -"),
    "training": (KEYS, "lr learning_rate, batch_size batch, epoch epochs, dataset data, criterion loss, dropout -, device devices, colour -"),
    "losses": (LOSSES, "cross_entropy sparse_categorical_crossentropy, hindge hinge, smooth_l1 huber, triplet -, arcface -"),
    "optimizers": (OPTIMIZERS, "adm adam, admaw adamw, rmspropp rmsprop, lbfgs -, newton -"),
    "metrics": (METRICS, "acuracy accuracy, recal recall, bleu -"),
    "options": (OPTIONS, "selct select, disable ignore, targts target, colour -"),
    "rules": (RULES, """
        ilegal-stride illegal-stride, illegal_stride illegal-stride, checkerbord checkerboard, W2O1 W201, W299 -, X999 -, nonsense -
    """),
}  # fmt: skip
PAIRS = [
    pytest.param(list(known), *line.split(), id=f"{domain}: {line.split()[0]}")
    for domain, (known, lines) in DOMAINS.items()
    for line in lines.strip().split(",")
]


@pytest.mark.parametrize(("known", "typed", "proposed"), PAIRS)
def test_what_is_proposed(known: list[str], typed: str, proposed: str) -> None:
    assert find_nearest(typed, known) == (None if proposed == "-" else proposed)


def test_a_synonym_is_told_from_a_misspelling() -> None:
    assert (synonym("lrelu", list_spellings()), near("swich", ["swish", "gelu"])) == ("leaky_relu", ["swish"])
    assert (synonym("maxpol", list_spellings()), near("interpolate", list_spellings())) == (None, [])
    assert near("cone", ["cane", "code", "conv"]) == ["cane", "code", "conv"]  # equally near: no one can tell


def test_every_synonym_leads_to_something() -> None:
    commands, layers, arguments, *_ = TABLES
    assert set(commands.values()) <= set(VERBS)
    assert all(find(word) for word in layers.values())
    assert set(arguments.values()) <= ARGUMENTS
    assert not set(commands) & set(VERBS)


def test_hostile_words_are_not_compared() -> None:
    assert find_nearest("a" * 100_000, ["a" * 99_999, "conv"]) is None
    assert find_nearest("", ["conv"]) is None
