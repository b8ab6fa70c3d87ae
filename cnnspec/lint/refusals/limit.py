"""E003 limit: a limit on nesting, layers, numbers, unknown sizes or mistakes is passed."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR

CODE = "E003"
SEVERITY = ERROR
