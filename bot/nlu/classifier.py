"""From the rows of `bot.nlu.features` to a probability for each intent."""

import warnings
from pathlib import Path
from typing import Any, Dict, List, Text

import numpy as np

from bot.nlu.calibration import softmax, temperature
from bot.nlu.files import read_json, write_json


class Classifier:
    """Multinomial logistic regression, reduced to what is needed to answer."""

    def __init__(self, names: List[str], weights: Any, bias: Any) -> None:
        self.names = names
        self._weights = weights
        self._bias = bias

    @classmethod
    def fit(cls, rows: Any, labels: List[str], config: Dict[Text, Any]) -> "Classifier":
        # Here, because answering needs none of it: importing takes a second of every start.
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(
            C=config["C"],
            max_iter=config["steps"],
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopped early on purpose
            model.fit(rows, labels)
        weights, bias = model.coef_.T, model.intercept_
        if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes
            weights = np.hstack([np.zeros_like(weights), weights])
            bias = np.array([0.0, *bias])
        names = [str(n) for n in model.classes_]
        return cls(names, np.ascontiguousarray(weights, dtype=np.float32), bias.astype(np.float32))

    def probabilities(self, rows: Any) -> Any:
        return softmax(np.asarray(rows @ self._weights) + self._bias)

    def calibrate(self, rows: Any, labels: List[str]) -> float:
        """Makes the probabilities honest, by rows never trained on. Returns the temperature."""
        scores = np.asarray(rows @ self._weights) + self._bias
        found = temperature(scores, [self.names.index(label) for label in labels])
        self._weights = (self._weights / found).astype(np.float32)
        self._bias = (self._bias / found).astype(np.float32)
        return found

    def write(self, folder: Path) -> None:
        write_json(folder / "intents.json", self.names)
        np.savez_compressed(folder / "weights.npz", weights=self._weights, bias=self._bias)

    @classmethod
    def read(cls, folder: Path) -> "Classifier":
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            weights, bias = arrays["weights"], arrays["bias"]
        return cls(read_json(folder / "intents.json"), weights, bias)
