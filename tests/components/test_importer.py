"""The fast reading of training sentences gives what Rasa's own gives."""

from copy import deepcopy
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.importer import Sentence, SentenceImporter
from bot.settings import ROOT

_PLAIN = """version: "3.1"
nlu:
- intent: thank
  metadata:
    language: fr
  examples: |
    - merci
    - merci beaucoup
- intent: greet
  examples: |
    - bonjour
"""
_ANNOTATED = """version: "3.1"
nlu:
- intent: inform
  examples: |
    - j'habite à [Esch](place)
    - à [Mersch]{"entity": "place"}
"""
_LISTED = """version: "3.1"
nlu:
- intent: thank
  examples:
  - text: merci
    metadata: {sentiment: glad}
- synonym: Esch-sur-Alzette
  examples: |
    - Esch
"""


def _as_read(data: TrainingData) -> list[tuple[object, ...]]:
    return sorted(
        (m.get("text"), m.get("intent"), str(m.get("metadata")), str(m.get("entities")))
        for m in data.training_examples
    )


@pytest.mark.parametrize("content", [_PLAIN, _ANNOTATED, _LISTED, _PLAIN + _ANNOTATED[20:]])
def test_the_same_as_rasa(tmp_path: Path, content: str) -> None:
    (tmp_path / "some.yml").write_text(content, encoding="utf-8")
    fast = SentenceImporter(training_data_paths=[str(tmp_path)]).get_nlu_data()
    slow = RasaFileImporter(training_data_paths=[str(tmp_path)]).get_nlu_data()
    assert _as_read(fast) == _as_read(slow)
    assert fast.entity_synonyms == slow.entity_synonyms


def test_the_same_as_rasa_on_our_data() -> None:
    paths = [str(ROOT / "data" / "nlu" / "lb")]
    fast = SentenceImporter(training_data_paths=paths).get_nlu_data()
    assert _as_read(fast) == _as_read(RasaFileImporter(training_data_paths=paths).get_nlu_data())
    assert all(isinstance(m, Sentence) for m in fast.training_examples)


def test_the_domain_is_the_one_rasa_reads(tmp_path: Path) -> None:
    path = str(ROOT / "domain.yml")
    fast, slow = SentenceImporter(domain_path=path).get_domain(), Domain.load(path)
    assert fast.fingerprint() == slow.fingerprint() and fast.intents == slow.intents
    assert fast.responses == slow.responses
    broken = tmp_path / "domain.yml"
    broken.write_text("version: '3.1'\nslots: [language]\n", encoding="utf-8")
    with pytest.raises(RasaException, match="slots"):
        SentenceImporter(domain_path=str(broken)).get_domain()


def test_it_is_the_one_in_use() -> None:
    importer = TrainingDataImporter.load_from_config(
        str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data" / "nlu" / "de")]
    )
    assert any(isinstance(m, Sentence) for m in importer.get_nlu_data().training_examples)


def test_a_sentence_changes_its_fingerprint_with_its_content() -> None:
    data = {"text": "merci", "intent": "thank", "metadata": {"intent": {"language": "fr"}}}
    sentence, same = Sentence(data), Sentence(dict(reversed(data.items())))
    assert sentence.fingerprint() == same.fingerprint() and sentence == same
    before = sentence.fingerprint()
    sentence.set("intent", "thank")
    assert sentence.fingerprint() == before
    sentence.set("masked", "merci")
    assert sentence.fingerprint() != before
    assert sentence != Message(data)


def test_a_copy_is_its_own() -> None:
    sentence = Sentence({"text": "merci", "intent": "thank"})
    copied = deepcopy(sentence)
    copied.set("intent", "greet", add_to_output=True)
    assert sentence.get("intent") == "thank"
    assert "intent" not in sentence.output_properties
