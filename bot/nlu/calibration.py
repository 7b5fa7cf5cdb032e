"""Scores as honest probabilities: "80 percent sure" is to be right four times of five."""

from typing import Any, List

import numpy as np


def softmax(scores: Any) -> Any:
    """Rows x intents: scores as probabilities; each row sums to 1."""
    grown = np.exp(scores - scores.max(axis=1, keepdims=True))
    return grown / grown.sum(axis=1, keepdims=True)


def temperature(scores: Any, wanted: List[int]) -> float:
    """What scores are to be divided by so that the probabilities of `wanted` are likeliest.

    Temperature scaling, Guo et al. (2017), "On calibration of modern neural networks". The scores
    must be of sentences never trained on.
    """
    # Here, because answering needs none of it.
    from scipy.optimize import minimize_scalar

    def surprise(value: float) -> float:
        likely = softmax(scores / value)[np.arange(len(wanted)), wanted]
        return -float(np.log(likely + 1e-9).mean())

    found = minimize_scalar(surprise, bounds=(0.2, 5.0), method="bounded")
    return round(float(found.x), 3)
