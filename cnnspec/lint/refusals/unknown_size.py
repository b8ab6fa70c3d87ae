"""E017 unknown-size: a size that is needed as a number is not known."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR

CODE = "E017"
SEVERITY = ERROR
