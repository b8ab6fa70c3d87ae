"""The command that installs a part that is missing, as it works here: it depends on what installed cnnspec, and from where.

Where from is in the distribution's direct_url.json (PEP 610); a checkout that runs without being installed is known by
its pyproject.toml. What installed it is in INSTALLER, and in the files that pipx and uv leave in environments of theirs.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import find_spec
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit
from urllib.request import url2pathname

from cnnspec.base.shell_words import quote_word

NAME = "cnnspec"
FOLDER = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # a checkout, or site-packages


def write_install_command(*extras: str) -> str:
    """What to type to get one of some extras: pip install "cnnspec[keras]" or "cnnspec[jax]"."""
    try:
        found = distribution(NAME)
    except PackageNotFoundError:
        found = None
    flag, before, behind = find_origin(direct_url(found))
    return (
        f"{find_installer(found)} {' or '.join([flag + quote_word(f'{before}[{extra}]{behind}') for extra in extras])}"
    )


def direct_url(found: Distribution | None) -> dict[str, Any]:
    """Where a distribution was installed from; {} for a package index."""
    try:
        read = json.loads((found.read_text("direct_url.json") if found else None) or "{}")
    except (ValueError, OSError):
        return {}
    return read if isinstance(read, dict) and isinstance(read.get("url"), str) else {}


def find_origin(direct: dict[str, Any]) -> tuple[str, str, str]:
    """What to install again: a flag, and what stands before and behind the extra in brackets."""
    folder, url = direct.get("dir_info"), direct.get("url", "")
    editable = isinstance(folder, dict) and folder.get("editable") is True
    if os.path.isfile(os.path.join(FOLDER, "pyproject.toml")):  # it runs from there, whatever else is installed
        return "-e " if editable else "", FOLDER, ""
    local = url2pathname(urlsplit(url).path) if url.startswith("file:") else ""
    if local and not os.path.exists(local):  # it has gone since
        return "", NAME, ""
    if local and isinstance(folder, dict):
        return "-e " if editable else "", os.path.normpath(local), ""
    version = direct.get("vcs_info")
    if isinstance(version, dict) and version.get("vcs"):
        at = f"@{version['commit_id']}" if version.get("commit_id") else ""
        place, inside = f"{version['vcs']}+{hide_secrets(url)}{at}", direct.get("subdirectory")
        if local:  # pip before 24 takes no such URL behind a name
            return "", f"{place}#egg={NAME}", f"&subdirectory={inside}" if inside else ""
        return "", NAME, f" @ {place}" + (f"#subdirectory={inside}" if inside else "")
    return "", NAME, f" @ {hide_secrets(url)}" if url else ""


def hide_secrets(url: str) -> str:
    """A URL without what may be secret: passwords, and all that is asked behind the path. The name git is none."""
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    path = quote(parts.path, safe="/:@%+,~")  # pip takes no spaces, and leaves them in what it writes of a repository
    return urlunsplit((parts.scheme, f"git@{host}" if user == "git" else host, path, "", ""))


def find_installer(found: Distribution | None) -> str:
    """The words that install into this environment, as short as they work."""
    if os.path.exists(os.path.join(sys.prefix, "pipx_metadata.json")):
        return "pipx install --force"
    if os.path.exists(os.path.join(sys.prefix, "uv-receipt.toml")):
        return "uv tool install --force"
    if found is not None and (found.read_text("INSTALLER") or "").strip() == "uv":
        return (
            "uv pip install"
            if os.environ.get("VIRTUAL_ENV") == sys.prefix
            else f"uv pip install --python {quote_interpreter()}"
        )
    if find_spec("pip") is None:
        return f"pip --python {quote_interpreter()} install"
    beside = os.path.dirname(sys.executable) == os.path.dirname(shutil.which("pip") or "")
    return "pip install" if beside else f"{quote_interpreter()} -m pip install"


def quote_interpreter() -> str:
    """This interpreter, for the shell."""
    return quote_word(sys.executable) if re.search(r"[^\w./:\\-]", sys.executable) else sys.executable
