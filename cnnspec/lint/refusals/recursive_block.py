"""E014 recursive-block: a block uses itself, directly or through others."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR

CODE = "E014"
SEVERITY = ERROR
