"""E011 bad-argument: a layer, block or statement is given an argument that it does not have, or a value that it does
not take; or a parameter or a hole of the network has none.
"""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR

CODE = "E011"
SEVERITY = ERROR
