"""What every number that cnnspec shows is called, so that the same figure can be found everywhere; or why it is not compared.

A line is a place and its figure. Behind a dash: why the number there stands in no comparison. A number that has no line
fails the test, and so does a line that no number has: whoever adds a figure says here what it is.
"""

from __future__ import annotations


def table(text: str) -> dict[str, str]:
    """The lines of a table: place → figure."""
    pairs = [line.split(None, 1) for line in text.splitlines() if line.strip()]
    assert all(len(pair) == 2 for pair in pairs), pairs
    return dict(pairs)  # type: ignore[arg-type]


# ---- JSON: a path, with [] for each entry of a list, [name] for the entry of that name ------------------------------
JSON = {
    "summary": table("""
schema_version                      - the number of the form
inputs[].shape                      shape
outputs[].shape                     shape
layers[].output_shape               shape
layers[].params.trainable           trainable
layers[].params.non_trainable       frozen
layers[].weights[].shape            - tensor by tensor; `agree` holds them to built models
layers[].weights[].trainable        - part of trainable and frozen
layers[].macs                       macs
layers[].receptive_field.size       rf_size
layers[].receptive_field.stride     rf_stride
layers[].receptive_field.padding    rf_padding
layers[].line                       line
totals.params                       params
totals.trainable_params             trainable
totals.non_trainable_params         frozen
totals.macs                         macs
totals.flops                        flops
totals.receptive_field.size         rf_size
totals.receptive_field.stride       rf_stride
totals.receptive_field.padding      rf_padding
"""),
    "rf": table("""
schema_version                      - the number of the form
layers[].line                       line
layers[].output_shape               shape
layers[].size                       rf_size
layers[].stride                     rf_stride
layers[].padding                    rf_padding
layers[].whole                      rf_whole
layers[].least_size                 rf_least
layers[].start                      rf_start
layers[].centre                     rf_centre
layers[].coverage                   coverage
layers[].effective                  rf_effective
units[].at                          unit_at
units[].box                         unit_box
units[].inputs[].size               input_size
units[].inputs[].box                unit_input_box
units[].inputs[].read               unit_read
units[].inputs[].holes              unit_holes
units[].inputs[].coverage           unit_coverage
units[].with_mixing[].size          input_size
units[].with_mixing[].box           mixed_box
units[].with_mixing[].read          mixed_read
units[].with_mixing[].holes         mixed_holes
units[].with_mixing[].coverage      mixed_coverage
units[].smallest_path[].size        path_smallest
units[].largest_path[].size         path_largest
units[].misaligned[].pixels         misaligned_pixels
units[].misaligned[].positions      misaligned_positions
misaligned[].pixels                 misaligned_pixels
misaligned[].positions              misaligned_positions
"""),
    "lost": table("""
schema_version                      - the number of the form
tensors[].line                      line
tensors[].axes[].never_read         - the rows themselves; test_fields holds them to brute force
tensors[].axes[].first              - of the rows; test_fields holds them to brute force
tensors[].axes[].last               - of the rows; test_fields holds them to brute force
tensors[].axes[].inside             - of the rows; test_fields holds them to brute force
tensors[].positions                 lost_positions
tensors[].never_read                lost_unread
tensors[].share                     lost_share
tensors[].macs_lost                 macs_lost
dead_taps[].taps                    kernel
dead_taps[].seeing                  kernel_seeing
dead_taps[].weights                 dead_weights
dead_taps[].share                   dead_share
totals.macs_lost                    macs_lost
totals.macs_share                   macs_lost_share
"""),
    "cost": table("""
schema_version                      - the number of the form
batch                               - asked for
macs                                macs
flops                               flops
layers[].macs                       macs
layers[].flops                      flops
layers[].activation_bytes           output_bytes
layers[].saved_bytes                saved_bytes
layers[].im2col                     im2col
layers[].arithmetic                 arithmetic
layers[].bytes_moved                bytes_moved
layers[].intensity                  intensity
layers[].seconds                    seconds
tool.count                          tool_count
inference.terms[weights].bytes      params_bytes
inference.terms[activations].bytes  peak_bytes
inference.terms[].values            inference_values
inference.terms[].bytes_each        inference_bytes_each
inference.bytes                     inference_bytes
inference.largest_batch             inference_largest
training.terms[weights].bytes       params_bytes
training.terms[].values             training_values
training.terms[].bytes_each         training_bytes_each
training.terms[].bytes              training_term_bytes
training.bytes                      training_bytes
training.largest_batch              training_largest
frozen.training.terms[].values      frozen_values
frozen.training.terms[].bytes_each  frozen_bytes_each
frozen.training.terms[].bytes       - values * bytes
frozen.training.bytes               frozen_bytes
frozen.training.largest_batch       frozen_largest
device.flops_per_second             - the device's
device.bytes_per_second             - the device's
device.seconds                      seconds
device.memory_bound_share           memory_bound
"""),
    "explain": table("""
schema_version                      - the number of the form
layers[].line                       line
layers[].inputs[].shape             shape
layers[].output_shape               shape
layers[].sections[].steps[].value   - read step by step: see STEPS
totals.steps[].value                - read step by step: see STEPS
"""),
    "sizes": table("""
schema_version                      - the number of the form
axes[].inputs[].times               - a proportion of axes that are turned together
axes[].inputs[].declared            declared
axes[].tied_by.line                 - a line of the text
axes[].tried                        - how far it was looked
axes[].asked                        - asked for
axes[].legal.contains_asked         legal
axes[].lossless.contains_asked      lossless
axes[].strict.contains_asked        strict
axes[].legal                        legal_set
axes[].lossless                     lossless_set
axes[].strict                       strict_set
weights_fixed_by.line               - a line of the text
size_fixed_by.line                  - a line of the text
without_it                          - another network, sized in the same way
"""),
    "compare": table("""
schema_version                          - the number of the form
batch                                   - asked for
networks[].layers                       layer_count
networks[].depth                        - what `expect` compares: from_expect holds it
networks[].params                       params
networks[].trainable_params             trainable
networks[].macs                         macs
networks[].flops                        flops
networks[].receptive_field.size         rf_size
networks[].receptive_field.stride       rf_stride
networks[].receptive_field.padding      rf_padding
networks[].coverage                     coverage
networks[].output_shapes                - of the outputs: summary has them by name
networks[].params_bytes                 params_bytes
networks[].peak_memory                  peak_bytes
networks[].inference_memory             inference_bytes
networks[].training_memory              training_bytes
networks[].seconds                      seconds
networks[].macs_lost                    macs_lost
networks[].macs_lost_share              macs_lost_share
networks[].findings                     - how many findings there are
"""),
    "diff": table("""
schema_version                              - the number of the form
a.layers                                    layer_count
a.receptive_field.size                      rf_size
a.receptive_field.stride                    rf_stride
a.receptive_field.padding                   rf_padding
b.layers                                    other layer_count
b.receptive_field.size                      other rf_size
b.receptive_field.stride                    other rf_stride
b.receptive_field.padding                   other rf_padding
layers[].a.output_shape                     shape
layers[].a.params.trainable                 trainable
layers[].a.params.non_trainable             frozen
layers[].a.weights[].shape                  - tensor by tensor
layers[].a.weights[].trainable              - part of trainable and frozen
layers[].a.macs                             macs
layers[].a.receptive_field.size             rf_size
layers[].a.receptive_field.stride           rf_stride
layers[].a.receptive_field.padding          rf_padding
layers[].a.line                             line
layers[].b.output_shape                     other shape
layers[].b.params.trainable                 other trainable
layers[].b.params.non_trainable             other frozen
layers[].b.weights[].shape                  - tensor by tensor
layers[].b.weights[].trainable              - part of trainable and frozen
layers[].b.macs                             other macs
layers[].b.receptive_field.size             other rf_size
layers[].b.receptive_field.stride           other rf_stride
layers[].b.receptive_field.padding          other rf_padding
layers[].b.line                             other line
layers[].params                             - a difference: test_diff holds the sum to that of the totals
layers[].macs                               - a difference: test_diff holds the sum to that of the totals
totals.params.a                             params
totals.params.b                             other params
totals.params.difference                    more params
totals.trainable_params.a                   trainable
totals.trainable_params.b                   other trainable
totals.trainable_params.difference          more trainable
totals.non_trainable_params.a               frozen
totals.non_trainable_params.b               other frozen
totals.non_trainable_params.difference      more frozen
totals.macs.a                               macs
totals.macs.b                               other macs
totals.macs.difference                      more macs
"""),
}
SET = {  # what a set of sizes has: one figure, but for whether a size is in it
    "text", "early", "start", "period", "residues", "contains_asked", "below", "above", "period_by", "least_by",
}  # fmt: skip
# ---- steps of explain: a section and a step ------------------------------------------------------------------------
WEIGHT = "- one weight: test_layers_keras holds each to Keras"
WINDOW = "- inside the formula of the size: test_derivation holds each to brute force"
STEPS: dict[str, dict[str, str]] = {
    "Values": {},  # lists of numbers, which are no figures
    "Output size": {
        **dict.fromkeys(("height", "width", "depth", "length", "channels", "values"), "length"),
        **dict.fromkeys(
            ("padding", "padding before", "padding after", "left over", "channels of a group", "effective kernel"),
            WINDOW,
        ),
    },
    "Parameters": {"together": "params", "trained": "trainable", "not trained": "frozen"},  # others: WEIGHT
    "MACs": {"": "macs"},
    "Receptive field": {"size": "rf_size", "jump": "rf_stride", "start": "rf_start", "centre": "rf_centre"},
    "Totals": {
        "parameters": "params",
        "trained, not trained": "params",
        "MACs": "macs",
        "receptive field": "- in words",
    },
}
