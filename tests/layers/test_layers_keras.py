"""Every layer of the catalogue equals Keras's: shapes, weights, a forward run, and every argument reaches the Keras layer.

A layer without an example, or an argument that no row of `VALUES` sets, fails here: what is declared must be tested.
"""

from __future__ import annotations

import collections
import inspect
from pathlib import Path
from typing import Any

import pytest

from cnnspec.compile.live import import_keras, to_keras
from cnnspec.layers import CATALOGUE, find, spellings
from cnnspec.layers.activation import FUNCTIONS
from cnnspec.layers.argument import REQUIRED, Term
from cnnspec.layers.base import Layer
from cnnspec.layers.words import CONSTRAINTS, INITIALIZERS, REGULARIZERS
from tests.support import agree, keras_layers, legal, network, outputs, random_inputs

EXAMPLES = [(layer, text) for layer in CATALOGUE for text in (layer.example, *layer.more_examples)]


def named(pairs: list[tuple[Any, ...]]) -> list[str]:
    return [f"{p[0].__name__}-{str(p[1]).split(chr(10))[-1]}" for p in pairs]


# ---- examples ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("layer", CATALOGUE, ids=lambda layer: layer.__name__)
def test_layer_has_a_page_and_an_example_of_itself(layer: type[Layer]) -> None:
    assert layer.__doc__ and layer.names and layer.example
    assert any(isinstance(node.layer, layer) for node in legal(layer.example).nodes)


@pytest.mark.parametrize(("layer", "text"), EXAMPLES, ids=named(EXAMPLES))
def test_example_equals_keras(layer: type[Layer], text: str) -> None:
    graph = legal(text)
    assert any(isinstance(node.layer, layer) for node in graph.nodes)
    model = to_keras(graph)
    agree(model, graph)
    for output, index in zip(outputs(model, random_inputs(graph, 2)), graph.outputs, strict=True):
        assert output.shape == (2, *graph.nodes[index].shape)  # type: ignore[misc]


def is_plain(text: str) -> bool:
    """Whether every layer of a spec becomes one Keras layer of its own name."""
    graph = legal(text)
    for node in graph.nodes:
        shapes = graph.input_shapes(node)
        calls = node.layer.keras(shapes) if node.layer is not None and shapes is not None else ()
        if len(calls) > 1 or any(call.around is not None or call.name == "EinsumDense" for call in calls):
            return False
    return True


COMPOSED = [(layer, text) for layer, text in EXAMPLES if not is_plain(text)]


@pytest.mark.parametrize(("layer", "text"), COMPOSED, ids=named(COMPOSED))
def test_what_is_put_together_is_saved_and_loaded(layer: type[Layer], text: str, tmp_path: Path) -> None:
    """With safe_mode, so that no code travels in the file; wrapped layers and functions of keras.ops too."""
    import numpy as np

    graph = legal(text)
    model = to_keras(graph)
    for weight in model.weights:
        weight.assign(np.random.default_rng(3).uniform(0.5, 1.5, size=weight.shape))
    model.save(tmp_path / "model.keras")
    loaded = import_keras().models.load_model(tmp_path / "model.keras", safe_mode=True)
    inputs = random_inputs(graph, 2)
    for here, there in zip(outputs(model, inputs), outputs(loaded, inputs), strict=True):
        np.testing.assert_array_equal(here, there)


def test_no_spelling_names_two_layers() -> None:
    count = collections.Counter(spelling for layer in CATALOGUE for spelling in layer.names)
    assert [spelling for spelling, n in count.items() if n > 1] == []
    assert all(find(spelling) is layer for layer in CATALOGUE for spelling in layer.names)
    assert all(spelling == spelling.lower() for spelling in count), "lower case is how spellings are compared"
    assert all(find(spelling) for spelling in spellings())


# ---- arguments ---------------------------------------------------------------------------------------------
HE = {"class_name": "HeNormal", "config": {"seed": 3}}
L2 = {"class_name": "L2", "config": {"l2": 0.25}}
L1 = {"class_name": "L1", "config": {"l1": 0.5}}
NORM = {"class_name": "MaxNorm", "config": {"max_value": 3, "axis": 0}}
POSITIVE = {"class_name": "NonNeg", "config": {}}


