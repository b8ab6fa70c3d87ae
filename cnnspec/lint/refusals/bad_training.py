"""E030 bad-training: the train section asks for something that there is not, or gives a value that cannot be."""

from __future__ import annotations

from cnnspec.base.diagnostic import ERROR

CODE = "E030"
SEVERITY = ERROR
