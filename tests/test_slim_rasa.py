"""Rasa without what we do not use: it is gone for our process, and for nobody else."""

import subprocess
import sys
from pathlib import Path

from rasa.shared.core.domain import Domain

from bot.assistant import Assistant
from bot.settings import ROOT

LEFT_OUT = """
import sys
from pathlib import Path
from bot import logs
logs.configure("ERROR")
from bot.loading import load
agent = load(Path(sys.argv[1])).agent
assert agent.is_ready()
from bot.slim_rasa import _LEFT_OUT
assert not {name.split(".")[0] for name in sys.modules} & set(_LEFT_OUT)

from rasa.nlu.classifiers.diet_classifier import DIETClassifier
from rasa.utils.tensorflow.models import RasaModel
try:
    RasaModel()
except RuntimeError as error:
    print(error)

import tensorflow
assert tensorflow.constant([1, 2]).shape == (2,)
from sklearn.linear_model import LogisticRegression
assert LogisticRegression().fit([[0.0], [1.0]], [0, 1]).predict([[1.0]]) == [1]
"""
TRAINING = """
import sys
from bot import logs
logs.configure("ERROR")
from bot.slim_rasa import import_rasa
import_rasa(training=True)
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
import rasa.model_training
DefaultV1Recipe()
assert not any(name.split(".")[0] in ("tensorflow", "sanic") for name in sys.modules)
"""
THERE_ALREADY = """
import sys
import tensorflow
from bot import logs
logs.configure("ERROR")
from bot.slim_rasa import import_rasa
import_rasa()
from rasa.utils.tensorflow.models import RasaModel
assert issubclass(RasaModel, tensorflow.keras.Model)
assert not any(name.split(".")[0] == "sanic" for name in sys.modules)
"""


def test_tensorflow_is_left_out(model: Path) -> None:
    done = _run(LEFT_OUT, str(model))
    assert "is left out" in done


def test_tensorflow_is_left_out_of_a_training() -> None:
    _run(TRAINING)


def test_tensorflow_that_is_there_is_used() -> None:
    _run(THERE_ALREADY)


def test_the_domain_is_what_rasa_reads(assistant: Assistant, tmp_path: Path) -> None:
    assert assistant._agent
    found: Domain = assistant._agent.domain
    expected = Domain.from_path(ROOT / "domain.yml")
    assert found.as_dict() == expected.as_dict()
    kept = [[slot.persistence_info() for slot in domain.slots] for domain in (found, expected)]
    assert kept[0] == kept[1]
    assert found.action_names_or_texts == expected.action_names_or_texts


def _run(script: str, *given: str) -> str:
    command = [sys.executable, "-c", script, *given]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
