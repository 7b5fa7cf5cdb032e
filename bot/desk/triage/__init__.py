"""Triage: from a social worker's free notes to needs, urgency and services, each with its reason.

`Triage` is the one door; modules with a leading underscore are private.
"""

from bot.desk.triage._engine import Case, Triage, read_line
from bot.desk.triage._parts import Said
from bot.desk.triage._services import Fitting
from bot.desk.triage._urgency import Level, Risk, Urgency

__all__ = ["Case", "Fitting", "Level", "Risk", "Said", "Triage", "Urgency", "read_line"]
