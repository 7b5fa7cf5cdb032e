"""A copy of the project in which only data is changed, and its commands run there."""

import json
import os
import shutil
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from bot.settings import ROOT

#: The small corpus of the copy: so many sentences of an intent.
_SENTENCES = 12
_HERE = Path(__file__).parent
_ENGLISH: dict[str, Any] = yaml.safe_load((_HERE / "english.yml").read_text(encoding="utf-8"))
_NAMED = {"fr", "de", "lb"}


def copy(folder: Path) -> Path:
    """A copy of everything that is trained from and served, without models and the encoder."""
    for name in ("bot", "actions", "knowledge", "data"):
        ignored = shutil.ignore_patterns("__pycache__", "encoder.onnx", "tokenizer.json")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copy(ROOT / "requirements.txt", folder)
    return folder


def run(folder: Path, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    """`python <arguments>` in the copy, with its own code."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("WEEWEISER_", "PYTHONPATH"))}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=kept,
        input=stdin,
        text=True,
        capture_output=True,
        timeout=300,
    )


def read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def write(path: Path, value: Any) -> None:
    text = yaml.dump(value, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8")


def declare_english(folder: Path) -> None:
    """The one line that makes English a language; everything else is found by the checks."""
    with (folder / "knowledge" / "languages.yml").open("a", encoding="utf-8") as file:
        file.write("en: English\n")


def add_english_to_the_directory(folder: Path) -> None:
    """Step 2: `knowledge/`."""
    for path in sorted((folder / "knowledge").rglob("*.yml")):
        if path.name != "languages.yml" and path.parent.name != "wording":
            found = read(path)
            _tell(found)
            if path.stem in _ENGLISH["names"]:
                found["name"]["en"] = _ENGLISH["names"][path.stem]
            write(path, found)
    for prefix in ("", "sheet."):
        wording = folder / "knowledge" / "wording"
        shutil.copy(wording / f"{prefix}fr.yml", wording / f"{prefix}en.yml")


def add_english_to_the_words(folder: Path) -> None:
    """Step 3: what the assistant, its pages, the desk and the widget say."""
    domain = read(folder / "domain.yml")
    domain["slots"]["language"]["values"].append("en")
    for name, variations in domain["responses"].items():
        told = list(_ENGLISH["responses"].get(name, []))
        for french in [v for v in variations if v["condition"][0]["value"] == "fr"]:
            text = told.pop(0) if told else f"[en] {french['text']}"
            condition = [{**french["condition"][0], "value": "en"}]
            variations.append({**french, "condition": condition, "text": text})
    write(folder / "domain.yml", domain)
    for pages in ("bot/web/pages", "bot/desk/pages"):
        for path in sorted((folder / pages).glob("*.fr.yml")):
            shutil.copy(path, path.with_name(path.name.replace(".fr.", ".en.")))
    for path in sorted((folder / "bot" / "wording").glob("*.yml")):
        found = read(path)
        _tell(found)
        write(path, found)
    widget = folder / "bot" / "web" / "widget" / "catalogue.js"
    text = widget.read_text(encoding="utf-8")
    french = json.loads(text.removeprefix("export default ").rstrip().rstrip(";"))
    for texts in french.values():
        texts["en"] = f"[en] {texts['fr']}"
    widget.write_text(f"export default {json.dumps(french)};\n", encoding="utf-8")


def add_english_to_what_is_understood(folder: Path) -> None:
    """Step 4: sentences to learn from. The copy learns few intents of few sentences, in seconds."""
    data = folder / "data"
    for path in sorted((data / "nlu").glob("*/*.yml")):
        if path.stem not in (*_ENGLISH["sentences"], "out_of_scope"):
            path.unlink()
            continue
        found = read(path)
        for part in found["nlu"]:
            lines = part["examples"].splitlines(keepends=True)
            part["examples"] = "".join(lines[:: max(1, len(lines) // _SENTENCES)])
        write(path, found)
    # Until now English was "another language": its sentences are everyday talk now.
    foreign = data / "language" / "en.txt"
    others = [x for x in foreign.read_text(encoding="utf-8").splitlines() if len(x.split()) > 3]
    foreign.unlink()
    (data / "nlu" / "en").mkdir()
    for intent, sentences in {**_ENGLISH["sentences"], "out_of_scope": others[::8]}.items():
        part = {
            "intent": intent,
            "metadata": {"language": "en"},
            "examples": "".join(f"- {sentence}\n" for sentence in sentences),
        }
        write(data / "nlu" / "en" / f"{intent}.yml", {"version": "3.1", "nlu": [part]})
    write(data / "lexicon" / "abuse" / "en.yml", _ENGLISH["abuse"])
    rows = [f"{s[0]}\ten\t{intent}" for intent, s in _ENGLISH["sentences"].items()]
    text = "\n".join(["text\tlang\tintent", *rows]) + "\n"
    (data / "dev" / "en.tsv").write_text(text, encoding="utf-8")
    for path in (data / "dev").glob("*.tsv"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(lines[:60]), encoding="utf-8")
    config = (folder / "config.yml").read_text(encoding="utf-8")
    name = "bot.nlu.intent.IntentClassifier"
    small = "\n".join(
        f"{line}\n  embedding: none" if name in line else line for line in config.splitlines()
    )
    assert small != config.rstrip()
    (folder / "config.yml").write_text(small + "\n", encoding="utf-8")


def _tell(value: Any) -> None:
    """Gives every text in each language an English one: the French, as it is."""
    if isinstance(value, dict):
        # A place without an English name keeps its French one.
        if value.keys() >= _NAMED and "kind" not in value:
            value["en"] = deepcopy(value["fr"])
        for inner in value.values():
            _tell(inner)
    elif isinstance(value, list):
        for inner in value:
            _tell(inner)
