"""The watch over the logs is itself tested: what it hears, what it finds, what it leaves alone."""

import logging
from pathlib import Path

import httpx
import pytest
import structlog

from bot.assistant import Assistant
from tests.watched_logs import WATCH, Watch

SAID = "ma voisine ne sort plus de chez elle"
_log = logging.getLogger("bot.somewhere")


def test_a_sentence_that_was_sent_is_found_in_a_line() -> None:
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        client.post("http://test/", json={"entry": [{"text": SAID}]})
    _log.info("turn_failed conversation=%s", "a1b2")
    assert WATCH.taken() == []
    _log.info("turn_failed text=%s", SAID.upper())
    [line] = WATCH.taken()
    assert SAID in line


@pytest.mark.parametrize("form", ["data", "content", "params"])
def test_whatever_way_it_is_sent(form: str) -> None:
    text = f"{SAID} depuis {form}"
    given = {"data": {"notes": text}, "content": text.encode(), "params": {"q": text}}
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        client.post("http://test/", **{form: given[form]})  # type: ignore[arg-type]
    _log.warning("%s", text)
    assert len(WATCH.taken()) == 1


def test_what_is_said_to_the_assistant_is_heard() -> None:
    text = f"{SAID} un mardi"
    for name in ("answer", "parse"):
        assert hasattr(getattr(Assistant, name), "__wrapped__"), "the one door is listened at"
    WATCH.overheard(lambda _, text: None)(None, text=text)
    structlog.get_logger().warning("processor.failed", sender_id=text)
    _log.error("%s", text)
    assert len(WATCH.taken()) == 2, "our lines and Rasa's"


def test_an_error_that_quotes_is_found() -> None:
    WATCH.hear(f"{SAID} encore")
    try:
        raise ValueError(f"{SAID} encore")
    except ValueError:
        _log.exception("failed")
    assert len(WATCH.taken()) == 1


def test_the_log_of_a_server_is_read_to_its_end(tmp_path: Path) -> None:
    watch = Watch()
    for number in range(1000):
        watch.hear(f"phrase numéro {number}")
    path = tmp_path / "log"
    path.write_text("INFO started\nINFO heard phrase numéro 0\n", encoding="utf-8")
    watch.read(path)
    assert watch.taken() == ["info heard phrase numéro 0"], "the oldest sentence, too"
    watch.read(tmp_path / "none")
    assert watch.taken() == []


def test_words_that_stand_anywhere_are_no_sentence() -> None:
    watch = Watch()
    watch.hear({"role": "worker", "text": "ok merci", "lang": "fr"})
    watch.emit(logging.LogRecord("bot", logging.INFO, "", 1, "worker ok merci fr", None, None))
    assert watch.taken() == []
    watch.emit(logging.LogRecord("bot", logging.INFO, "", 1, "Xylophonquartett", None, None))
    assert len(watch.taken()) == 1, "a mark is never logged, heard or not"
