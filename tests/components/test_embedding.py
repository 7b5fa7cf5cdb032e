"""The encoder as it is stored (adaptation/fuse.py): what its outputs are."""

import numpy as np
import pytest

from bot.nlu.embedding import _Adapted


@pytest.fixture(scope="module")
def encoder() -> _Adapted:
    return _Adapted()


@pytest.mark.parametrize("text", ["allo", "ech hu keng wunneng méi, a meng kanner och net"])
def test_a_text_is_the_mean_of_its_tokens(encoder: _Adapted, text: str) -> None:
    whole, [part] = encoder.parts(text, [(0, len(text))])
    ids = np.array([encoder._tokenizer.encode(text).ids])
    [states] = encoder._session.run(["states"], {"ids": ids})
    assert whole[0] == pytest.approx(states[0].mean(axis=0), abs=1e-5)
    # A part leaves out the marks of beginning and end.
    assert part == pytest.approx(states[0][1:-1].mean(axis=0), abs=1e-5)
