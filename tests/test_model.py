"""Which model fits: none, an old one, a damaged one; an interrupted training harms nothing."""

import json
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest

from bot import model as models
from bot.model import LEARNED, NoModel, current, digest_of
from bot.settings import Settings


@pytest.fixture
def folder(model: Path, tmp_path: Path) -> Path:
    """A copy of the real models folder."""
    shutil.copy(model, tmp_path / model.name)
    shutil.copy(Settings().models / "manifest.json", tmp_path)
    return tmp_path


def test_the_model_that_fits(folder: Path) -> None:
    assert current(folder).is_file()


def test_no_model(tmp_path: Path) -> None:
    with pytest.raises(NoModel, match="no trained model.*python -m bot train"):
        current(tmp_path)
    (tmp_path / "manifest.json").write_text("{broken", encoding="utf-8")
    with pytest.raises(NoModel):
        current(tmp_path)


def test_a_model_older_than_its_data(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "data_fingerprint", lambda: "other")
    with pytest.raises(NoModel, match="older than its data"):
        current(folder)


def test_a_model_without_what_was_learnt_since(folder: Path) -> None:
    (folder / LEARNED).write_text('version: "3.1"', encoding="utf-8")
    with pytest.raises(NoModel, match="learnt since"):
        current(folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["learned"] = digest_of(folder / LEARNED)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert current(folder).is_file()
    (folder / LEARNED).unlink()
    with pytest.raises(NoModel, match="learnt since"):
        current(folder)


def test_what_was_learnt_is_trained_with(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import rasa.model_training

    given: list[str] = []

    def trained(**arguments: Any) -> None:
        given.extend(arguments["training_files"])
        raise KeyboardInterrupt

    monkeypatch.setattr(rasa.model_training, "train", trained)
    for expected in ([], [str(folder / LEARNED)]):
        given.clear()
        with pytest.raises(KeyboardInterrupt):
            models.train(folder)
        assert given[1:] == expected
        (folder / LEARNED).write_text('version: "3.1"', encoding="utf-8")


def test_a_damaged_model(folder: Path) -> None:
    path = current(folder)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(NoModel, match="damaged"):
        current(folder)
    path.unlink()
    with pytest.raises(NoModel, match="missing"):
        current(folder)


def test_every_input_counts(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "config.yml").write_text("a")
    before = models.data_fingerprint(tmp_path)
    (tmp_path / "data" / "new.yml").write_text("b")
    assert models.data_fingerprint(tmp_path) != before


def test_an_interrupted_training(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import rasa.model_training

    before = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))

    def interrupted(**arguments: str) -> None:
        (folder / arguments["fixed_model_name"]).write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(rasa.model_training, "train", interrupted)
    with pytest.raises(KeyboardInterrupt):
        models.train(folder)
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8")) == before
    assert current(folder).is_file()
    assert not list(folder.glob("training-*"))


def test_the_model_file_says_what_it_was_made_from(model: Path) -> None:
    with tarfile.open(model) as archive:
        [name] = [n for n in archive.getnames() if n.endswith("weeweiser.json")]
        member = archive.extractfile(name)
        assert member
        about = json.load(member)
    manifest = models.current_manifest(Settings().models)
    assert about["data"] == manifest.data == models.data_fingerprint()
    assert about["scores"] == manifest.scores
    assert manifest.scores["lb"]["accuracy"] > 0.5
    line = models.summary(manifest)
    assert manifest.data[:12] in line
    assert f"lb: accuracy {manifest.scores['lb']['accuracy']:.3f}" in line


def test_only_while_training_archives_are_packed_fast(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("ech brauch eng Wunneng " * 5_000, encoding="utf-8")

    def size() -> int:
        with tarfile.open(tmp_path / "packed.tar.gz", "w:gz") as archive:
            archive.add(tmp_path / "text")
        return (tmp_path / "packed.tar.gz").stat().st_size

    before = size()
    with models._packed_fast():
        fast = size()
    assert fast > before
    assert size() == before
