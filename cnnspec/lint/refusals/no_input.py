"""E016 no-input: a layer stands before any input."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR

CODE = "E016"
SEVERITY = ERROR
