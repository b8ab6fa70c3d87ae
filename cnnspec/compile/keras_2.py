"""Files of Keras 2, and the way from them to Keras 3.

Keras 3 opens neither .keras files nor JSON of Keras 2, nor a SavedModel. It does open HDF5, and the package tf_keras (Keras
2 beside Keras 3) writes HDF5 from all three.
"""

from __future__ import annotations

import json
import zipfile
from contextlib import suppress
from typing import Any

_THROUGH_HDF5 = (
    'Keras 3 cannot open it: write tf_keras.models.{open}.save("net.h5") with the package tf_keras, '
    'then keras.models.load_model("net.h5").save("net.keras")'
)


def way_out(name: str) -> str:
    """How to bring a file that Keras 2 has written to Keras 3."""
    text = name.lower().endswith(".json")
    return _THROUGH_HDF5.format(open=f'model_from_json(open("{name}").read())' if text else f'load_model("{name}")')


def written_by(metadata: dict[str, Any]) -> str:
    """The version of Keras 1 or 2 in some metadata, "" for none."""
    version = str(metadata.get("keras_version", "3"))
    return version[:20] if version.split(".")[0] in ("1", "2") else ""


def older(path: str) -> str:
    """The version of Keras 1 or 2 that wrote a .keras file, "" for a file of another version."""
    with suppress(Exception), zipfile.ZipFile(path) as archive:  # zipfile has many for a damaged file
        if archive.getinfo("metadata.json").file_size < 10_000:
            found = json.loads(archive.read("metadata.json"))
            return written_by(found) if isinstance(found, dict) else ""
    return ""
