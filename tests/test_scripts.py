"""The scripts of the pages, where no browser is there to refuse them."""

import re
from collections import Counter

import pytest

from bot.settings import ROOT

SCRIPTS = sorted((ROOT / "bot" / "web").glob("*.js"))
#: What a script declares outside of any block.
_DECLARED = re.compile(r"^(?:async )?(?:function|const|let|class) (\w+)", re.M)


@pytest.mark.parametrize("name", [path.name for path in SCRIPTS])
def test_no_name_is_declared_twice(name: str) -> None:
    """A second declaration stops the whole script: the page stays empty."""
    text = (ROOT / "bot" / "web" / name).read_text(encoding="utf-8")
    counts = Counter(_DECLARED.findall(text))
    assert counts
    assert [declared for declared, times in counts.items() if times > 1] == []
