"""The stock Rasa pipeline (`rasa init`, 3.6) trained on our data, to compare with."""

import contextlib
import sys
from pathlib import Path

from bot.model import data_fingerprint
from bot.settings import ROOT

#: `rasa init`'s pipeline. One epoch instead of 100: how long a message takes does not depend on how
#: well the network is trained, and 100 epochs on our data take over an hour.
CONFIG = """
recipe: default.v1
assistant_id: stock
language: fr
pipeline:
- name: WhitespaceTokenizer
- name: RegexFeaturizer
- name: LexicalSyntacticFeaturizer
- name: CountVectorsFeaturizer
- name: CountVectorsFeaturizer
  analyzer: char_wb
  min_ngram: 1
  max_ngram: 4
- name: DIETClassifier
  epochs: 1
  constrain_similarities: true
- name: EntitySynonymMapper
- name: ResponseSelector
  epochs: 1
  constrain_similarities: true
- name: FallbackClassifier
  threshold: 0.3
  ambiguity_threshold: 0.1
"""


def stock_model() -> Path:
    """The trained model's file; trained again only when the data changed."""
    from rasa.model_training import train_nlu

    folder = ROOT / ".cache" / "stock"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"stock-{data_fingerprint()[:12]}.tar.gz"
    if not (folder / name).is_file():
        config = folder / "config.yml"
        config.write_text(CONFIG, encoding="utf-8")
        print("Training the stock pipeline, some minutes …", file=sys.stderr)
        with contextlib.redirect_stdout(sys.stderr):
            train_nlu(str(config), str(ROOT / "data"), str(folder), fixed_model_name=name)
    return folder / name
