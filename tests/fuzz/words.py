"""The words that specs are made of: what stands for a number, for any value, for a piece between others."""

from __future__ import annotations

from cnnspec.layers import CATALOGUE, list_spellings
from cnnspec.syntax.grammar import KEYWORDS
from cnnspec.train.section_words import LOSSES, OPTIMIZERS, SCHEDULES

NUMBERS = ["0", "-1", "1", "2", "3", "4", "5", "7", "8", "10", "16", "33", "64", "100", "224", "1000"]
EXTREMES = [
    "-0", "0.0", "-0.5", "0.5", "1e-3", "1e-300", "1e300", "1e18", "-1e18", "5M", "2GiB", "32k", "999999", "999999999", "4294967296",
    "2147483647", "999999999999999999", "-999999999999999999", "1000000000000000000", "0x0", "1x1x1x1x1x1", "2^62", "10^17", "1/3", "7//2", "1/0",
    "9" * 17, "0." + "3" * 17,
]  # fmt: skip
SHAPES = [
    "1x1",
    "3x3",
    "2x3",
    "5x5",
    "7x1",
    "0x1",
    "?x?",
    "8x8x3",
    "1x1x1",
    "?x?x3",
    "SxSx3",
    "HxWx4",
    "(3, 3)",
    "(8, 8, 3)",
    "(None, None, 3)",
    "9x1",
]
PADDINGS = ["same", "valid", "causal", "1", "2", "1x2", "((1, 2), (3, 4))", "((0, 1), (0, 1))", "full", "1000000", "-1"]
FUNCTIONS = [
    "relu",
    "softmax",
    "sigmoid",
    "tanh",
    "gelu",
    "relu6",
    "prelu",
    "none",
    "linear",
    "leaky_relu(0.1)",
    "swish",
]
ODD = [
    "true", "false", "none", "None", "in", "in.channels", "in.shape", "in.height", "x", "n", "f", '"text"', "''", '"../x.cnn"', '"\\"', "[]", "()",
    "[1, 2]", "[[1]]", "(1, 2)", "(1,)", "[relu, in]", "1..3", "0..0", "3..1", "len([1])", "max(1, 2)", "min(1)", "max([])", "round(1.5)",
    "floor(-0.5)", "l2(0.1)", "he_normal", "max_norm(2)", "relu if n == 1 else in", "3 if true else 4", "not true", "1 < 2", "-in.channels",
    "in.channels // 2", "2 * n", "n ^ 2", "conv(4, 3x3)", "{ relu }", "relu -> bn", "relu * 2", "conv", "dense", "digits", "adam", "channels_last",
]  # fmt: skip
HOLES = ["?", "?a", "?a in 1..8:2", "(?b in [1, 2..8:*2])", "?1..8", "?0.5..2:0.5", "?1", "? in [relu, same]"]
VALUES = [*NUMBERS, *NUMBERS, *EXTREMES, *SHAPES, *PADDINGS, *FUNCTIONS, *HOLES, *ODD]

LAYERS = [layer.names[0] for layer in CATALOGUE]
USUAL = [
    "conv",
    "conv",
    "conv",
    "maxpool",
    "avgpool",
    "bn",
    "relu",
    "dropout",
    "flatten",
    "dense",
    "gap",
    "depthwise_conv",
    "conv_transpose",
    "upsample",
    "pad",
]
MERGES = [layer.names[0] for layer in CATALOGUE if layer.merges]
ARGUMENTS = {layer.names[0]: tuple(layer.arguments) for layer in CATALOGUE}

