"""Loads a model: Rasa's agent with our actions, and what it keeps of a turn."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.slim_rasa import import_rasa, stored_domain_read_fast

if TYPE_CHECKING:  # importing Rasa takes seconds and must follow bot.logs.configure
    from rasa.core.agent import Agent

    from bot.inprocess import Turns


@dataclass(frozen=True)
class Loaded:
    """A model in memory, with no thread and no loop of its own: it can be forked."""

    agent: "Agent"
    turns: "Turns"


def load(model: Path) -> Loaded:
    """Loads a model file. Raises whatever Rasa does with one that it cannot read."""
    import_rasa()
    from rasa.shared.core.domain import SessionConfig

    from bot.inprocess import Turns, agent_of
    from bot.nlg import Varied

    turns = Turns()
    with stored_domain_read_fast():
        agent = agent_of(model, turns, Varied())
    # Pauses are the dialogue's matter: Rasa would keep the place and the age.
    agent.domain.session_config = SessionConfig(0, True)
    return Loaded(agent, turns)
