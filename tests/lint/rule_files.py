"""The files of all rules, for tests that ask each of them."""

from __future__ import annotations

from cnnspec.lint.finding import SAFE
from cnnspec.lint.index import FIXES, RULES
from cnnspec.lint.rules import module_of

RULE_FILES = tuple([module_of(code) for code in RULES])
WITH_FIX = tuple([rule for rule in RULE_FILES if rule.CODE in FIXES])
MADE_SAFELY = frozenset([code for code, kind in FIXES.items() if kind == SAFE])  # codes
