"""E015 bad-use: a `use` names a file that cannot be used, or a block that the file does not have."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR

CODE = "E015"
SEVERITY = ERROR
