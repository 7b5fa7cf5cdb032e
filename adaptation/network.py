"""The encoder in torch: BERT as multilingual-e5-small has it, mean over the tokens at the end."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from adaptation.base import Base


class _Layer(nn.Module):
    def __init__(self, base: Base, dropout: float) -> None:
        super().__init__()
        width = base.width
        self.heads, self.dropout = base.heads, dropout
        self.q, self.k, self.v, self.ao = (nn.Linear(width, width) for _ in range(4))
        self.fi, self.fo = nn.Linear(width, base.inner), nn.Linear(base.inner, width)
        self.aln, self.oln = (nn.LayerNorm(width, base.epsilon) for _ in range(2))

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        rows, length, width = x.shape
        shape = (rows, length, self.heads, width // self.heads)
        q, k, v = (part(x).view(shape).transpose(1, 2) for part in (self.q, self.k, self.v))
        seen = functional.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        seen = seen.transpose(1, 2).reshape(rows, length, width)
        x = self.aln(x + self._drop(self.ao(seen)))
        inner = self.fo(functional.gelu(self.fi(x)))
        out: Tensor = self.oln(x + self._drop(inner))
        return out

    def _drop(self, x: Tensor) -> Tensor:
        return functional.dropout(x, self.dropout, self.training)


class Encoder(nn.Module):
    """Token ids and mask (both rows x length, int64) -> one vector a row, and one a token.

    The vectors of the pieces themselves are not learnt.
    """

    def __init__(self, base: Base, dropout: float) -> None:
        super().__init__()
        self.word = nn.Embedding.from_pretrained(_tensor(base.weights["word"]), freeze=True)
        position = base.weights["position"] + base.weights["type"]
        self.position = nn.Parameter(_tensor(position), requires_grad=False)
        self.norm = nn.LayerNorm(base.width, base.epsilon)
        self.layers = nn.ModuleList(_Layer(base, dropout) for _ in range(base.layers))
        learnt = {
            "norm.weight": base.weights["norm.weight"],
            "norm.bias": base.weights["norm.bias"],
        }
        for name, value in base.weights.items():
            if name[0].isdigit():
                learnt[f"layers.{name}"] = value
        missing, unexpected = self.load_state_dict(
            {name: _tensor(value) for name, value in learnt.items()}, strict=False
        )
        if unexpected or set(missing) != {"word.weight", "position"}:
            raise ValueError(f"weights do not fit: {missing} {unexpected}")

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        x = self.norm(self.word(ids) + self.position[: ids.shape[1]])
        hidden = (1.0 - mask.to(x.dtype)) * -1e4
        for layer in self.layers:
            x = layer(x, hidden[:, None, None, :])
        weight = mask.to(x.dtype)[:, :, None]
        return (x * weight).sum(1) / weight.sum(1), x


def _tensor(values: Any) -> Tensor:
    return torch.tensor(np.array(values, dtype=np.float32))