def terms(weight: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """The three terms of one weight, with other values than any other term here has by default."""
    return {
        f"{weight}_initializer": ("he_normal(seed=3)", {f"{weight}_initializer": HE}),
        f"{weight}_regularizer": ("l2(0.25)", {f"{weight}_regularizer": L2}),
        f"{weight}_constraint": ("max_norm(3)", {f"{weight}_constraint": NORM}),
    }


# Of every layer: a spec with {} where the argument goes, and for each argument the value written and what the config
# of the Keras layer must then show. A config is of the layer proper, or of its helper for the keys "helper:…".
FREEZING: dict[str, tuple[str, dict[str, Any]]] = {"trainable": ("false", {"trainable": False})}
ACTIVE = {
    "activation": ("tanh", {"activation": "tanh"}),
    "bias": ("false", {"use_bias": False}),
    "activity_regularizer": ("l1(0.5)", {"activity_regularizer": L1}),
    **terms("bias"),
    **FREEZING,
}
SPECTRAL = {"spectral_norm": ("2", {"power_iterations": 2})}
NORMAL = {
    **FREEZING,
    "epsilon": ("0.01", {"epsilon": 0.01}),
    "center": ("false", {"center": False}),
    "scale": ("false", {"scale": False}),
    **terms("beta"),
    **terms("gamma"),
}
WINDOW = {
    "kernel": ("4x2", {"kernel_size": (4, 2)}),
    "stride": ("2", {"strides": (2, 2)}),
    "padding": ("1x2", {"helper:padding": ((1, 1), (2, 2)), "padding": "valid"}),
    "dilation": ("2x3", {"dilation_rate": (2, 3)}),
}
POOL = {
    "kernel": ("4x3", {"pool_size": (4, 3), "strides": (4, 3)}),
    "stride": ("1x3", {"strides": (1, 3)}),
    "padding": ("same", {"padding": "same"}),
}
DROP = {"rate": ("0.25", {"rate": 0.25}), "seed": ("5", {"seed": 5})}
NONE: dict[str, tuple[str, dict[str, Any]]] = {}

VALUES: dict[str, tuple[str, dict[str, tuple[str, dict[str, Any]]]]] = {
    "Conv": ("input 13x12x4\nconv(filters=6, kernel=3, {})", {
        **WINDOW, **ACTIVE, **SPECTRAL, **terms("kernel"), "filters": ("10", {"filters": 10}), "groups": ("2", {"groups": 2}),
    }),
    "DepthwiseConv": ("input 13x12x4\ndepthwise_conv(kernel=3, {})", {
        **WINDOW, **ACTIVE, **SPECTRAL, **terms("depthwise"), "multiplier": ("3", {"depth_multiplier": 3}),
    }),
    "SeparableConv": ("input 13x12x4\nseparable_conv(filters=6, kernel=3, {})", {
        **WINDOW, **ACTIVE, **terms("depthwise"), **terms("pointwise"),
        "filters": ("10", {"filters": 10}), "multiplier": ("3", {"depth_multiplier": 3}),
    }),
    "ConvTranspose": ("input 13x12x4\nconv_transpose(filters=6, kernel=3, {})", {
        **WINDOW, **ACTIVE, **SPECTRAL, **terms("kernel"), "filters": ("10", {"filters": 10}),
        "stride": ("2x3", {"strides": (2, 3)}),
        "padding": ("1x2", {"helper:cropping": ((1, 1), (2, 2)), "padding": "valid"}),
        "output_padding": ("1, stride=2", {"output_padding": (1, 1)}),
    }),
    "Dense": ("input 9\ndense(units=4, {})", {**ACTIVE, **SPECTRAL, **terms("kernel"), "units": ("7", {"units": 7})}),
    "MaxPool": ("input 13x12x4\nmaxpool({})", {
        **POOL, "ceil": ("true", {"shape": (7, 6, 4)}),
    }),
    "AvgPool": ("input 13x12x4\navgpool({})", {**POOL, "ceil": ("true", {"padding": "same"})}),
    "GlobalAvgPool": ("input 13x12x4\ngap({})", {"keepdims": ("true", {"keepdims": True})}),
    "GlobalMaxPool": ("input 13x12x4\ngmp({})", {"keepdims": ("true", {"keepdims": True})}),
    "BatchNorm": ("input 6x5x4\nbn({})", {
        **NORMAL, "axis": ("1", {"axis": 1}), "momentum": ("0.5", {"momentum": 0.5}),
        "moving_mean_initializer": ("he_normal(seed=3)", {"moving_mean_initializer": HE}),
        "moving_variance_initializer": ("he_normal(seed=3)", {"moving_variance_initializer": HE}),
        "synchronized": ("true", {"synchronized": True}), "renorm": ("true", {"renorm": True}),
        "renorm_momentum": ("0.5", {"renorm_momentum": 0.5}),
    }),
    "LayerNorm": ("input 6x5x4\nlayer_norm({})", {**NORMAL, "axis": ("(1, 3)", {"axis": (1, 3)})}),
    "GroupNorm": ("input 6x5x32\ngroup_norm({})", {
        **NORMAL, "groups": ("8", {"groups": 8}), "axis": ("1, groups=3", {"axis": 1, "groups": 3}),
    }),
    "Dropout": ("input 6x5x4\ndropout(rate=0.5, {})", {
        **DROP, "noise_shape": ("1x1x4", {"noise_shape": (None, 1, 1, 4)}),
    }),
    "AlphaDropout": ("input 6x5x4\nalpha_dropout(rate=0.5, {})", {
        **DROP, "noise_shape": ("1x1x4", {"noise_shape": (None, 1, 1, 4)}),
    }),
    "ActivityRegularization": ("input 6x5x4\nactivity_regularization({})", {
        "l1": ("0.5", {"l1": 0.5}), "l2": ("0.25", {"l2": 0.25}),
    }),
    "StochasticDepth": ("input 6x5x4\nstochastic_depth(rate=0.5, {})", {
        "rate": ("0.25", {"rate": 0.25, "noise_shape": (None, 1, 1, 1)}), "seed": ("5", {"seed": 5}),
    }),
    "LayerScale": ("input 6x5x4\nlayer_scale({})", {
        **FREEZING, "init": ("0.5", {"kernel_initializer": {"class_name": "Constant", "config": {"value": 0.5}}}),
        "regularizer": ("l2(0.25)", {"kernel_regularizer": L2}), "constraint": ("max_norm(3)", {"kernel_constraint": NORM}),
    }),
    "Slice": ("input 6x5x4\nslice(begin=1, {})", {"begin": ("2", {"shape": (6, 5, 2)}), "end": ("2", {"shape": (6, 5, 1)})}),
    "GaussianDropout": ("input 6x5x4\ngaussian_dropout(rate=0.5, {})", DROP),
    "GaussianNoise": ("input 6x5x4\ngaussian_noise(stddev=0.5, {})", {
        "stddev": ("0.25", {"stddev": 0.25}), "seed": ("5", {"seed": 5}),
    }),
    "RMSNorm": ("input 6x5x4\nrms_norm({})", {
        **FREEZING, "axis": ("3", {"axis": (3,)}), "epsilon": ("0.01", {"epsilon": 0.01}),
    }),
    "UnitNorm": ("input 6x5x4\nunit_normalization({})", {"axis": ("(1, 2)", {"axis": (1, 2)})}),
    "AdaptiveAvgPool": ("input 13x12x4\nadaptive_avgpool({})", {"size": ("5x4", {"output_size": (5, 4)})}),
    "AdaptiveMaxPool": ("input 13x12x4\nadaptive_maxpool({})", {"size": ("5x4", {"output_size": (5, 4)})}),
    "Resize": ("input 13x12x4\nresize(height=5, width=6, {})", {
        "height": ("7", {"height": 7}), "width": ("7", {"width": 7}), "interpolation": ("nearest", {"interpolation": "nearest"}),
        "antialias": ("true", {"antialias": True}), "crop_to_aspect_ratio": ("true", {"crop_to_aspect_ratio": True}),
        "pad_to_aspect_ratio": ("true", {"pad_to_aspect_ratio": True}), "fill_value": ("0.5", {"fill_value": 0.5}),
    }),
    "Repeat": ("input 4\nrepeat({})", {"n": ("3", {"n": 3})}),
    "ChannelShuffle": ("input 6x5x4\nchannel_shuffle({})", {"groups": ("2", {"helper:dims": (1, 2, 4, 3)})}),
    "SpatialDropout": ("input 6x5x4\nspatial_dropout(rate=0.5, {})", DROP),
    "ReLU": ("input 6x5x4\nrelu({})", {
        "max_value": ("4", {"max_value": 4}), "negative_slope": ("0.5", {"negative_slope": 0.5}),
        "threshold": ("0.25", {"threshold": 0.25}),
    }),
    "LeakyReLU": ("input 6x5x4\nleaky_relu({})", {"negative_slope": ("0.5", {"negative_slope": 0.5})}),
    "PReLU": ("input 6x5x4\nprelu({})", {**terms("alpha"), **FREEZING, "shared_axes": ("(1, 2)", {"shared_axes": (1, 2)})}),
    "ELU": ("input 6x5x4\nelu({})", {"alpha": ("0.5", {"alpha": 0.5})}),
    "Softmax": ("input 6x5x4\nsoftmax({})", {"axis": ("1", {"axis": 1})}),
    "Activation": ("input 6x5x4\nactivation({})", {"function": ("gelu", {"activation": "gelu"})}),
    "Add": ("input 4\nadd(in, in{})", NONE),
    "Subtract": ("input 4\nsubtract(in, in{})", NONE),
    "Multiply": ("input 4\nmultiply(in, in{})", NONE),
    "Average": ("input 4\naverage(in, in{})", NONE),
    "Maximum": ("input 4\nmaximum(in, in{})", NONE),
    "Minimum": ("input 4\nminimum(in, in{})", NONE),
    "Concatenate": ("input 6x5x4\nconcat(in, in, {})", {"axis": ("2", {"axis": 2})}),
    "Dot": ("input 4x4\ndot(in, in, axes=1, {})", {
        "axes": ("(1, 2)", {"axes": (1, 2)}), "normalize": ("true", {"normalize": True}),
    }),
    "Normalization": ("input 6x5x2\nnormalization(mean=(1,2), variance=(3,4), {})", {
        "mean": ("[0.5, 2]", {"mean": (0.5, 2)}), "variance": ("[0.5, 2]", {"variance": (0.5, 2)}),
        "invert": ("true", {"invert": True}),
    }),
    "Embedding": ("input 9\nembedding(words=12, dim=4, {})", {
        **terms("embeddings"), **FREEZING, **SPECTRAL, "words": ("30", {"input_dim": 30}), "dim": ("5", {"output_dim": 5}),
        "mask_zero": ("true", {"mask_zero": True}),
    }),
    "Flatten": ("input 6x5x4\nflatten", NONE),
    "Reshape": ("input 6x5x4\nreshape({})", {"shape": ("(10, -1)", {"target_shape": (10, -1)})}),
    "Permute": ("input 6x5x4\npermute({})", {"order": ("(3, 1, 2)", {"dims": (3, 1, 2)})}),
    "Pad": ("input 6x5x4\npad({})", {"amount": ("((1, 2), (3, 4))", {"padding": ((1, 2), (3, 4))})}),
    "Crop": ("input 8x9x4\ncrop({})", {"amount": ("((1, 2), (3, 4))", {"cropping": ((1, 2), (3, 4))})}),
    "Upsample": ("input 6x5x4\nupsample({})", {
        "size": ("3x2", {"size": (3, 2)}), "interpolation": ("bilinear", {"interpolation": "bilinear"}),
    }),
    "Rescaling": ("input 6x5x4\nrescaling(scale=2, {})", {"scale": ("0.5", {"scale": 0.5}), "offset": ("[3, 2, 1, 0]", {"offset": (3, 2, 1, 0)})}),
    "Identity": ("input 4\nidentity", NONE),
}  # fmt: skip
ROWS = [(find(layer.names[0]), name) for layer in CATALOGUE for name in layer.arguments]


def spec(layer: type[Layer], name: str, value: str, spelling: str = "") -> str:
    """The layer's spec with one argument set; a required one replaces the value that it has there."""
    template = VALUES[layer.__name__][0]
    call, _, rest = template.partition("(")
    kept = [part for part in rest.split(", ") if not part.startswith(f"{name}=")]
    return (call + "(" + ", ".join(kept)).replace("{}", f"{spelling or name}={value}")


NEW_IN_KERAS = ("input_axes", "output_axes")  # of the variance scaling initializers, from 3.15 on; not in the language


def comparable(value: Any) -> Any:
    """A config value without what Keras adds to a serialised object; a list is a tuple."""
    if isinstance(value, dict) and "class_name" in value:
        return {"class_name": value["class_name"], "config": old(value["config"])}
    return tuple(value) if isinstance(value, list) else value


def old(config: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in config.items() if name not in NEW_IN_KERAS}


def configs(text: str, layer: type[Layer]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The configs of the Keras layer proper and of its helpers, of the first node of this kind."""
    graph = legal(text)
    model = to_keras(graph)
    node = next(node for node in graph.nodes if isinstance(node.layer, layer))
    made = keras_layers(model, graph, node)
    proper = next(k for k in made if k.name == node.name)
    own = {"shape": tuple(made[-1].output.shape[1:]), **proper.get_config()}  # a function of keras.ops has no config
    helpers = {key: value for k in made if k is not proper for key, value in k.get_config().items()}
    agree(model, graph)
    return own, helpers


def test_every_layer_and_argument_has_a_row() -> None:
    assert set(VALUES) == {layer.__name__ for layer in CATALOGUE}
    for layer in CATALOGUE:
        assert set(VALUES[layer.__name__][1]) == set(layer.arguments), layer.__name__


@pytest.mark.parametrize(("layer", "name"), ROWS, ids=[f"{layer.__name__}-{name}" for layer, name in ROWS])
def test_argument_reaches_keras(layer: type[Layer], name: str) -> None:
    value, expected = VALUES[layer.__name__][1][name]
    proper, helpers = configs(spec(layer, name, value), layer)
    assert expected, "an argument that shows nowhere"
    for key, wanted in expected.items():
        found = helpers[key.removeprefix("helper:")] if key.startswith("helper:") else proper[key]
        assert comparable(found) == wanted, key
    declared = layer.arguments[name]
    if declared.record_default is not REQUIRED:  # a value that Keras has anyway would prove nothing
        graph = legal(spec(layer, name, value))
        (made,) = [node.layer for node in graph.nodes if isinstance(node.layer, layer)]
        assert getattr(made, name) != declared.record_default


# Defaults that Keras has not: they differ by rank (crop: 1 in 1-D, else 0), there is none (avgpool's kernel; both are
# always written into the call), or they show otherwise (a pool's stride: None becomes the kernel's size).
OWN_DEFAULT = {("Crop", "amount"), ("AvgPool", "kernel"), ("MaxPool", "stride"), ("AvgPool", "stride")}


@pytest.mark.parametrize(("layer", "name"), ROWS, ids=[f"{layer.__name__}-{name}" for layer, name in ROWS])
def test_default_is_keras_default(layer: type[Layer], name: str) -> None:
    """What `cnnspec layers` says an argument is when left out is what the Keras layer has when it is left out."""
    declared = layer.arguments[name]
    if declared.record_default is REQUIRED or declared.keras == "-" or (layer.__name__, name) in OWN_DEFAULT:
        return
    graph = legal(layer.example)
    node = next(node for node in graph.nodes if isinstance(node.layer, layer))
    call = next(c for c in node.layer.keras(graph.input_shapes(node)) if not c.helper)  # type: ignore[union-attr, arg-type]
    needed = {a.keras or n for n, a in layer.arguments.items() if a.record_default is REQUIRED}
    made = getattr(import_keras().layers, call.name)
    needed |= {p.name for p in inspect.signature(made).parameters.values() if p.default is p.empty}
    bare = made(**{k: v for k, v in call.arguments.items() if k in needed})
    wanted, found = declared.record_default, bare.get_config().get(declared.keras or name)
    if layer.__name__ == "Embedding" and name == "embeddings_initializer":
        assert found["class_name"] == wanted.name  # Keras fills in its range
    elif isinstance(wanted, Term):
        assert found["class_name"] == wanted.name and not [v for v in old(found["config"]).values() if v is not None]
    elif name == "activation":
        assert found == "linear" and wanted is None
    elif isinstance(found, (tuple, list)):
        assert {n for part in found for n in (part if isinstance(part, (tuple, list)) else [part])} == {wanted}
    else:
        assert found == wanted and isinstance(found, bool) == isinstance(wanted, bool)


ALIASES = [
    (layer, name, alias)
    for layer, name in ROWS
    for alias in (layer.arguments[name].keras, *layer.arguments[name].aliases)
]


@pytest.mark.parametrize(("layer", "name", "alias"), ALIASES, ids=[f"{a[0].__name__}-{a[1]}-{a[2]}" for a in ALIASES])
def test_alias_means_the_argument(layer: type[Layer], name: str, alias: str) -> None:
    if alias in ("", "-"):
        return
    value = VALUES[layer.__name__][1][name][0]
    canonical, other = (legal(spec(layer, name, value, spelling)) for spelling in (name, alias))
    assert [n.layer for n in canonical.nodes] == [n.layer for n in other.nodes]
    assert sum(alias in (a.keras, *a.aliases, n) for n, a in layer.arguments.items()) == 1, "one spelling, one argument"


# ---- words -------------------------------------------------------------------------------------------------
WORDS = [
    ("kernel_initializer", "initializers", INITIALIZERS),
    ("kernel_regularizer", "regularizers", REGULARIZERS),
    ("kernel_constraint", "constraints", CONSTRAINTS),
]
PARAMETER_VALUES: dict[str, Any] = {
    "seed": 3, "mode": "fan_out", "distribution": "uniform", "axis": 1, "minval": -0.25, "maxval": 0.125, "factor": 0.25,
}  # fmt: skip
TERMS = [(argument, module, word, known[word]) for argument, module, known in WORDS for word in known]


@pytest.mark.parametrize(("argument", "module", "word", "known"), TERMS, ids=[t[2] for t in TERMS])
def test_word_reaches_keras_with_every_parameter(
    argument: str, module: str, word: str, known: tuple[str, tuple[str, ...]]
) -> None:
    cls, parameters = known
    keras = import_keras()
    bare = getattr(getattr(keras, module), cls)
    default = old(bare().get_config())
    assert set(default) <= set(parameters), "a parameter of Keras's that cannot be written"
    values = {p: PARAMETER_VALUES.get(p, 0.75) for p in parameters}
    if word == "orthogonal_regularizer":
        values["mode"] = "columns"
    expected = old(bare(**values).get_config())
    assert all(expected[p] != default[p] for p in expected), "a value that Keras has anyway proves nothing"
    by_position = ", ".join(map(str, values.values()))
    by_name = ", ".join(f"{p}={v}" for p, v in values.items())
    pasted = ", ".join(f"{p}='{v}'" if isinstance(v, str) else f"{p}={v}" for p, v in values.items())
    for call in (f"{word}({by_position})", f"{word}({by_name})", f"keras.{module}.{cls}({pasted})", f"{cls}({pasted})"):
        proper, _ = configs(f"input 9\ndense(4, {argument}={call})", CATALOGUE[4])
        assert comparable(proper[argument]) == {"class_name": cls, "config": expected}, call
    for bare_word in (word, f'"{word}"', cls):
        proper, _ = configs(f"input 9\ndense(4, {argument}={bare_word})", CATALOGUE[4])
        assert comparable(proper[argument]) == {"class_name": cls, "config": default}, bare_word


def test_all_of_keras_words_are_known() -> None:
    """Every initializer, regularizer, constraint and activation that Keras exports, but for the few that make no sense here."""
    keras = import_keras()
    missing = {
        "initializers": {
            "STFT",
            "Identity",
            "IdentityInitializer",
            "STFTInitializer",
            "RandomInitializer",
            "ComplexInitializer",
        },
        "regularizers": {"OrthogonalRegularizer"},
        "constraints": set(),
    }
    for _, module, known in WORDS:
        base = {"initializers": "Initializer", "regularizers": "Regularizer", "constraints": "Constraint"}[module]
        exported = {
            v.__name__ for v in vars(getattr(keras, module)).values() if isinstance(v, type) and v.__name__ != base
        }
        assert exported - missing[module] <= {cls for cls, _ in known.values()}, module
        assert {cls for cls, _ in known.values()} <= exported, module
    functions = {
        n for n, v in vars(keras.activations).items() if callable(v) and n not in ("get", "serialize", "deserialize")
    }
    assert functions - {"threshold", "swish", "hard_swish"} == set(FUNCTIONS), "threshold cannot run by name alone"
    assert all(find(word) for word in ("swish", "hard_swish"))


def test_every_activation_word_is_its_own_layer() -> None:
    """All in one network: no two of them may be taken for the same layer."""
    words = [w for layer in CATALOGUE for w in layer.presets if layer.__module__.endswith(".activation")]
    graph = legal("input 6x64\n" + "\n".join(words))
    model = to_keras(graph)
    for word, node in zip(words, graph.nodes[1:], strict=True):
        if word == "glu":  # a function of keras.ops: its shape tells it
            assert node.shape == (6, graph.nodes[node.inputs[0]].shape[-1] // 2)  # type: ignore[index, operator]
            continue
        (made,) = keras_layers(model, graph, node)
        config = made.get_config()
        if word == "relu6":
            assert config["max_value"] == 6
        else:
            function = {"swish": "silu", "hard_swish": "hard_silu"}.get(word, word)
            assert config["activation"].replace("_", "") == function.replace("_", ""), word
    assert len(words) > len(FUNCTIONS)


@pytest.mark.parametrize("word", [w for w in FUNCTIONS if w != "glu"])
def test_activation_argument_equals_the_layer(word: str) -> None:
    """conv(…, activation=f) computes what conv(…) -> f computes, but for the two whose layers have other defaults."""
    import numpy as np

    graphs = [
        legal(f"input 4x3\nconv(6, 1, kernel_initializer=he_normal(seed=1){end}")
        for end in (f", activation={word})", f") -> activation({word})")
    ]
    made = [outputs(to_keras(graph), random_inputs(graph))[0] for graph in graphs]
    np.testing.assert_allclose(made[0], made[1], rtol=1e-5, atol=1e-6)
    assert word == "linear" or not np.allclose(
        made[0],
        outputs(
            to_keras(legal("input 4x3\nconv(6, 1, kernel_initializer=he_normal(seed=1))")), random_inputs(graphs[0])
        )[0],
    )


# ---- shared, pasted ----------------------------------------------------------------------------------------
def test_shared_layer_has_its_weights_once() -> None:
    graph = legal(
        "input a 8x8x3\ninput b 8x8x3\nshared tower = conv(4, 3x3) -> bn\nx = tower(a)\nadd(tower(a), tower(b))"
    )
    model = to_keras(graph)
    assert model.count_params() == 4 * (27 + 1) + 16
    assert len(outputs(model, random_inputs(graph))) == 1


def test_what_keras_makes_for_one_size_is_made_again_for_another() -> None:
    shared = "shared s = { channel_shuffle(2) -> conv(4, 1x1) -> avgpool(3, stride=3, ceil=true) }"
    graph = legal(f"input a 8x8x4\ninput b 6x6x4\n{shared}\nconcat(s(a) -> gap, s(b) -> gap)")
    model = to_keras(graph)
    assert model.count_params() == 4 * 4 + 4
    assert outputs(model, random_inputs(graph))[0].shape == (1, 8)


def test_names_are_the_graph_names() -> None:
    graph = legal("input 8x8x3\nconv(4, 3x3, padding=1) as stem\nmaxpool(2, name='pool')\ndense(3)")
    model = to_keras(graph)
    assert [model.get_layer(node.name) is not None for node in graph.nodes] == [True] * 4
    assert [node.name for node in graph.nodes] == ["input1", "stem", "pool", "dense1"]


def test_refused_layer_is_reported_not_built() -> None:
    made = network("input 8x8x3\nconv(4, 9x9)")
    assert [d.code for d in made.errors] == ["E101"]
