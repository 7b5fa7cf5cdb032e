"""The letters of a text: which n-grams it has, what they say, and when they are enough."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu import letters
from bot.nlu.intent import IntentClassifier
from bot.nlu.letters import Letters
from bot.nlu.opinions import Opinions, _taught
from bot.nlu.text import fold

TEXTS = [
    "ech hu Scholden bei der Bank", "ich habe Schulden bei der Bank", "j'ai des dettes",
    "wou ass e Jugendhaus", "wo ist ein Jugendhaus", "une maison des jeunes, s'il vous plaît",
    "ech wëll net méi liewen", "ich will nicht mehr leben", "je ne veux plus vivre",
]  # fmt: skip
LABELS = ["debt_help"] * 3 + ["youth_house"] * 3 + ["crisis_suicide"] * 3
CONFIG = {**IntentClassifier.get_default_config(), "min_df": 1, "embedding": "none"}


@pytest.fixture(scope="module")
def learnt() -> Letters:
    return Letters.fit(TEXTS, LABELS, CONFIG)[0]


@pytest.mark.parametrize("word", ["a", "Scholden", "plaît,", "méi"])
def test_a_word_is_cut_as_scikit_learn_cuts_it(word: str) -> None:
    theirs = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 5)).build_analyzer()
    assert Counter(letters._grams(word, [1, 5])) == Counter(theirs(fold(word)))


def test_counting_by_words_gives_the_same_rows() -> None:
    """Each word cut once, against each text cut whole."""
    theirs = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 5), sublinear_tf=True)
    wanted = theirs.fit_transform([fold(text) for text in TEXTS])
    counts, grams = letters._counted([text.split() for text in TEXTS], [1, 5], 1)
    assert grams == theirs.get_feature_names_out().tolist()
    logs = counts.copy()
    logs.data = 1 + np.log(logs.data)
    rows = logs.multiply(theirs.idf_).toarray()
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert rows == pytest.approx(wanted.toarray(), abs=1e-5)


def test_it_finds_what_it_learnt_and_reads_itself_again(learnt: Letters, tmp_path: Path) -> None:
    names = sorted(set(LABELS))
    found = learnt.probabilities(TEXTS)
    assert [names[row.argmax()] for row in found] == LABELS
    assert found.sum(axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    assert names[learnt.probabilities(["SCHOLDEN"])[0].argmax()] == "debt_help"
    learnt.write(tmp_path)
    assert (Letters.read(tmp_path).probabilities(TEXTS) == found).all()


def test_it_says_what_it_makes_of_what_it_learns_from() -> None:
    learnt, found = Letters.fit(TEXTS, LABELS, CONFIG)
    assert found == pytest.approx(learnt.probabilities(TEXTS), abs=1e-3)


def test_the_embedding_learns_from_what_the_letters_find_hardest() -> None:
    names = ["crisis_suicide", "debt_help"]
    labels = ["debt_help"] * 6 + ["crisis_suicide"] * 2
    own = np.array([0.9, 0.2, 0.8, 0.4, 0.99, 0.7, 0.99, 0.98])
    found = np.stack([np.where(np.arange(8) < 6, 1 - own, own)] * 2, axis=1)
    found[:6, 1], found[6:, 1] = own[:6], 1 - own[6:]
    config = {**CONFIG, "taught_share": 0.5, "taught_least": 0}
    # Of debt_help the three that are least sure; of danger all, however sure.
    assert _taught(found, labels, names, config) == [1, 3, 5, 6, 7]
    assert _taught(found, labels, names, {**config, "taught_least": 5}) == [0, 1, 2, 3, 5, 6, 7]
    assert _taught(found, labels, names, {**config, "taught_share": 1.0}) == list(range(8))


@pytest.mark.parametrize("text", ["", " ", "ж", "x" * 3000])
def test_it_has_an_opinion_of_everything(learnt: Letters, text: str) -> None:
    [row] = learnt.probabilities([text])
    assert row.sum() == pytest.approx(1.0, abs=1e-5) and (row > 0).all()


class _Unsure:
    """Stands where the embedding is: it counts what it is asked."""

    available = True
    asked = 0

    def __init__(self, names: int = 3) -> None:
        self.names = names

    def rows(self, texts: list[str], *, many: bool = False) -> np.ndarray:
        self.asked += len(texts)
        return np.zeros((len(texts), 2), dtype=np.float32)

    def probabilities(self, rows: np.ndarray) -> np.ndarray:
        return np.full((len(rows), self.names), 1 / self.names)

    def parts(self, text: str, spans: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
        return self.rows([text]), np.zeros((len(spans), 2), dtype=np.float32)


class _Fixed(Letters):
    """Letters that are as sure as they are told to be; of some texts otherwise."""

    def __init__(self, row: list[float], others: dict[str, list[float]] | None = None) -> None:
        self.row, self.others = row, others or {}

    def probabilities(self, texts: list[str]) -> np.ndarray:
        return np.array([self.others.get(text, self.row) for text in texts])


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        ([0.001, 0.998, 0.001], 0),  # sure, and no danger in sight
        ([0.03, 0.96, 0.01], 1),  # sure, but it could be a cry for help
        ([0.97, 0.02, 0.01], 1),  # surely a cry for help: looked at again, too
        ([0.001, 0.79, 0.209], 1),  # not sure
    ],
)
def test_only_where_the_letters_are_sure_nothing_else_is_asked(
    row: list[float], asked: int
) -> None:
    other = _Unsure()
    names = ["crisis_suicide", "debt_help", "youth_house"]
    opinions = Opinions(names, _Fixed(row), CONFIG, other, other, other)  # type: ignore[arg-type]
    [found] = opinions.of("text")
    assert other.asked == asked
    assert found.argmax() == np.argmax(row) and found.sum() == pytest.approx(1.0, abs=1e-5)
    assert (opinions.of_many(["text"])[0] == found).all()
    if asked:
        assert found.max() < max(row), "who does not know leaves the other less sure"


@pytest.mark.parametrize(
    ("clause", "asked"),
    [
        ([0.01, 0.6, 0.39, 0.0], 0),  # it may be another need, hardly
        ([0.01, 0.3, 0.1, 0.59], 0),  # it greets: nothing is done about that beside a need
        ([0.01, 0.5, 0.49, 0.0], 1),  # it may well be another need
        ([0.45, 0.55, 0.0, 0.0], 1),  # it may be a cry for help
    ],
)
def test_of_several_clauses_none_may_say_something_else(clause: list[float], asked: int) -> None:
    other = _Unsure(4)
    names = ["crisis_suicide", "debt_help", "youth_house", "greet"]
    letters = _Fixed([0.0, 0.99, 0.0, 0.01], {"second": clause})
    opinions = Opinions(names, letters, CONFIG, other, other, other)  # type: ignore[arg-type]
    _, parts = opinions.of_parts("first. second", [(0, 5), (7, 13)])
    assert other.asked == asked
    if not asked:
        assert parts[1].tolist() == clause


@pytest.mark.parametrize(("detail", "asked"), [(0.01, 0), (0.2, 1)])
def test_without_a_detail_in_sight_nothing_else_is_asked(detail: float, asked: int) -> None:
    other = _Unsure()
    names = ["ask_hours", "debt_help", "youth_house"]
    letters = _Fixed([detail, 0.5, 0.5 - detail])
    opinions = Opinions(names, letters, CONFIG, other, other, other)  # type: ignore[arg-type]
    [found] = opinions.of_detail("text")
    assert other.asked == asked and found.sum() == pytest.approx(1.0, abs=1e-5)


def test_without_an_embedding_the_letters_stay_alone() -> None:
    opinions = Opinions.fit(TEXTS, LABELS, CONFIG)
    whole, parts = opinions.of_parts("j'ai des dettes. je ne veux plus vivre", [(0, 16), (17, 38)])
    names = opinions.names
    assert [names[row.argmax()] for row in parts] == ["debt_help", "crisis_suicide"]
    assert whole.shape == (1, 3)
    assert (opinions.alone(["j'ai des dettes"]) == opinions.of("j'ai des dettes")).all()
