"""The file of a backup: parts of a database, and a manifest that says what they are.

A zip file with `manifest.json`: `kind` (sqlite or postgresql), `revision`, `made_at` (UTC) and
`parts`, the SHA-256 of each. Only its owner may read it.
"""

import hashlib
import json
import os
import zipfile
from pathlib import Path
from typing import Any

_MANIFEST = "manifest.json"
_FORMAT = 1


class BadBackup(Exception):
    """There is no backup to be made, or none to be restored; the message says why."""


def pack(file: Path, manifest: dict[str, Any], parts: list[Path]) -> None:
    """Writes the file in one go: it is there whole, or not at all."""
    manifest = {"format": _FORMAT, **manifest, "parts": {p.name: _digest(p) for p in parts}}
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(file.name + ".part")
    unfinished.unlink(missing_ok=True)
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as packed:
                packed.writestr(_MANIFEST, json.dumps(manifest, indent=1))
                for part in parts:
                    packed.write(part, part.name)
            raw.flush()
            os.fsync(raw.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def unpack(file: Path, folder: Path) -> tuple[dict[str, Any], list[Path]]:
    """The manifest and the parts, written into a folder. Raises BadBackup when one is damaged."""
    try:
        with zipfile.ZipFile(file) as packed:
            manifest = json.loads(packed.read(_MANIFEST))
            parts = []
            for name, digest in manifest["parts"].items():
                # `extract` never leaves the folder, whatever the name.
                part = Path(packed.extract(name, folder))
                if _digest(part) != digest:
                    raise BadBackup(f"{file} is damaged: {name} is not what was written.")
                parts.append(part)
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, AttributeError, TypeError) as error:
        raise BadBackup(f"{file} is no backup, or is damaged ({type(error).__name__}).") from error
    if manifest.get("format") != _FORMAT:
        raise BadBackup(f"{file} was written by another version ({manifest.get('format')}).")
    return manifest, parts


def _digest(path: Path) -> str:
    summed = hashlib.sha256()
    with path.open("rb") as opened:
        while block := opened.read(1 << 20):
            summed.update(block)
    return summed.hexdigest()
