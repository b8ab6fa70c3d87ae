"""Python sources with things done to them by chance, which all must be read: no traceback, no end that does not come.

`python -m tests.python_source.changed_sources --count 100000 --seed 1` reads so many, each as `check` would, and tells
the slowest.
"""

from __future__ import annotations

import argparse
import ast
import copy
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing import Pool
from pathlib import Path
from random import Random
from time import process_time

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source
from cnnspec.base.source_files import decode_source
from cnnspec.pipeline import analyse
from tests.fuzz.texts import TOKEN

FOLDER = Path(__file__).parent
LONGEST = 20_000  # characters of a text that has grown
PATIENCE = 10.0  # seconds of CPU time, after which a text counts as one whose reading does not end
ODD = (
    "0", "-1", "1e309", "10**10**10", "None", "...", "[]", "()", "{}", "''", "lambda: 0", "print", "yield", "await x",
    "*", "**", ":=", "10**9", "'a' * 10**12", "range(10**12)", "globals()", "__import__('os')", "self", "x", "(1,) * 10**9",
    "1 << 10**9", "f'{1:>{10**9}}'", "[x for x in iter(int, 1)]", "True", "not", "@", "del x", "while True: pass", "\x00", "é",
)  # fmt: skip


def list_sources() -> list[Path]:
    """The sources that changes begin with."""
    folders = [FOLDER / name for name in ("corpus", "mistakes", "nothing", "pytorch", "interpreter")]
    return sorted([path for folder in folders for ending in ("*.py", "*.ipynb") for path in folder.rglob(ending)])


def read_text(path: Path) -> str:
    found = decode_source(path.read_bytes(), str(path))
    assert not isinstance(found, Diagnostic)
    return found.text


def change(random: Random, text: str, others: list[str]) -> str:
    """A text with one to five things done to it."""
    for _ in range(random.choice((1, 1, 1, 2, 3, 5))):
        text = random.choice((change_tree, change_tree, change_tokens, cut, splice))(random, text, others)[:LONGEST]
    return text


def change_tokens(random: Random, text: str, others: list[str]) -> str:
    """Some tokens removed, doubled, moved, or replaced by others or odd ones."""
    tokens = TOKEN.findall(text) or [""]
    at = random.randrange(len(tokens))
    end = at + random.choice((1, 1, 1, 2, 5))
    way = random.randrange(4)
    if way == 0:
        del tokens[at:end]
    elif way == 1:
        tokens[at:at] = tokens[at:end]
    elif way == 2:
        tokens[at] = random.choice(ODD)
    else:
        tokens[at] = random.choice(TOKEN.findall(random.choice(others)) or [""])
    return "".join(tokens)


def cut(random: Random, text: str, others: list[str]) -> str:
    """Some lines left out, or put elsewhere."""
    lines = text.split("\n")
    at = random.randrange(len(lines))
    some = lines[at : at + random.choice((1, 1, 2, 4, 10))]
    del lines[at : at + len(some)]
    if random.random() < 0.5:
        to = random.randrange(len(lines) + 1)
        lines[to:to] = some
    return "\n".join(lines)


def splice(random: Random, text: str, others: list[str]) -> str:
    """The beginning of one text and the end of another."""
    ours, theirs = text.split("\n"), random.choice(others).split("\n")
    return "\n".join(ours[: random.randrange(len(ours) + 1)] + theirs[random.randrange(len(theirs) + 1) :])


def change_tree(random: Random, text: str, others: list[str]) -> str:
    """One node of the syntax tree replaced by another of its kind, from the same text or another, or by an odd one; the
    text is then one of Python again."""
    try:
        tree, other = ast.parse(text), ast.parse(random.choice((text, random.choice(others))))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return change_tokens(random, text, others)
    kind = random.choice((ast.expr, ast.expr, ast.stmt))
    places = [
        (node, name, number)
        for node in ast.walk(tree)
        for name, value in ast.iter_fields(node)
        for number, part in enumerate(value if isinstance(value, list) else [value])
        if isinstance(part, kind)
    ]
    parts = [node for node in ast.walk(other) if isinstance(node, kind)]
    if not places or not parts:
        return cut(random, text, others)
    node, name, number = random.choice(places)
    new = copy.deepcopy(random.choice(parts))
    if kind is ast.expr and random.random() < 0.3:
        with suppress(SyntaxError, ValueError):
            new = ast.parse(random.choice(ODD), mode="eval").body
    old = getattr(node, name)
    if isinstance(old, list):
        old[number] = new
    else:
        setattr(node, name, new)
    try:
        return ast.unparse(tree)
    except Exception:
        return text


def make_texts(seed: int, count: int) -> Iterator[tuple[Path, str]]:
    """So many changed texts, each with the path that it is read for."""
    random = Random(seed)
    paths = list_sources()
    texts = [read_text(path) for path in paths]
    for _ in range(count):
        number = random.randrange(len(paths))
        yield paths[number], change(random, texts[number], texts)


def find_failure(path: Path, text: str) -> tuple[str, float]:
    """What goes wrong when a text is analysed, "" for nothing, and the seconds of CPU time that it takes."""
    before = process_time()
    source = decode_source(text.encode("utf-8", "surrogatepass"), str(path))
    failure = ""
    if isinstance(source, Source):
        try:
            analyse(source)
        except Exception:
            failure = traceback.format_exc()
    seconds = process_time() - before
    return failure or ("it takes too long" if seconds > PATIENCE else ""), seconds


def run(task: tuple[int, int]) -> tuple[list[tuple[str, str, str]], float]:
    """The failures among the texts of one seed, and the longest time."""
    failures, longest = [], 0.0
    for path, text in make_texts(*task):
        failure, seconds = find_failure(path, text)
        longest = max(longest, seconds)
        if failure:
            failures.append((str(path), text, failure))
    return failures, longest


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    tasks = [(options.seed * 1_000_003 + n, min(100, options.count - n * 100)) for n in range(-(-options.count // 100))]
    failed, longest = 0, 0.0
    with Pool(options.jobs) as pool:
        for number, (failures, seconds) in enumerate(pool.imap_unordered(run, tasks), 1):
            longest = max(longest, seconds)
            for path, text, failure in failures:
                failed += 1
                if failed <= 20:
                    print(f"---- {path}\n{failure}\n---- text\n{text[:3000]}")
            if not number % 50:
                print(f"{number * 100:,} texts, {failed} failures, the slowest {longest:.2f} s", flush=True)
    print(f"{options.count:,} texts, {failed} failures, the slowest {longest:.2f} s of CPU time")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
