"""E004 python-passed-over: lines of pasted Python are passed over: they make no part of the network (a note, no
mistake).
"""

from __future__ import annotations

from cnnspec.base.diagnostic import INFO

CODE = "E004"
SEVERITY = INFO
