"""E013 duplicate-name: a name is given twice."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR

CODE = "E013"
SEVERITY = ERROR
