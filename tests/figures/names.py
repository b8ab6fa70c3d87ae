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


def column(text: str) -> dict[str, str]:
    """The same where a place may hold spaces: two or more stand before the figure."""
    return {
        a.strip(): b.strip() for a, b in [line.strip().rsplit("  ", 1) for line in text.splitlines() if line.strip()]
    }


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

# ---- columns of tables ---------------------------------------------------------------------------------------------
COLUMNS = {
    "summary": column("""
Layer (type)  -
Layer         -
Type          -
Output Shape  shape
Param #       params
Weights       -
Trainable     trainable
Connected to  -
MACs          macs
FLOPs         flops
Values        values
Memory        output_bytes
Saved         saved_bytes
RF            rf
Jump          rf_stride
im2col        im2col
FLOP/byte     intensity
Path          -
Line          line
Assumed       -
"""),
    "csv": column("""
layer                 -
name                  -
type                  -
output_shape          shape
shape                 shape
params                params
weights               -
trainable             trainable
trainable_params      trainable
non_trainable_params  frozen
connected             -
connected_to          -
macs                  macs
flops                 flops
values                values
memory                output_bytes
saved                 saved_bytes
rf                    rf
rf_size               rf_size
rf_stride             rf_stride
rf_padding            rf_padding
jump                  rf_stride
im2col                im2col
intensity             intensity
path                  -
line                  line
assumed               -
"""),
    "rf": column("""
Layer (type)  -
Output        shape
RF            rf
Jump          rf_stride
Start         rf_start
Centre        rf_centre
Coverage      coverage
"""),
    "cost": column("""
Layer (type)  -
Output Shape  shape
MACs          macs
Activations   output_bytes
Saved         saved_bytes
im2col        im2col
FLOP/byte     intensity
Time          seconds
Bound         -
"""),
    "lost": column("""
Layer       -
Size        -
Never read  -
Lost        lost_share
MACs lost   macs_lost
Read by     -
"""),
}

# ---- lines of text: what stands below tables, and in findings. A name is a figure of the network. ---------------------
LINES = {
    "summary": [
        r"Total params: (?P<params>\S+)(?: \((?P<params_bytes>.+) as float32\))?", r"Trainable params: (?P<trainable>\S+)",
        r"Non-trainable params: (?P<frozen>\S+)", r"MACs: (?P<macs>.+) \(convolutions.*", r"Receptive field: (?P<rf>\S+) \(of the last.*",
        r'Model: ".*', r"(?:Sizes: | *)\w+ = .*",
    ],
    "rf": [
        r"The network: (?P<rf>\S+) \(\S+\), (?P<coverage>.+ %|\?) of the input; effective about (?P<rf_effective>\S+) \(an estimate: .*",
        r"Receptive fields of .*", r"(Gates|Statistics): .*", r"Misaligned: (?P<misaligned>.*)",
    ],
    "unit": [
        r"  Receptive field  +(?:(?P<rf_least>\S+) to )?(?P<rf>\S+?)(?:, by position)?, (?P<coverage>.+ %|\?) of the input",
        r"  Jump  +(?P<rf_stride>.*)", r"  Start  +(?P<rf_start>.*), of the first position", r"  Centre  +(?P<rf_centre>.*), of the first position",
        r"  Effective field  +about (?P<rf_effective>\S+) .*", r"  Position \S+, unclipped  +.*: (?P<unit_size>\S+)",
        r"  Position \S+(?: of (?P<of>\S+))?  +.*?: \S+?, (?:of it )?(?P<unit_read>\S+) positions?, (?P<unit_coverage>.+? %) of the input(?:; (?P<unit_holes>\S+) holes? .*)?",
        r"  Position \S+(?: of \S+)?  +(\?|reads nothing).*", r"  (?:Smallest|Largest)? ?[Pp]ath  +.*", r"  (?:Gates|Statistics)  +.*",
        r"    with them  +it reads (?P<mixed>.*)", r"  Misaligned  +(?P<misaligned>.*)", r"\S+ \(\S+\), line (?P<line>\d+): .*", r"  (?P<shape>[\w?(][^,:]*)",
    ],
    "lost": [
        r'What ".*', r"MACs: (?P<macs_lost>\S+) of (?P<macs>\S+) are for nothing, (?P<macs_lost_share>.+ %)\.",
        r"(?P<of>\S+): .* (?:is|are) never read: (?P<lost_unread>\S+) of (?P<lost_positions>\S+) positions, (?P<lost_share>.+ %)\.",
        r"(?P<of>\S+): \d+ of \d+ kernel taps only ever see padding: (?P<dead_weights>\S+) weights, (?P<dead_share>.+ %) of the kernel\.",
        r"Sizes are unknown.*", r"More may be lost: .*",
    ],
    "cost": [
        r'Model: ".*', r"MACs: (?P<macs>.+) \(convolutions.*", r"FLOPs: (?P<flops>.+) \(2 \* MACs\)",
        r"FLOPs as \S+ counts them: (?P<tool_count>.+?) \(2 \* MACs, .*", r"Inference, .*:", r"Training, .*:",
        r"  weights +(?P<params>\S+) \* \d +(?P<params_bytes>.+)", r"  activations +.* \* \d +(?P<peak_bytes>.+?)(?:   at \S+)?",
        r"  (?:gradients|optimizer|saved activations|saved masks|largest gradients) .*", r"  together +(?P<together>.+)",
        r"  largest batch in \S+ GiB: (?P<largest>.*)", r"NVIDIA.*",
        r"Time for a batch forward: at least (?P<seconds>\S+ \S+), \S+ examples a second at most, (?P<memory_bound>.+ %) of it in.*",
        r"Time for a batch forward: \?",
    ],
    "same": [r".* are the same network: (?P<layer_count>\S+) layers, (?P<params>\S+) parameters, (?P<macs>.+) MACs"],
    "repr": [r"<cnnspec\.Network .*: (?P<layer_count>\S+) layers, (?P<params>\S+) parameters>"],
}  # fmt: skip

