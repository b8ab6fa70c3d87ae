"""What each public name of the Python API gives; see `names`."""

from __future__ import annotations

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
