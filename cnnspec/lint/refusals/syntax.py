"""E001 syntax: the text does not follow the grammar: a bracket is open, a word stands where none may."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR

CODE = "E001"
SEVERITY = ERROR
