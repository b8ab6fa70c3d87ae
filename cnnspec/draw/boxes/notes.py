"""What is told under a picture: assumptions, and findings of no layer."""

from __future__ import annotations

from cnnspec.draw.boxes.legend import SIZE
from cnnspec.draw.boxes.tooltips import describe_finding
from cnnspec.pictures.text_width import shorten_text
from cnnspec.tables.assumed import write_assumptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.draw.boxes.findings import PlacedFindings
    from cnnspec.network import AnalysedNetwork

WIDEST = 760.0
MOST = 4  # findings that are told


def write_notes(network: AnalysedNetwork, findings: PlacedFindings) -> list[str]:
    found = [describe_finding(one) for one in findings.elsewhere]
    more = [f"{len(found) - MOST} more findings"] * (len(found) > MOST)
    notes = [*write_assumptions(network, "its figures rest"), *found[:MOST], *more]
    return [shorten_text(note, WIDEST, SIZE) for note in notes]
