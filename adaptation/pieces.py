"""The tokenizer of the adapted encoder: the published pieces, reduced to those we can need."""

import re

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from adaptation.base import Base

#: Latin pieces kept besides those our sentences use; the commonest come first.
COMMONEST = 30_000
LONGEST = 128
_SPACE = "▁"
_WRITTEN = re.compile(rf"{_SPACE}?(?:[a-zß-öø-ÿœ]+|[\d.,;:!?'’\"()/&+€%-]+)")


def tokenizer(base: Base, texts: list[str]) -> tuple[Tokenizer, list[int]]:
    """A tokenizer of the pieces kept, and their numbers in the published vocabulary.

    Its first numbers are begin, padding, end and unknown (0 to 3), as in the published one.
    """
    whole = _make(base, list(range(len(base.pieces))))
    used = {number for found in whole.encode_batch(texts) for number in found.ids}
    special = [base.begin, base.padding, base.end, base.unknown]
    by_score = sorted(range(len(base.pieces)), key=lambda i: -base.scores[i])
    latin = [i for i in by_score if i not in special and _WRITTEN.fullmatch(base.pieces[i])]
    kept = sorted((used | set(latin[:COMMONEST])) - set(special))
    chosen = special + kept
    reduced = _make(base, chosen)
    reduced.enable_truncation(LONGEST)
    return reduced, chosen


def _make(base: Base, chosen: list[int]) -> Tokenizer:
    number = {piece: at for at, piece in enumerate(chosen)}
    pieces = [(base.pieces[i], float(base.scores[i])) for i in chosen]
    made = Tokenizer(models.Unigram(pieces, unk_id=number[base.unknown]))
    made.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement=_SPACE, prepend_scheme="always")
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        special_tokens=[("<s>", number[base.begin]), ("</s>", number[base.end])],
    )
    return made
