"""E010 unknown-name: nothing is called by this name: no layer, block, tensor, constant or quantity."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR

CODE = "E010"
SEVERITY = ERROR
