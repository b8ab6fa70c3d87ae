"""Names that Keras does not have: of its modules, and of its models.

Source: the names of Keras 3.15, of keras and of tensorflow.keras. Reported is what is near to one of them, or was of Keras 2: a later
Keras may have more.
"""

from __future__ import annotations

from cnnspec.base.did_you_mean import near, write_question
from cnnspec.python_source.keras.call_signatures import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast

    from cnnspec.python_source.machine import Machine

MOST_PROPOSALS = 3
APPLICATIONS = "keras.applications"  # whose modules are called as its models are
# Methods of models of Keras 2, and what to write.
FORMER_METHODS = {
    "evaluate_generator": "Keras 3 calls it evaluate",
    "fit_generator": "Keras 3 calls it fit",
    "predict_classes": "write predict(x).argmax(axis=-1)",
    "predict_generator": "Keras 3 calls it predict",
    "predict_proba": "Keras 3 calls it predict",
}


def lacks(name: str, machine: Machine, node: ast.AST, raises: str) -> bool:
    """Whether a module of Keras's has no such name, but one near to it, which is reported."""
    module, _, member = name.rpartition(".")
    return refuse_name(member, module, module, machine, node, raises)


def refuse_attribute(name: str, kind: str, machine: Machine, node: ast.AST) -> bool:
    """Report an attribute that a model of no class of the source has not; whether it has none."""
    what = f"a {kind} model"
    if name in FORMER_METHODS and kind in NAMES:
        report(f"{what} has no {name}", FORMER_METHODS[name], name, machine, node, "AttributeError")
        return True
    return refuse_name(name, kind, what, machine, node, "AttributeError")


def refuse_name(name: str, space: str, what: str, machine: Machine, node: ast.AST, raises: str) -> bool:
    known = NAMES.get(space, "").split()
    if not known or name in known or name.startswith("_"):
        return False
    found = near(name, known)
    alike = [one for one in found if one[:1].isupper() == name[:1].isupper()]
    proposals = (alike if alike or space == APPLICATIONS else found)[:MOST_PROPOSALS]
    if proposals:
        report(f"{what} has no {name}", write_question(tuple(proposals)), name, machine, node, raises)
    return bool(proposals)


def report(message: str, help: str, name: str, machine: Machine, node: ast.AST, raises: str) -> None:
    """Report it at the name alone."""
    site = machine.make_site(node)
    start = site.source.text.find(name, site.node.start, site.node.end)
    last = site.source.text.rfind(name, site.node.start, site.node.end)
    place = last if raises == "AttributeError" else start
    machine.report("E010", message, site, (place, place + len(name)) if place >= 0 else None, help, raises=(raises,))
