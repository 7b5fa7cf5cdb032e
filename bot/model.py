"""Trains the model, and knows which one fits the data."""

import contextlib
import gc
import hashlib
import json
import os
import sys
import tarfile
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Iterable, Iterator, Optional

from bot.settings import ROOT

#: Everything a model is made from. A change in any of it makes the model too old.
_INPUTS = ("config.yml", "domain.yml", "data", "bot/nlu", "knowledge/places", "requirements.txt")
_MANIFEST = "manifest.json"
#: Beside the models: sentences of this installation that every training adds to the project's.
LEARNED = "learned.yml"
#: Inside a model file: what it was made from, and the scores its classifier left.
_ABOUT, _SCORES = "weeweiser.json", "scores.json"


class NoModel(Exception):
    """There is no usable model; the message says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """Which file is the current model, and what it was made from."""

    file: str
    sha256: str
    data: str
    trained_at: str
    seconds: int
    #: What was reached on the development set (data/dev): per language and overall.
    scores: dict[str, Any]
    #: A digest of the installation's own sentences it was made from; "" without any.
    learned: str = ""


def data_fingerprint(root: Path = ROOT) -> str:
    """A digest of all inputs of training."""
    digest = hashlib.sha256()
    for path in _files(root):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(root: Path) -> Iterable[Path]:
    for name in _INPUTS:
        path = root / name
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (p for p in found if p.is_file() and "__pycache__" not in p.parts)


def current(models: Path) -> Path:
    """The file of the model that fits the data. Raises NoModel when there is none."""
    manifest = _read(models)
    if manifest is None:
        raise NoModel(f"There is no trained model in {models}. Run: python -m bot train")
    if manifest.data != data_fingerprint():
        raise NoModel("The model is older than its data. Run: python -m bot train")
    if manifest.learned != digest_of(models / LEARNED):
        raise NoModel("The model is not of the sentences learnt since. Run: python -m bot train")
    path = models / manifest.file
    if not path.is_file() or _sha256(path) != manifest.sha256:
        raise NoModel(f"The model file {path} is missing or damaged. Run: python -m bot train")
    return path


def train(models: Path) -> Path:
    """Trains from the project's data, and what this installation has learnt (`LEARNED`).

    Makes the result the current model of the folder. An interrupted training leaves the earlier
    model and its manifest as they were.
    """
    from bot.slim_rasa import import_rasa

    import_rasa(training=True)
    from rasa.model_training import train as rasa_train

    data, learned = data_fingerprint(), digest_of(models / LEARNED)
    own = [str(models / LEARNED)] if learned else []
    start = time.monotonic()
    name = "-".join(filter(None, ("weeweiser", data[:12], learned[:8]))) + ".tar.gz"
    part = f"training-{os.getpid()}.tar.gz"
    # Millions of small objects that stay: looking through them for garbage takes long.
    gc.disable()
    try:
        # Rasa prints its progress; stdout belongs to the command line's results.
        with contextlib.redirect_stdout(sys.stderr), _packed_fast():
            result = rasa_train(
                domain=str(ROOT / "domain.yml"),
                config=str(ROOT / "config.yml"),
                training_files=[str(ROOT / "data"), *own],
                output=str(models),
                fixed_model_name=part,
            )
        if result.code != 0 or result.model is None:
            raise NoModel("Training ended without a model; the lines above say why.")
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        scores = _label(Path(result.model), data, now)
        Path(result.model).replace(models / name)
    finally:
        gc.enable()
        (models / part).unlink(missing_ok=True)
    seconds = round(time.monotonic() - start)
    manifest = Manifest(name, _sha256(models / name), data, now, seconds, scores, learned)
    _write(models, manifest)
    for old in models.glob("weeweiser-*.tar.gz"):
        if old.name != name:
            old.unlink()
    return models / name


@contextlib.contextmanager
def _packed_fast() -> Iterator[None]:
    """Meanwhile archives are packed in less time, not less space: ours is packed again anyway."""
    pack = tarfile.TarFile.gzopen.__func__  # type: ignore[attr-defined]
    usual = pack.__defaults__  # the last one is how hard it tries
    pack.__defaults__ = (*usual[:-1], 1)
    try:
        yield
    finally:
        pack.__defaults__ = usual


def summary(manifest: Manifest) -> str:
    """One line a person can read: what the model was made from, and how good it is."""
    parts = [f"model {manifest.file}, data {manifest.data[:12]}, {manifest.seconds} s"]
    for name, found in manifest.scores.items():
        if isinstance(found, dict):
            figures = f"accuracy {found['accuracy']:.3f}, macro-F1 {found['macro_f1']:.3f}"
            parts.append(f"{name}: {figures}")
    return "; ".join(parts)


def current_manifest(models: Path) -> Manifest:
    """The manifest of the model that fits the data. Raises NoModel when there is none."""
    current(models)
    manifest = _read(models)
    assert manifest
    return manifest


def _label(path: Path, data: str, trained_at: str) -> dict[str, Any]:
    """Writes into a model file what it was made from and its scores, and returns the scores."""
    with tempfile.TemporaryDirectory() as place:
        # Our own file, made a moment ago.
        with tarfile.open(path) as archive:
            archive.extractall(place)  # noqa: S202  # nosec B202
        found = next(Path(place).rglob(_SCORES), None)
        scores: dict[str, Any] = json.loads(found.read_text(encoding="utf-8")) if found else {}
        about = {"data": data, "trained_at": trained_at, "scores": scores}
        (Path(place) / _ABOUT).write_text(json.dumps(about, indent=2), encoding="utf-8")
        # Most of it is compressed already.
        with tarfile.open(path, "w:gz", compresslevel=1) as archive:
            archive.add(place, arcname="")
    return scores


def fitting(models: Path) -> Path:
    """The current model, trained first when none fits the data."""
    try:
        return current(models)
    except NoModel as reason:
        print(
            f"{reason.args[0].split(' Run:')[0]} Training now, one to three minutes …",
            file=sys.stderr,
        )
        return train(models)


def digest_of(path: Path) -> str:
    """A digest of a file's content; "" when there is none."""
    return _sha256(path) if path.is_file() else ""


def _read(models: Path) -> Optional[Manifest]:
    try:
        return Manifest(**json.loads((models / _MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write(models: Path, manifest: Manifest) -> None:
    part = models / f"{_MANIFEST}.part"
    part.write_text(json.dumps(asdict(manifest), indent=2), encoding="utf-8")
    part.replace(models / _MANIFEST)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
