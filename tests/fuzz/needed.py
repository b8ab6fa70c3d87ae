"""What the cases import while they run, imported once for all of them."""

from __future__ import annotations

from importlib import import_module

NEEDED = ("cnnspec.compile.source", "cnnspec.decompile", "cnnspec.pipeline", "cnnspec.raising.graph", "cnnspec.repair.mending", "cnnspec.report.sarif")  # fmt: skip


def warm() -> None:
    """Import it, so that a child begins with it."""
    from cnnspec.cli import MODULES, VERBS

    for verb in VERBS:
        import_module(f"cnnspec.cli.{MODULES.get(verb, verb)}")
    for name in NEEDED:
        import_module(name)
