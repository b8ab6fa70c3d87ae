"""E020 broken-contract: a tensor does not have the shape that an `expect(…)` promises."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR

CODE = "E020"
SEVERITY = ERROR
