"""Measures understanding on a test set, and writes a report a person can read."""

from bot.evaluation.cases import BadTestSet, Case, Parsed, read_cases
from bot.evaluation.measures import calibration, evaluate, scores
from bot.evaluation.report import write_report

__all__ = [
    "BadTestSet",
    "Case",
    "Parsed",
    "calibration",
    "evaluate",
    "read_cases",
    "scores",
    "write_report",
]
