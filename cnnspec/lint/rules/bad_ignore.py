"""S711 bad-ignore: a comment for cnnspec that it cannot follow, and that therefore ignores nothing.

It names no rule, a rule that does not exist, or what cannot be ignored: errors of the language. There is no form that
ignores everything, since it would hide what nobody has seen yet.

Bad:

    input 8x8x3
    conv(8, 3x3)  # cnnspec: ignore

Good:

    input 7x7x3
    conv(8, 3x3, stride=3)  # cnnspec: ignore[illegal-stride] the last row is black
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING

CODE = "S711"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("comments",)
