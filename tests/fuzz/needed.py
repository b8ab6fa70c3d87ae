"""What the cases import while they run, imported once for all of them."""

from __future__ import annotations

from importlib import import_module

NEEDED = ("cnnspec.compile.keras_source", "cnnspec.spec_writer", "cnnspec.pipeline", "cnnspec.model_files.keras.to_graph", "cnnspec.lint.fix.mending", "cnnspec.findings.sarif")  # fmt: skip


def warm() -> None:
    """Import it, so that a child begins with it."""
    from cnnspec.cli import MODULES, VERBS

    for verb in VERBS:
        import_module(f"cnnspec.cli.{MODULES.get(verb, verb)}")
    for name in NEEDED:
        import_module(name)
