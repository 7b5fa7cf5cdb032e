"""Rasa without what we do not use of it, and a model's domain read in a moment.

Rasa imports TensorFlow and more for components, channels and stores that we do not have: some
350 MB of memory and several seconds in every process. And it reads the domain of a model four
times, with a slow reader and a check that was made when the model was trained.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn, Optional

import yaml

#: Packages for Rasa's own components that learn (Keras belongs to TensorFlow; ours learn with
#: scikit-learn and import it when they do), its channels, its stores, its command line.
_LEFT_OUT = (
    *("tensorflow", "keras", "sklearn", "scipy", "matplotlib"),
    *("aiogram", "sanic", "slack_sdk", "socketio", "twilio"),
    *("apscheduler", "boto3", "pymongo", "redis"),
    *("prompt_toolkit", "questionary"),
)


def import_rasa(*, training: bool = False) -> None:
    """Imports what of Rasa a model of ours needs, to be served or trained. Call it before anything
    else imports Rasa.

    Does without each of `_LEFT_OUT` that nothing has imported already. Who imports one afterwards
    gets it; what of Rasa needs it then still lacks it, and says so when it is used.
    """
    with _left_out({name for name in _LEFT_OUT if name not in sys.modules}):
        # The first is served, the second stands in every model file's list of components, and our
        # actions stand on the third.
        import rasa.core.agent
        import rasa.graph_components.validators.default_recipe_validator
        import rasa_sdk.executor  # noqa: F401

        if training:
            import rasa.engine.recipes.default_components
            import rasa.model_training  # noqa: F401


@contextmanager
def stored_domain_read_fast() -> Iterator[None]:
    """Meanwhile a domain that stands alone in a folder, as in a model, is read once, unchecked."""
    from rasa.shared.core.domain import Domain

    slowly = Domain.from_path

    def from_path(path: Any) -> Domain:
        files = [one for one in Path(path).rglob("*") if one.is_file()]
        if Path(path).is_dir() and [one.name for one in files] == ["domain.yml"]:
            text = files[0].read_text(encoding="utf-8")
            return Domain.from_dict(yaml.load(text, Loader=yaml.CSafeLoader))
        return slowly(path)

    Domain.from_path = from_path
    try:
        yield
    finally:
        Domain.from_path = slowly


@contextmanager
def _left_out(names: set[str]) -> Iterator[None]:
    finder = _Finder(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name, found in sys.modules.items() if isinstance(found, _Module)]:
            del sys.modules[name]


class _Absent(type):
    """A class that can be named, and be a base; it cannot be used."""

    def __getattr__(cls, name: str) -> "_Absent":
        return _absent(f"{cls.__module__}.{cls.__name__}", name)

    def __getitem__(cls, item: object) -> "_Absent":
        return cls

    def __call__(cls, *args: object, **kwargs: object) -> NoReturn:
        raise RuntimeError(f"{cls.__module__}.{cls.__name__} is left out: bot/slim_rasa.py")


class _Module(ModuleType):
    """Whatever is asked of it exists, and cannot be used."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> _Absent:
        return _absent(self.__name__, name)


class _Finder(MetaPathFinder, Loader):
    def __init__(self, names: set[str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> Optional[ModuleSpec]:
        if fullname.partition(".")[0] in self._names:
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


def _absent(place: str, name: str) -> _Absent:
    if name.startswith("__"):  # asked by Python, which has an answer to its absence
        raise AttributeError(name)
    return _Absent(name, (), {"__module__": place})