TRAIN = [
    "data", "optimizer", "loss", "epochs", "batch", "learning_rate", "validation", "seed", "metrics", "callbacks", "memory", "precision",
    "class_weights", "label_smoothing", "augment", "best", "devices", "backend", "test", "shuffle",
]  # fmt: skip
TRAINED = [
    "digits", "mnist", '"flowers/"', '"list.csv"', '"tfds:x"', "adam(learning_rate=0.001)", "sgd(0.1, momentum=0.9)", *OPTIMIZERS, *LOSSES, *SCHEDULES,
    "[accuracy]", "[early_stopping(patience=3)]", '[csv_logger("log.csv")]', "[random_flip(horizontal)]", "balanced", "[1, 2.5]",
    "[(daisy, 2)]", "mixed_float16", "8GiB", "cosine_decay(0.1, 100)", "all", "val_loss",
    '{mask: dice, "label": mse}', "{a: [accuracy, auc]\n b: 1}", "{x: {y: f1_score(average=macro)}, x: relu,}",
]  # fmt: skip
BUDGETS = [
    "params", "macs", "flops", "receptive_field", "coverage", "activation_memory", "peak_memory", "inference_memory", "training_memory",
    "params_bytes", "depth", "output", "lossless",
]  # fmt: skip

PASTED = [
    "model = keras.Sequential([\n    keras.Input(shape=(28, 28, 1)),\n    layers.Conv2D(32, kernel_size=(3, 3), activation='relu'),\n])\n",
    "model = Sequential()\nmodel.add(Conv2D(32, (3, 3), input_shape=(28, 28, 1)))\nmodel.add(Flatten())\nmodel.add(Dense(10, activation='softmax'))\n",
    "x = layers.Conv2D(32, 3)(inputs)\n", "self.conv1 = nn.Conv2d(3, 64, kernel_size=3, stride=2, padding=1)\n",
    "nn.Sequential(\n  nn.Conv2d(1, 20, 5),\n  nn.ReLU(),\n)\n", "model.compile(optimizer='adam', loss='mse')\n", "import keras\n", "from keras import layers\n",
    "layers.Dense(10, activation='softmax', name='out'),\n", "INPUT => CONV => RELU => FC\n", "INPUT 28x28x1 => [CONV => RELU]*2 => POOL => FC(10)\n",
    "x = F.relu(self.conv1(x))\n", "tf.keras.layers.Lambda(lambda x: x * 2)\n", "layers.Conv2D(8, 3, padding='same', kernel_initializer=keras.initializers.HeNormal())\n",
]  # fmt: skip

SPACES = [" ", "\n", "\n\n", "\t", "\r\n", "\r", ";", ",", "\\\n", "  ", "\x0c", "\u00a0", "\u2028", "\ufeff", ""]
STRANGE = [
    "\0", "\x1b[31m", "\x07", "\x7f", "\x85", "\u202e", "\u200b", "é", "ß", "中", "😀", "\U0010ffff", "→", "×", "−", "≤", "“", "”", "’", "½", "٣", "\ud800", "ﬁ",
    "$", "@", "!", "&", "|", "~", "`", "\\", "'", '"', '"""',
]  # fmt: skip
PIECES = [
    "->", "->", "=>", "*", "*", "/", "//", "%", "+", "-", "^", "==", "!=", "<=", "<", ">", ">=", "=", "..", ".", ",", "(", ")", "[", "]", "{", "}",
    "?", ":", "as y", "as x", "# note\n", "# cnnspec: ignore[W201]\n", "# cnnspec: ignore-file\n", "block f(x) {", "model M(n=2) {", "for i in 1..3 {", "for a, b in [(1, 2)] {",
    "if in.channels == 3 {", "} else {", "train {", "epochs = 3", "expect params < 5M", "expect(3x3x4)", 'use "b.cnn" (f)', "output x", "shared s =",
    "input 8x8x3\n", "input ?x?x1\n", "input 4\n", "input a 5x5x2\n", "f(3)", "f(f)", "name=", "{mask: ", "label:", '"a": 3,', *KEYWORDS,
]  # fmt: skip
TOKENS = [*PIECES, *PIECES, *VALUES, *LAYERS, *list_spellings()[::5], *SPACES, *STRANGE]
