"""The same encoder in fewer, larger steps: some hundred operations instead of a thousand.

A small network spends a good part of its time between its operations. onnxruntime's own operators
for BERT (https://onnxruntime.ai/docs/reference/operators/ContribOperators.html, "com.microsoft")
do a whole attention, or a product with all around it, in one. What is computed stays the same but
for rounding. Measured in docs/nlu.md.
"""

from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, helper, numpy_helper

_OURS = "com.microsoft"
#: A product's four inputs beside what comes in: weights and their scale, zero, and bias.
_PARTS = ("", ".scale", ".zero", ".bias")


class _Fused:
    """The new graph while it is put together; operations and their results share a name."""

    def __init__(self, exported: ModelProto) -> None:
        self._weights = {i.name: numpy_helper.to_array(i) for i in exported.graph.initializer}
        self._node = {node.name: node for node in exported.graph.node}
        self._kept: list[Any] = []
        self._nodes: list[Any] = []

    @property
    def layers(self) -> int:
        return sum(name.endswith(".q.bias") for name in self._weights)

    def keep(self, name: str, values: Any) -> str:
        self._kept.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def weight(self, name: str) -> str:
        return self.keep(name, self._weights[name])

    def step(
        self, kind: str, inputs: list[str], output: str, domain: str = "", **about: Any
    ) -> str:
        self._nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **about))
        return output

    def linear(self, name: str) -> list[Any]:
        """A product as it was exported: weights (in x out), scales, zeros and bias (out)."""
        layer, _, part = name.rpartition(".")
        weights = self._node[f"/{layer}/{part}/MatMul_quant"].input[1]
        base = weights.removesuffix("_quantized")
        scale, zero = (self._weights[base + end].reshape(-1) for end in ("_scale", "_zero_point"))
        return [self._weights[weights], scale, zero, self._weights[f"{name}.bias"]]

    def product(self, name: str, source: str) -> str:
        parts = zip(_PARTS, self.linear(name))
        kept = [self.keep(name + end, values) for end, values in parts]
        return self.step("DynamicQuantizeMatMul", [source, *kept], f"{name}.out", _OURS)

    def attention(self, layer: str, source: str, heads: int) -> str:
        """Queries, keys and values as one product, and what they see."""
        several = zip(*(self.linear(f"{layer}.{part}") for part in "qkv"))
        joined = [np.concatenate(parts, axis=-1) for parts in several]
        weights, scale, zero, bias = (
            self.keep(f"{layer}.qkv{end}", values) for end, values in zip(_PARTS, joined)
        )
        outputs = [f"{layer}.{name}" for name in ("in", "in.scale", "in.zero")]
        self._nodes.append(helper.make_node("DynamicQuantizeLinear", [source], outputs))
        read, read_scale, read_zero = outputs
        inputs = [read, weights, bias, read_scale, scale, "", read_zero, zero]
        return self.step("QAttention", inputs, f"{layer}.seen", _OURS, num_heads=heads)

    def normed(self, name: str, source: str, beside: str, output: str, epsilon: float) -> str:
        """The sum of both, normalised."""
        kept = [self.weight(f"{name}.weight"), self.weight(f"{name}.bias")]
        inputs = [source, beside, *kept]
        return self.step("SkipLayerNormalization", inputs, output, _OURS, epsilon=epsilon)

    def begin(self, epsilon: float) -> str:
        """From token ids (1 x length) to what the first layer reads."""
        word, scale, zero = (
            self.weight(f"word.weight_{end}") for end in ("quantized", "scale", "zero_point")
        )
        self.step("Gather", [word, "ids"], "word.read")
        self.step("DequantizeLinear", ["word.read", scale, zero], "word.out")
        first = self.keep("first", np.array([0], dtype=np.int64))
        self.step("Shape", ["ids"], "length", start=1)
        self.step("Slice", [self.weight("position"), first, "length", first], "position.out")
        self.step("Add", ["word.out", "position.out"], "words")
        kept = [self.weight("norm.weight"), self.weight("norm.bias")]
        return self.step("LayerNormalization", ["words", *kept], "norm.out", epsilon=epsilon)

    def model(self, width: int, opset: int) -> ModelProto:
        info = helper.make_tensor_value_info
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [info("ids", TensorProto.INT64, [1, "length"])],
            [
                info("vectors", TensorProto.FLOAT, [1, width]),
                info("states", TensorProto.FLOAT, [1, "length", width]),
            ],
            self._kept,
        )
        opsets = [helper.make_opsetid("", opset), helper.make_opsetid(_OURS, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def fused(exported: ModelProto, *, heads: int, epsilon: float) -> ModelProto:
    """An encoder as `adaptation.export` quantised it, for one text at a time (no mask).

    Takes `ids` (1 x length, int64); gives `vectors` (1 x width), the mean of `states`
    (1 x length x width).
    """
    graph = _Fused(exported)
    read = graph.begin(epsilon)
    for number in range(graph.layers):
        layer = f"layers.{number}"
        seen = graph.product(f"{layer}.ao", graph.attention(layer, read, heads))
        seen = graph.normed(f"{layer}.aln", seen, read, f"{layer}.aln.out", epsilon)
        inner = graph.product(f"{layer}.fi", seen)
        inner = graph.product(f"{layer}.fo", graph.step("Gelu", [inner], f"{layer}.gelu", _OURS))
        last = number + 1 == graph.layers
        read = graph.normed(
            f"{layer}.oln", inner, seen, "states" if last else f"{layer}.oln.out", epsilon
        )
    graph.step("ReduceMean", ["states"], "vectors", axes=[1], keepdims=0)
    width = len(graph.linear("layers.0.q")[3])
    model = graph.model(width, exported.opset_import[0].version)
    onnx.checker.check_model(model)
    return model
