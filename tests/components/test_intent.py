"""The ranking of intents, with each embedding and without; train, persist, load."""

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import embedding
from bot.nlu.classifier import Classifier
from bot.nlu.intent import CLAUSE_SCORES, SCORES, IntentClassifier
from bot.nlu.reader import MessageReader
from tests.components.conftest import message

TEXTS = ("ech hu Scholden", "wo ist ein Jugendhaus", "des factures", "", "😭", "x" * 20_000)


def _config(name: str) -> dict[str, object]:
    return {**IntentClassifier.get_default_config(), "embedding": name, "min_df": 1}


def _scores(reader: MessageReader, classifier: IntentClassifier, text: str):
    [found] = classifier.process(reader.process([message(text)]))
    return found.get(SCORES)


@pytest.mark.parametrize("name", ["adapted", "e5", "none"])
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

    monkeypatch.setitem(embedding._LOADERS, "adapted", missing)
    found = embedding.Embedding("adapted")
    assert not found.available
    assert found(["text"]).shape == (1, 0)
    assert "embedding_unavailable" in caplog.text


def test_the_cache_gives_the_same_vectors(tmp_path) -> None:
    texts = ["moien", "bonjour", "hallo", "moien"]
    first = embedding.Embedding("adapted", tmp_path).many(texts)
    second = embedding.Embedding("adapted", tmp_path)
    second._encoder = "nothing may be asked of it"
    assert (second.many(texts) == first).all()
    [cache] = tmp_path.glob("vectors-adapted-*.npz")
    cache.write_bytes(b"broken")
    assert embedding.Embedding("adapted", tmp_path).many(texts) == pytest.approx(first)


def test_alone_or_among_many_a_text_means_the_same() -> None:
    encoder = embedding.Embedding("adapted")
    texts = ["ech hu scholden", "wo ist das nächste jugendhaus in __place__?", "x " * 200]
    together = encoder.many(texts)
    for text, vector in zip(texts, together):
        assert (encoder([text])[0] == vector).all(), text


def test_parts_are_read_within_the_whole() -> None:
    encoder = embedding.Embedding("adapted")
    text = "Ech hu vill Scholden. Wou ass e Jugendhaus?"
    whole, parts = encoder.parts(text, [(0, 21), (22, 43)])
    assert whole == pytest.approx(encoder([text]), abs=1e-5)
    assert parts.shape == (2, whole.shape[1])
    # The mean of the parts is nearly that of the whole; each differs from what it means alone.
    [mean] = whole
    cosine = parts.mean(axis=0) @ mean
    assert cosine / np.linalg.norm(parts.mean(axis=0)) / np.linalg.norm(mean) > 0.9
    assert not np.allclose(parts[0], encoder([text[:21]])[0], atol=0.01)


def test_hidden_places_do_not_shift_the_parts() -> None:
    encoder = embedding.Embedding("adapted")
    written = "__place__ __place__: keng Wunneng. Ech hu Scholden."
    _, parts = encoder.parts(written, [(0, 34), (35, 51)])
    _, short = encoder.parts("x x: keng wunneng. ech hu scholden.", [(0, 18), (19, 35)])
    assert parts == pytest.approx(short, abs=1e-5)


def test_a_long_text_is_read_to_its_end_in_windows() -> None:
    encoder = embedding.Embedding("adapted")
    clause = "ech hunn eng laang Geschicht ze erzielen, déi keen Enn huet. "
    text = clause * 12 + "ech hu Scholden."
    spans = [(i * len(clause), (i + 1) * len(clause) - 1) for i in range(12)]
    whole, parts = encoder.parts(text, [*spans, (12 * len(clause), len(text))])
    assert whole.shape[0] == 1 and parts.shape[0] == 13
    assert not np.allclose(parts[-1], parts[0], atol=0.01)


@pytest.mark.parametrize("name", ["e5", "none"])
def test_without_our_encoder_parts_are_read_alone(name: embedding.Name) -> None:
    encoder = embedding.Embedding(name)
    whole, parts = encoder.parts("dettes. crèche.", [(0, 7), (8, 15)])
    assert len(whole) == 1 and parts == pytest.approx(encoder(["dettes.", "crèche."]))


def test_without_its_embedding_a_model_says_what_to_do(
    data: TrainingData,
    storage: LocalModelStorage,
    context: ExecutionContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resource = Resource("intent")
    IntentClassifier.create(_config("adapted"), storage, resource, context).train(data)

    def missing() -> None:
        raise ImportError("no such package")

    monkeypatch.setitem(embedding._LOADERS, "adapted", missing)
    with pytest.raises(RuntimeError, match="python -m bot train"):
        IntentClassifier.load(_config("adapted"), storage, resource, context)


def test_each_clause_has_its_own_ranking(
    reader: MessageReader, data: TrainingData, storage: LocalModelStorage, context: ExecutionContext
) -> None:
    classifier = IntentClassifier.create(_config("adapted"), storage, Resource("intent"), context)
    classifier.train(data)
    text = "ech hu vill Scholden. Wou ass e Jugendhaus fir mäi Bouf?"
    [found] = classifier.process(reader.process([message(text)]))
    assert [scores[0][0] for scores in found.get(CLAUSE_SCORES)] == ["debt_help", "youth_house"]
    [single] = classifier.process(reader.process([message("ech hu Scholden")]))
    assert single.get(CLAUSE_SCORES) == []


def test_temperature_makes_the_probabilities_honest() -> None:
    """Half of what it is sure of is wrong: after calibration it says about one half."""
    classifier = Classifier(["a", "b"], np.array([[8.0, -8.0]], dtype=np.float32), np.zeros(2))
    rows, labels = np.ones((100, 1), dtype=np.float32), ["a", "b"] * 50
    assert classifier.probabilities(rows)[0].max() > 0.99
    assert classifier.calibrate(rows, labels) == pytest.approx(5.0, abs=0.01)
    assert classifier.probabilities(rows)[0].max() < 0.97


def test_what_was_learnt_without_the_encoder_is_not_kept_for_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rasa keeps components by this: a training while packages were missing stayed for good."""
    # Rasa gives what config.yml says, at times without the defaults.
    config: dict[str, str] = {}
    with_it = IntentClassifier.fingerprint_addon(config)

    def missing() -> None:
        raise ImportError("no such package")

    monkeypatch.setitem(embedding._LOADERS, "adapted", missing)
    assert IntentClassifier.fingerprint_addon(config) != with_it
