"""E012 wrong-kind: this kind of thing cannot stand here: a number where a layer belongs, a step outside a model."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR

CODE = "E012"
SEVERITY = ERROR
