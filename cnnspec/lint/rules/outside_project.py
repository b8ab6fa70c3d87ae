"""T412 outside-project: the train section sends figures to an address, or reads what lies outside the project.

`train` does what a section says, whoever wrote it. A `remote_monitor` posts the figures of every epoch to its address, and
data may lie anywhere that a path, or a link, leads to. Both may well be meant, and nothing is sent or read by a check:
this says where to look before a spec from elsewhere is trained. `train` says the same in its first lines, and
`train --no-network` refuses to send. The project is the one below which `use` finds files: the folder of the nearest
pyproject.toml, .git or cnnspec.toml, else the spec's own.

Source: Keras, "RemoteMonitor" (callbacks), "Events are sent to root + '/publish/epoch/end/' by default".

Bad:

    input 8x8x1
    flatten -> dense(10, softmax)
    train { data = digits; callbacks = remote_monitor(root="https://example.org") }

Good:

    input 8x8x1
    flatten -> dense(10, softmax)
    train { data = digits; callbacks = csv_logger("log.csv") }
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO, Diagnostic
from cnnspec.base.outside_reach import find_reached

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.lint.context import Context

CODE = "T412"
SEVERITY = INFO
DEFAULT = True
LOOKS_AT = ("a train section",)


def check(context: Context) -> Iterator[Diagnostic]:
    if context.settings is None:
        return
    for found in find_reached(context.settings):
        help = "leave it out, unless the address is yours" if found.network else "bring the data into the project"
        span = found.span(context.settings)
        yield Diagnostic(CODE, f"training {found.what}", span, help, severity=SEVERITY)
