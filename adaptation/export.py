"""Writes an encoder for onnxruntime: weights in 8 bits, activations quantised as they come, and
few operations (`adaptation.fuse`)."""

import json
import tempfile
from pathlib import Path
from typing import Any

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from adaptation.fuse import fused
from adaptation.network import Encoder
from adaptation.pieces import LONGEST

_OPSET = 17


def export(
    encoder: Encoder, tokens: Tokenizer, kept: list[int], about: dict[str, Any], folder: Path
) -> None:
    """Writes encoder.onnx, tokenizer.json and about.json; only the pieces `kept` are stored."""
    folder.mkdir(parents=True, exist_ok=True)
    encoder.word = torch.nn.Embedding.from_pretrained(encoder.word.weight[kept].clone())
    encoder.position = torch.nn.Parameter(encoder.position[:LONGEST].clone(), requires_grad=False)
    example = (torch.ones(2, 8, dtype=torch.long), torch.ones(2, 8, dtype=torch.long))
    with tempfile.TemporaryDirectory() as place:
        full, small = Path(place) / "full.onnx", Path(place) / "small.onnx"
        torch.onnx.export(
            encoder.eval(),
            example,
            str(full),
            input_names=["ids", "mask"],
            output_names=["vectors", "states"],
            dynamic_axes={
                "ids": {0: "rows", 1: "length"},
                "mask": {0: "rows", 1: "length"},
                "vectors": {0: "rows"},
                "states": {0: "rows", 1: "length"},
            },
            opset_version=_OPSET,
            dynamo=False,
        )
        # Seven of the eight bits: sums never overflow on processors without 8-bit instructions,
        # so that every processor computes the same.
        quantize_dynamic(
            full,
            small,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
        )
        heads, epsilon = encoder.layers[0].heads, encoder.norm.eps
        onnx.save(fused(onnx.load(small), heads=heads, epsilon=epsilon), folder / "encoder.onnx")
    tokens.save(str(folder / "tokenizer.json"), pretty=False)
    text = json.dumps(about, ensure_ascii=False, indent=1) + "\n"
    (folder / "about.json").write_text(text, encoding="utf-8")
