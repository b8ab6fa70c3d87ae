"""The faults that tests/lint/mutation.py injects: what goes wrong in each, how it is made, and when it is no mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.lint.mutation import Edit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnnspec.graph import Graph, Node
    from tests.lint.mutation import Case, Spec

    Reason = tuple[str, Callable[[Case, Graph, Node], bool]]
from tests.lint.harmless_edits import (
    at_the_end,
    convolved_behind,
    depthwise_beside,
    ends_linear,
    fits,
    half_a_position,
    merged_beside,
    narrows,
    no_norm_behind,
    no_two_in_a_row,
    on_a_point,
    one_window,
    open_sizes,
    pooled_behind,
    same_layers,
    shared_behind,
    used_elsewhere,
)
from tests.lint.layer_faults import (
    bias_before_bn,
    crop_in_a_branch,
    dead_branch,
    dense_on_map,
    doing_nothing,
    double_softmax,
    drop_activation,
    even_kernel,
    flatten_twice,
    groups_that_do_not_divide,
    huge_kernel,
    longer_stride,
    odd_input,
    one_filter,
    padding_in_a_branch,
    prelu_for_relu,
    relu_on_the_head,
    relu_twice,
    shrink_input,
    sigmoid_everywhere,
    stride_in_a_branch,
    swapped_concat,
    uneven_transposed,
    wide_dilation,
    wrong_filters,
)
from tests.lint.training_faults import (
    batch,
    dropout_before_bn,
    dropout_on_the_head,
    dropout_rate,
    flipped_logits,
    in_train,
    on_cifar10,
    one_unit,
    other_data,
    other_loss,
    trained,
    with_classes,
    wrong_head,
)


class Fault:
    """`inject` yields every edit of a sound text that makes the fault. `expected` are codes that count as seeing it even
    where they say that no network was made. `prepare` gives the text that is edited, None where the fault has no
    place. `legal` are the reasons for which a case may be no mistake, each with what must hold of it."""

    def __init__(
        self, name: str, says: str, inject: Callable[[Spec], Iterator[Edit]], *legal: Reason,
        prepare: Callable[[Spec], str | None] = lambda spec: spec.text, expected: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.name, self.says, self.inject, self.legal = name, says, inject, legal
        self.prepare, self.expected = prepare, set(expected)


FITS = ("every window still fits, by the formula alone", fits)
POINT = ("on a map of one position it changes nothing", on_a_point)
FAULTS = (
    Fault("dropped activation", "an activation between two layers is forgotten", drop_activation,
          ("a max pool behind it is a non-linearity", pooled_behind),
          ("no weights follow", at_the_end),
          ("beside a sum, product or concat, whose other parts have a non-linearity", merged_beside),
          ("one half of a separable convolution", depthwise_beside),
          ("a factorisation: fewer channels pass", narrows),
          ("several layers read it, and share what it does", shared_behind)),
    Fault("softmax twice", "a softmax stands behind the softmax", double_softmax),
    Fault("relu on the head", "the last layer ends in relu", relu_on_the_head, prepare=trained()),
    Fault("sigmoid for relu", "every relu is a sigmoid", sigmoid_everywhere,
          ("between any two stands a normalisation or a merge", no_two_in_a_row)),
    Fault("prelu for relu", "a slope for every position", prelu_for_relu, POINT),
    Fault("relu twice", "a relu stands behind a relu", relu_twice),
    Fault("dense on a map", "the gap or flatten before the head is forgotten", dense_on_map, POINT,
          ("sizes are open: a convolution behind it takes any map", convolved_behind)),
    Fault("smaller input", "the input is a half to a tenth of what it was", shrink_input, FITS,
          ("the kernels see the whole of another input", used_elsewhere)),
    Fault("odd input", "the input is one or three positions off", odd_input, FITS),
    Fault("kernel beyond the map", "a kernel is larger than twice the map", huge_kernel,
          ("a single window: a global pool", one_window)),
    Fault("longer stride", "a stride is one longer", longer_stride, POINT, FITS),
    Fault("groups", "channels do not divide by the groups", groups_that_do_not_divide),
    Fault("channels of a sum", "one branch of a sum has 8 channels more", wrong_filters),
    Fault("one channel in a sum", "one branch of a sum has a single channel", one_filter),
    Fault("stride in a branch", "one branch of a merge has stride 2", stride_in_a_branch),
    Fault("padding in a branch", "one branch of a merge pads on one side alone", padding_in_a_branch,
          ("it moves the centre by less than one position of the merge", half_a_position)),
    Fault("crop in a branch", "one branch of a merge is cropped", crop_in_a_branch),
    Fault("swapped concat", "the first two parts of a concat change places", swapped_concat,
          ("the same layers: the next weights take the channels in any order", same_layers)),
    Fault("dead branch", "nothing reads a layer", dead_branch),
    Fault("dropout of nothing", "dropout(0) stands behind a layer", doing_nothing("dropout(0)")),
    Fault("pool of nothing", "maxpool(1x1) stands behind a layer", doing_nothing("maxpool(1x1)")),
    Fault("pad of nothing", "pad(0) stands behind a layer", doing_nothing("pad(0)")),
    Fault("upsample of nothing", "upsample(1) stands behind a layer", doing_nothing("upsample(1)")),
    Fault("flatten twice", "a vector is flattened", flatten_twice),
    Fault("bias before bn", "a bias that bn takes away", bias_before_bn, ("not only a bn reads it", no_norm_behind)),
    Fault("even kernel", "4x4 with padding=same for 3x3", even_kernel),
    Fault("dilation beyond the map", "the outer taps of a kernel lie outside the map", wide_dilation),
    Fault("transposed kernel", "3x3 with stride 2, which does not divide it", uneven_transposed),
    Fault("from_logits", "the loss takes logits for probabilities, or the other way", flipped_logits, prepare=trained()),
    Fault("loss of another family", "a binary loss, a squared error, a hinge", other_loss(
        "binary_crossentropy", "binary_crossentropy(from_logits=true)", "mean_squared_error", "hinge", "categorical_hinge"),
        ("sums without a bound: a regression, margins, or several classes at once", ends_linear), prepare=trained()),
    Fault("one unit", "the head has one unit for several classes", one_unit, prepare=trained()),
    Fault("wrong head", "three units more than the parameter classes", wrong_head, prepare=with_classes),
    Fault("batch of 1", "batch normalisation over one example", batch(1), prepare=trained()),
    Fault("batch of 2", "batch normalisation over two examples", batch(2), prepare=trained()),
    Fault("other classes", "CIFAR-100 for a head of ten", other_data("cifar100"), prepare=on_cifar10),
    Fault("other images", "MNIST for a network that takes colour", other_data("mnist"), prepare=on_cifar10),
    Fault("head of other data", "CIFAR-10 for the network's own head", in_train("data = cifar10"),
          prepare=trained(but=10)),
    Fault("memory", "a device of 1 KiB", in_train("memory = 1KiB"),
          ("sizes are open: the memory is not known", open_sizes), prepare=trained()),
    Fault("dropout of 0", "a rate that drops nothing", dropout_rate("0")),
    Fault("dropout of 1", "a rate that drops everything", dropout_rate("1"), expected=("E011",)),
    Fault("dropout of 0.9", "the share that is kept for the rate", dropout_rate("0.9")),
    Fault("dropout before bn", "dropout moves the variance that bn measures", dropout_before_bn),
    Fault("dropout on the head", "dropout on the network's answers", dropout_on_the_head, prepare=trained()),
)  # fmt: skip
