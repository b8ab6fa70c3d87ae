"""E002 unreadable-text: the file cannot be read, or is not UTF-8 text."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR

CODE = "E002"
SEVERITY = ERROR
