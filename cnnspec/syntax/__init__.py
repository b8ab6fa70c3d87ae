"""Text → tree, by the grammar in grammar/cnnspec.lark: inside the package of an installation, beside it in a checkout."""

import os


def find_grammar() -> str | None:
    """The path of the grammar; None where it is not installed, or where the package is an archive."""
    package = os.path.dirname(os.path.dirname(__file__))
    for folder in (package, os.path.dirname(package)):
        path = os.path.join(folder, "grammar", "cnnspec.lark")
        if os.path.isfile(path):
            return path
    return None