# ---- totals of diff: a row → its figure ------------------------------------------------------------------------------
DIFF_ROWS = {
    "Layers": "layer_count", "Params": "params", "Trainable params": "trainable", "Non-trainable params": "frozen",
    "MACs": "macs", "Receptive field": "rf", "Output": "- shapes, of all outputs in a line",
}  # fmt: skip

# ---- findings: what a rule says of a figure. A name with _of is the figure of the layer named by `of`. -----------------
FINDINGS = {
    "P501": r"(?P<of>\S+) reads .* flattened: (?P<params_of>\S+) of the network's (?P<params>\S+) parameters .*",
    "W201": r".* (?:is|are) never read(?: \((?P<lost_share_in>.+ %) of the input\)|.*never reach the output \((?P<lost_share_in_>.+ %) of it\))?",
    "W202": r".+ % of the positions of .* are never read: .*?(?:; (?P<macs_lost>\S+) MACs \((?P<macs_lost_share>.+ %)\) compute .*)?",
    "W203": "- weights of several layers",
    "W204": "- what leads to no output",
    "W209": "- parameters of one layer: as in P501",
    "P505": "- at the batch of the training",
    "T407": "- of several layers",
    "T410": "- a rate that the text gives",
    "R302": "- of several layers",
    "E021": "- the figure of a budget, of which test_budgets asks",
    "R301": r"(?P<of>\S+), the last map, sees (?P<rf_of>\S+) of \S+ \((?P<coverage_of>.+ %)\)(?:, about (?P<rf_effective_of>\S+) effectively)?",
}

# ---- budgets: what expect can limit ----------------------------------------------------------------------------------
BUDGETS = {
    "params": "params", "macs": "macs", "flops": "flops", "receptive_field": "rf_size", "coverage": "coverage",
    "activation_memory": "activation_bytes", "peak_memory": "peak_bytes", "params_bytes": "params_bytes",
    "inference_memory": "inference_bytes", "training_memory": "training_bytes", "depth": "- stands nowhere else",
    "output": "outputs", "lossless": "network_lossless",
}  # fmt: skip

