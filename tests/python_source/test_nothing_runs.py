"""Nothing that a Python source says is run: traps are planted everywhere in the corpus, and Python itself tells of each
attempt to run, import, write or reach for anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
WATCHER = '''
import ast, os, sys
from pathlib import Path
from cnnspec.base.source import Source
from cnnspec.pipeline import analyse

TRAPS = """
import os
import trap_that_raises
os.system("touch {sprung}")
open("{sprung}", "w").write("x")
__import__("subprocess").run(["touch", "{sprung}"])
eval("open('{sprung}', 'w')")
exec("import os; os.system('touch {sprung}')")
getattr(os, "remove")("{here}")
"""


def plant(text, sprung):
    """The source with the traps at its head, in every function, and around every call's first argument."""
    traps = ast.parse(TRAPS.format(sprung=sprung, here=sprung)).body
    tree = ast.parse(text)
    tree.body[:0] = traps
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.For, ast.If, ast.With)):
            node.body[:0] = traps
        if isinstance(node, ast.Call) and len(node.args) > 1:
            spring = ast.parse(f"[None, __import__('os').system('touch {sprung}')]").body[0].value
            node.keywords.append(ast.keyword("trap_of_ours", spring))
    return ast.unparse(ast.fix_missing_locations(tree))


sprung = sys.argv[1]
events = []
watching = False
QUIET = ("object.__getattr__", "sys._getframe", "os.listdir", "os.scandir", "compile", "gc.", "marshal.", "code.__new__", "cpython.", "builtins.id")


def watch(event, arguments):
    if not watching or event.startswith(QUIET):
        return
    if event == "open":
        path, mode = str(arguments[0]), str(arguments[1])
        if "w" in mode or "a" in mode or "+" in mode:
            events.append((event, path, mode))
        return
    if event == "import":
        if arguments[0].split(".")[0] not in (*sys.stdlib_module_names, "cnnspec", "_io"):
            events.append((event, arguments[0]))
        return
    events.append((event, *map(str, arguments)))


sys.addaudithook(watch)
texts = [Path(path).read_text(encoding="utf-8") for path in sys.argv[2:]]
read = [(path, given) for path, text in zip(sys.argv[2:], texts) for given in (text, plant(text, sprung))]
for watching in (False, True):  # once before, so that our own modules are imported
    for path, planted in read:
        analyse(Source(path, planted))
watching = False
assert not {"keras", "tensorflow", "numpy", "trap_that_raises"} & set(sys.modules), sorted(sys.modules)
assert not events, events[:10]
print(len(read))
'''


def test_no_trap_is_sprung(tmp_path: Path) -> None:
    """Every source of the corpus is read, as it is and full of traps: nothing is run, imported or written."""
    sprung = tmp_path / "sprung"
    paths = [str(path) for path in sorted((FOLDER / "corpus").rglob("*.py"))][::4]
    done = subprocess.run(
        [sys.executable, "-c", WATCHER, str(sprung), *paths], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout) == 2 * len(paths)
    assert not sprung.exists()


def test_a_trap_that_is_sprung_would_be_seen(tmp_path: Path) -> None:
    """The watcher sees an attempt, where a reader made it."""
    eager = WATCHER.replace("        analyse(Source(path, planted))", "        exec('import os; os.system(\"true\")')")
    source = tmp_path / "source.py"
    source.write_text("x = 1\n", encoding="utf-8")
    asked = [sys.executable, "-c", eager, str(tmp_path / "sprung"), str(source)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert "os.system" in done.stderr.splitlines()[-1]
