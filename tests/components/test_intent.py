"""The ranking of intents, with each embedding and without; train, persist, load."""

import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import embedding
from bot.nlu.intent import SCORES, IntentClassifier
from bot.nlu.reader import MessageReader
from tests.components.conftest import message

TEXTS = ("ech hu Scholden", "wo ist ein Jugendhaus", "des factures", "", "😭", "x" * 20_000)


def _config(name: str) -> dict[str, object]:
    return {**IntentClassifier.get_default_config(), "embedding": name, "min_df": 1}


def _scores(reader: MessageReader, classifier: IntentClassifier, text: str):
    [found] = classifier.process(reader.process([message(text)]))
    return found.get(SCORES)


@pytest.mark.parametrize("name", ["e5", "use", "none"])
def test_train_process_persist_load(
    reader: MessageReader,
    data: TrainingData,
    storage: LocalModelStorage,
    context: ExecutionContext,
    name: str,
) -> None:
    resource = Resource("intent")
    classifier = IntentClassifier.create(_config(name), storage, resource, context)
    classifier.train(data)
    loaded = IntentClassifier.load(_config(name), storage, resource, context)
    for text in TEXTS:
        scores = _scores(reader, classifier, text)
        assert [s for _, s in scores] == sorted((s for _, s in scores), reverse=True)
        assert {n for n, _ in scores} == {"debt_help", "youth_house"}
        assert sum(s for _, s in scores) == pytest.approx(1.0, abs=1e-4)
        assert dict(_scores(reader, loaded, text)) == pytest.approx(dict(scores), abs=1e-4)
    assert _scores(reader, classifier, "ech hu Scholden")[0][0] == "debt_help"
    assert _scores(reader, classifier, "wo ist ein Jugendhaus")[0][0] == "youth_house"


def test_a_missing_embedding_is_said_and_survived(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing() -> None:
        raise ImportError("no such package")

    monkeypatch.setitem(embedding._LOADERS, "e5", missing)
    found = embedding.Embedding("e5")
    assert not found.available
    assert found(["text"]).shape == (1, 0)
    assert "embedding_unavailable" in caplog.text


def test_the_cache_gives_the_same_vectors(tmp_path) -> None:
    texts = ["moien", "bonjour", "hallo", "moien"]
    first = embedding.Embedding("e5", tmp_path).many(texts)
    second = embedding.Embedding("e5", tmp_path)
    asked: list[str] = []
    second._encode = asked.extend  # type: ignore[assignment]
    assert (second.many(texts) == first).all()
    assert asked == [], "everything came from the cache"
    (tmp_path / "embeddings-e5.npz").write_bytes(b"broken")
    assert embedding.Embedding("e5", tmp_path).many(texts) == pytest.approx(first)
