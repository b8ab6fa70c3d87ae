"""What every number in tables, lines and findings is called; see `names`."""

from __future__ import annotations


def column(text: str) -> dict[str, str]:
    """The same where a place may hold spaces: two or more stand before the figure."""
    return {
        a.strip(): b.strip() for a, b in [line.strip().rsplit("  ", 1) for line in text.splitlines() if line.strip()]
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
