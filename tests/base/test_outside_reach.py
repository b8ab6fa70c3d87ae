"""What a spec sends elsewhere and reads outside of its project is said before it happens, and refused where it is asked to be."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.base.outside_reach import find_reached, mask_secrets
from cnnspec.cli import main
from cnnspec.layers.argument import Unfit
from cnnspec.train.offline import offline
from cnnspec.train.section_values import address, address_path, output_path
from cnnspec.train.settings import TrainSettings
from tests.support import THOROUGH, unwrap

pytest.importorskip("keras")

NET = "input 8x8x1\nflatten -> dense(10, softmax)\n"
SECRET = "hunter2"


@pytest.fixture(autouse=True)
def in_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path


def command(capsys: pytest.CaptureFixture[str], section: str, *words: str, net: str = NET) -> tuple[int, str, str]:
    Path("net.cnn").write_text(f"{net}train {{ epochs = 1; batch = 512; {section} }}\n")
    capsys.readouterr()
    status = main(["train", "net.cnn", *words])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return status, said.out, said.err


# ---- addresses -------------------------------------------------------------------------------------------------
@pytest.fixture
def server() -> Iterator[tuple[int, list[Any]]]:
    told: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append((self.path, self.headers["Authorization"]))
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words: Any) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made.server_port, told
        made.shutdown()


def test_where_figures_are_sent_is_said_first_and_no_password(
    capsys: pytest.CaptureFixture[str], server: tuple[int, list[Any]]
) -> None:
    pytest.importorskip("requests")
    port, told = server
    section = (
        f'data = digits; callbacks = remote_monitor(root="http://me:{SECRET}@127.0.0.1:{port}", path="/in?k={SECRET}")'
    )
    line = f"cnnspec: the training sends the figures of every epoch to http://…@127.0.0.1:{port}/in?…"
    status, out, err = command(capsys, section, "--dry-run")
    assert (status, err.splitlines()[0]) == (0, line)
    status, _, more = command(capsys, section, "-q")
    assert (status, more.splitlines()[0]) == (0, line)
    header = "Basic " + base64.b64encode(f"me:{SECRET}".encode()).decode()
    assert told == [(f"/in?k={SECRET}", header)]
    account = Path("runs/net-1/run.json").read_text()
    assert main(["resume", "runs/net-1", "-q", "--epochs", "2"]) == 0
    last = capsys.readouterr().err
    assert last.splitlines()[0] == line
    assert len(told) == 2
    assert SECRET not in out + err + more + last + account
    for words in (["train", "net.cnn"], ["train", "net.cnn", "--dry-run"], ["resume", "runs/net-1", "--epochs", "3"]):
        assert main([*words, "--no-network"]) == 2
        found = capsys.readouterr().err.splitlines()[-1]
        assert found == f"{line}, which --no-network refuses; leave it out"
    assert len(told) == 2


def test_a_server_that_is_not_there_shows_no_password(capsys: pytest.CaptureFixture[str], recwarn: Any) -> None:
    pytest.importorskip("requests")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    root = f"http://me:{SECRET}@127.0.0.1:{port}"
    status, out, err = command(capsys, f'data = digits; callbacks = remote_monitor(root="{root}")')
    assert status == 0
    warned = " ".join(str(one.message) for one in recwarn)
    assert "Could not reach" in warned
    assert SECRET not in out + err + warned


ADDRESSES = {
    "http://localhost:9000": True, "https://example.org/": True, "HTTP://x": True, "http://[::1]:80/a": True,
    "http://u:p@example.org/": True, "http://a@b@c/": False, "http:///x": False, "http://": False, "http:/x": False,
    "https://h?x": False, "https://h#x": False, "http://h\\@other": False, "http://h other": False, "http://h\n.other": False,
    "javascript:1": False, "file:///etc/passwd": False, "ftp://h": False, "ws://h": False, "//h": False, "h": False,
    "http://h:999999/": False, "http://exämple.org": False, "": False,
}  # fmt: skip
PATHS = {
    "/": True, "/in?key=1": True, "": False, "in": False, "@other/": False, ".other.org/": False, ":80/": False, "\\x": False,
    "/\n": False, "/#x": False,
}  # fmt: skip
WRITTEN = {
    "logs": True, "a/b.csv": True, "/tmp/x": False, "../x": False, "a/../../x": False, "~/x": False, "C:\\x": False,
    "gs://bucket/x": False, "..\\x": False, "a\0b": False, "//host/x": False, ".": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value", "sound"),
    [(kind, v, s) for kind, every in ((address, ADDRESSES), (address_path, PATHS), (output_path, WRITTEN)) for v, s in every.items()],
)  # fmt: skip
def test_addresses_and_paths(kind: Any, value: str, sound: bool) -> None:
    if sound:
        assert kind(value) == value
    else:
        with pytest.raises(Unfit):
            kind(value)


@pytest.mark.parametrize(
    ("whole", "shown"),
    [
        ("http://h/a", "http://h/a"), ("http://u:p@h/a", "http://…@h/a"), ("https://token@h:1/?k=v&l=w", "https://…@h:1/?…"),
        ("http://h/a@b", "http://h/a@b"), ('the text "ftp://u:p@h"', 'the text "ftp://…@h"'),
    ],
)  # fmt: skip
def test_secrets_are_not_shown(whole: str, shown: str) -> None:
    assert mask_secrets(whole) == shown


# ---- no network ------------------------------------------------------------------------------------------------
def test_without_a_network_no_connection_is_opened(server: tuple[int, list[Any]]) -> None:
    port, told = server
    with offline():
        for step in (
            lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/", b"x"),
            lambda: socket.create_connection(("127.0.0.1", port)),
            lambda: socket.getaddrinfo("example.org", 80),
            lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port)),
        ):
            with pytest.raises(OSError, match="--no-network"):
                step()
        if hasattr(socket, "AF_UNIX"):
            with socket.socket(socket.AF_UNIX) as near, pytest.raises(FileNotFoundError):
                near.connect("absent")
    assert told == []
    urllib.request.urlopen(f"http://127.0.0.1:{port}/", b"x").close()
    assert len(told) == 1


def test_without_a_network_nothing_is_downloaded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, server: tuple[int, list[Any]]
) -> None:
    import keras

    port, told = server
    monkeypatch.setattr(
        keras.datasets.mnist, "load_data", lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/", b"")
    )
    Path("net.cnn").write_text("input 28x28x1\nflatten -> dense(10, softmax)\ntrain { data = mnist }\n")
    assert main(["train", "net.cnn", "--no-network"]) == 2
    assert (
        "mnist is not on this machine and could not be downloaded (<urlopen error --no-network>)"
        in capsys.readouterr().err
    )
    status, _, err = command(capsys, 'data = "tfds:eurosat"', "--no-network")
    assert (status, "TensorFlow Datasets asks the network, which --no-network refuses" in err) == (2, True)
    words = ["--no-network", "--coordinator", "h:1", "--processes", "2", "--process", "0"]
    assert "--coordinator is a machine in the network" in command(capsys, "data = digits", *words)[2]
    assert told == []
    assert command(capsys, "data = digits", "--no-network", "-q")[0] == 0
    assert main(["resume", "runs/net-1", "--no-network", "-q", "--epochs", "2"]) == 0


# ---- data ------------------------------------------------------------------------------------------------------
def arrays(path: Path) -> Path:
    rng = np.random.default_rng(0)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, x_train=rng.random((40, 8, 8, 1), np.float32), y_train=np.arange(40) % 10)
    return path


@pytest.mark.parametrize("data", ["../far/x.npz", "{far}/x.npz", "near/x.npz", "sub/../../far/x.npz", "~/x.npz"])
def test_data_outside_of_the_project_are_said(
    in_a_project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, data: str
) -> None:
    """By every verb that reads them, before it does; `near` is a link to `far`. One path of each kind is trained."""
    far = arrays(in_a_project / "far/x.npz").parent
    Path("near").symlink_to(far)
    Path("sub").mkdir()
    monkeypatch.setenv("HOME", str(far))
    data = data.format(far=far)
    why = "a link that leads out of the project" if data == "near/x.npz" else "which lies outside of the project"
    status, _, err = command(capsys, f'data = "{data}"', "--dry-run")
    assert (status, err.splitlines()[0]) == (0, f'cnnspec: the training reads "{data}", {why}')
    assert main(["check", "net.cnn"]) == 0
    assert f'T412 outside-project]: training reads "{data}", {why}' in unwrap(capsys.readouterr().out)
    if data not in ("../far/x.npz", "near/x.npz") and not THOROUGH:
        return
    status, _, err = command(capsys, f'data = "{data}"', "-q")
    assert (status, err.splitlines()[0]) == (0, f'cnnspec: the training reads "{data}", {why}')
    assert main(["resume", "runs/net-1", "--epochs", "2"]) == 0
    assert capsys.readouterr().err.splitlines()[0] == f'cnnspec: the training reads "{data}", {why}'
    assert main(["evaluate", "runs/net-1", "-q"]) == 0
    assert capsys.readouterr().err == f'cnnspec: this reads "{data}", {why}\n'


def test_a_run_that_names_another_folder_is_no_project_of_its_own(
    in_a_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arrays(Path("x.npz"))
    assert command(capsys, 'data = "x.npz"', "-q")[::2] == (0, "")
    arrays(in_a_project / "far/x.npz")
    Path("runs/net-1/run.json").write_text(
        Path("runs/net-1/run.json").read_text().replace(json.dumps(os.getcwd()), json.dumps(str(in_a_project / "far")))
    )
    assert main(["resume", "runs/net-1", "--epochs", "2", "-q"]) == 0
    assert 'the training reads "x.npz", which lies outside of the project' in capsys.readouterr().err


def test_images_outside_of_their_folder_are_said(in_a_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from PIL import Image

    rng = np.random.default_rng(0)
    for number in range(24):
        path = Path(f"set/{number % 2}/{number}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 255, (8, 8), np.uint8)).save(path)
    far = in_a_project / "far"
    far.mkdir()
    shutil.move("set/0/0.png", far / "0.png")
    Path("set/0/0.png").symlink_to(far / "0.png")
    shutil.move("set/1", far / "1")
    Path("set/1").symlink_to(far / "1")
    two = NET.replace("10", "2")
    err = command(capsys, 'data = "set/"', "--dry-run", net=two)[2]
    assert "13 images of set/ lie outside of its folder: 0/0.png, 1/1.png, 1/11.png and 10 more" in unwrap(err)
    lines = [f"set/0/{n}.png,a" for n in range(2, 24, 2)] + [f"{far}/1/{n}.png,b" for n in range(1, 24, 2)]
    Path("list.csv").write_text("\n".join(["path,label", *lines, "../far/0.png,b"]))
    err = command(capsys, 'data = "list.csv"', "--dry-run", net=two)[2]
    assert "13 images of list.csv lie outside of its folder: " in err
    assert [found.what for found in find_reached(TrainSettings(data="list.csv"))] == []
