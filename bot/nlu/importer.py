"""Reads the training sentences once: Rasa asks for the same files several times in a training."""

from typing import Optional, Text

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method


class OnceImporter(RasaFileImporter):
    """Rasa's own importer, with a memory. Callers merge what they get, which copies it."""

    @cached_method  # type: ignore[untyped-decorator]
    def get_nlu_data(self, language: Optional[Text] = "en") -> TrainingData:
        return super().get_nlu_data(language)