# ---- the Python API: what each public name gives -----------------------------------------------------------------------
ACTION = "- an action, or a text that is compared as such"
ASSUMED = "- whether it rests on an assumption: see test_assumed"
VALUE = {"replace": ACTION}
ANSWER = dict.fromkeys(("to_text", "to_html", "to_data", "to_json", "to_rows", "rows_are", "is_printable"), ACTION)
ABOUT = {"analysed": "- what the commands are asked about", **ANSWER, **VALUE}
API = {
    "Network": {
        "name": "- a name", "text": "- the spec", "analysed": "- what the commands are asked about", "keeps_names": "- how the text is written", "diagnostics": "- findings, compared as such", "layers": "- one by one",
        "assumptions": "- names", "assumed": ASSUMED,
        "inputs": "inputs", "outputs": "outputs", "params": "params", "trainable_params": "trainable",
        "non_trainable_params": "frozen", "macs": "macs", "flops": "flops", "coverage": "coverage", "receptive_field": "- part by part",
        **dict.fromkeys(("summary", "explain", "draw", "train", "to_keras", "to_torch", "to_source"), ACTION), **ANSWER,
        **dict.fromkeys(("receptive_field_of", "receptive_fields", "cost", "lost", "sizes"), "- part by part"),
        "trace": "- what is computed of an input: see tests/trace", "explanation": "- its JSON is compared", "budget": "- findings: test_budget holds them to those of check",
    },
    "Cost": {
        "question": "- asked for", **dict.fromkeys(("batch", "dtype", "optimizer"), "- asked for"), "layers": "- one by one",
        "macs": "macs", "flops": "flops", "tool_count": "tool_count", "inference": "- term by term", "training": "- term by term",
        "inference_bytes": "inference_bytes", "training_bytes": "training_bytes", "seconds": "seconds", "memory_bound": "memory_bound", "draw": ACTION, **ABOUT,
        "frozen": "- layers", "frozen_training": "- of fewer layers",
    },
    "LayerCost": {
        "name": "- a name", "type": "- a name", "output_shape": "shape", "macs": "macs", "flops": "flops",
        "activation_bytes": "output_bytes", "saved_bytes": "saved_bytes", "matrices": "- part by part", "traffic": "- part by part",
        "time": "- part by part", "assumed": ASSUMED, **VALUE,
    },
    "Traffic": {"flops": "arithmetic", "bytes": "bytes_moved", "intensity": "intensity", "seconds": "- of a device", **VALUE},
    "LeastTime": {"seconds": "seconds", "bound": "- a word", **VALUE},
    "Memory": {"terms": "- one by one", "bytes": "- of a batch", "largest_batch": "- of a limit", **VALUE},
    "Lost": {
        "losses": "- one by one", "taps": "- one by one", "unknown": "- places of layers", "untraced": "- places of layers",
        "too_long": "- whether it was found", "macs": "macs_lost", **ABOUT,
    },
    "Loss": {
        "node": "- the place of a layer", "axes": "- the rows themselves; test_fields holds them to brute force", "positions": "lost_positions",
        "unread": "lost_unread", "read": "- the set itself", "by": "- places of layers", "macs": "macs_lost", "share": "lost_share", **VALUE,
    },
    "DeadTaps": {
        "node": "- the place of a layer", "taps": "kernel", "seeing": "kernel_seeing", "weights": "dead_weights", "share": "dead_share",
        **dict.fromkeys(("all_taps", "seeing_taps"), "- a product"), **VALUE,
    },
    "ReceptiveFields": {
        "layers": "- one by one", "deepest": "- one of the layers", "units": "- as receptive_field_of", "gates": "- names",
        "statistics": "- names", "misaligned": "- one by one", "draw": ACTION, **ABOUT,
    },
    "BranchOffset": {
        "layer": "- a name", "axis": "- a name", "branches": "- names", "pixels": "misaligned_pixels", "positions": "misaligned_positions", **VALUE,
    },
    "InputSizes": {
        "axes": "- one by one", **dict.fromkeys(("weighted", "fixed"), "- a layer"), "rest": "- another network, sized in the same way",
        "asks": "- whether the text does", "near": "- asked for", "draw": ACTION, **ABOUT,
    },
    "Axis": {
        "axes": "- one by one", "kinds": "- the sets, with reasons", "tied_by": "- a layer", "guessed": "- whether it is proven",
        "legal": "legal_set", "lossless": "lossless_set", "strict": "strict_set", "declared": "- of all its axes", **VALUE,
    },
    "LayerFigures": {
        "name": "- a name", "type": "- a name", "inputs": "- names", "output_shape": "shape", "trainable": "trainable",
        "non_trainable": "frozen", "params": "params", "weights": "- tensor by tensor", "macs": "macs", "flops": "flops", "receptive_field": "- part by part",
        "line": "line", "shared_with": "- a name", "assumed": ASSUMED, "replace": ACTION,
    },
    "ReceptiveField": {"size": "rf_size", "stride": "rf_stride", "padding": "rf_padding", "whole": "rf_whole", "replace": ACTION},
    "LayerField": {
        "name": "- a name", "type": "- a name", "line": "line", "output_shape": "shape", "field": "- part by part",
        "least": "rf_least", "start": "rf_start", "centre": "rf_centre", "coverage": "coverage", "effective": "rf_effective",
        "assumed": ASSUMED, "replace": ACTION,
    },
    "UnitField": {
        "layer": "- part by part", "written": "- the text", "at": "unit_at", "box": "unit_box", "inputs": "- one by one",
        "smallest": "- one by one", "largest": "- one by one", "gates": "- names", "statistics": "- names",
        "with_mixing": "- one by one", "misaligned": "- one by one", **dict.fromkeys(("alone", "in_layers", "draw", "draw_effective"), ACTION), **ABOUT,
    },
    "InputRead": {
        "name": "- a name", "size": "input_size", "box": "unit_input_box", "read": "unit_read", "holes": "unit_holes",
        "coverage": "unit_coverage", "region": "- the set itself", "area": "unit_area", "replace": ACTION,
    },
    "Difference": {
        "same": "- whether they differ", "a": "- part by part", "b": "- part by part", "layers": "- one by one",
        **dict.fromkeys(("inputs_differ", "outputs_differ"), "- whether they differ"),
        **dict.fromkeys(("added", "removed", "changed", "of"), "- some of the layers"),
        "trainable_params": "trainable", "non_trainable_params": "frozen", "params": "params", "macs": "macs",
        "budget": "- findings: tests/diff/test_budget.py holds them to what diff says", "save": ACTION, **ABOUT,
    },
    "NetworkSide": {
        **dict.fromkeys(("name", "file", "parameters", "inputs"), "- names"), "outputs": "- names", "layers": "layer_count",
        "output_shapes": "outputs", "receptive_field": "- part by part", "replace": ACTION,
    },
}  # fmt: skip
