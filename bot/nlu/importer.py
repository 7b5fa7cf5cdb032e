"""Reads tens of thousands of training sentences in seconds.

Rasa's own reader and merging are made for hundreds: it parses each file with a slow YAML library,
merges by copying every message several times, and computes each message's fingerprint again after
each copy. The result here is the same (tested), in a tenth of the time.
"""

import hashlib
from pathlib import Path
from typing import Any, Dict, List, Optional, Text

import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data import loading
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

#: Marks of an annotated entity: only Rasa's own reader understands these.
_ANNOTATED = ("](", "]{")
_VERSION = "3.1"


class Sentence(Message):
    """A training message that is cheap to copy and to compare."""

    _cached_fingerprint: Optional[Text]

    def __deepcopy__(self, memo: Dict[int, Any]) -> "Sentence":
        # What is inside (texts, the language of the file) is replaced by `set`, never changed.
        copied = Sentence(dict(self.data), set(self.output_properties))
        copied._cached_fingerprint = self._cached_fingerprint
        return copied

    def set(self, prop: Text, info: Any, add_to_output: bool = False) -> None:
        if add_to_output or self.data.get(prop) != info:
            super().set(prop, info, add_to_output)

    def __hash__(self) -> int:
        # Rasa's goes through all that is kept of it, each time one is looked up.
        return hash((self.data.get(TEXT), self.data.get(INTENT)))

    def fingerprint(self) -> Text:
        if self._cached_fingerprint is None:
            content = repr(sorted(self.data.items()))
            digest = hashlib.md5(content.encode(), usedforsecurity=False)
            self._cached_fingerprint = digest.hexdigest()
        return str(self._cached_fingerprint)


class SentenceImporter(RasaFileImporter):
    """Rasa's importer with a fast way for plain files of sentences and the domain, read once."""

    @cached_method  # type: ignore[untyped-decorator]
    def get_domain(self) -> Domain:
        path = Path(self._domain_path) if self._domain_path else None
        if path is None or not path.is_file():
            return super().get_domain()
        try:
            return Domain.from_dict(yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader))
        except Exception:
            return super().get_domain()  # Rasa says what is wrong with it

    @cached_method  # type: ignore[untyped-decorator]
    def get_nlu_data(self, language: Optional[Text] = "en") -> TrainingData:
        plain: List[Message] = []
        others: List[TrainingData] = []
        for path in self._nlu_files:
            found = _plain(Path(path))
            if found is None:
                others.append(loading.load_data(path, language))
            else:
                plain += found
        data = TrainingData(plain)
        return data.merge(*others) if others else data


def _plain(path: Path) -> "Optional[List[Sentence]]":
    """The sentences of a file that holds nothing but lists of plain sentences, else None."""
    if path.suffix not in (".yml", ".yaml"):
        return None
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None  # Rasa says what is wrong with it
    if not isinstance(content, dict) or content.get("version") != _VERSION:
        return None
    if content.keys() != {"version", "nlu"} or not isinstance(content["nlu"], list):
        return None
    sentences: List[Sentence] = []
    for item in content["nlu"]:
        if not isinstance(item, dict) or not item.keys() <= {"intent", "metadata", "examples"}:
            return None
        texts, intent = item.get("examples"), item.get("intent")
        if not isinstance(texts, str) or not isinstance(intent, str) or "/" in intent:
            return None
        lines = texts.splitlines()
        if not all(line.startswith("-") for line in lines):
            return None
        if any(mark in line for line in lines for mark in _ANNOTATED):
            return None
        about = item.get("metadata")
        sentences += [_sentence(line[1:].strip(), intent.strip(), about) for line in lines]
    return sentences


def _sentence(text: str, intent: str, metadata: Any) -> Sentence:
    data: Dict[Text, Any] = {TEXT: text, INTENT: intent}
    if metadata is not None:
        data[METADATA] = {METADATA_INTENT: metadata}
    return Sentence(data)
