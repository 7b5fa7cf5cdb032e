"""The server while it starts."""

import gc

import pytest
import uvicorn
from fastapi import FastAPI

from bot.serving import _Server


async def test_what_is_loaded_is_never_gone_through_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python would stop everybody for half a second to look for garbage in it."""
    done: list[str] = []
    monkeypatch.setattr(gc, "collect", lambda: done.append("collected"))
    monkeypatch.setattr(gc, "freeze", lambda: done.append("frozen"))
    app = FastAPI(on_startup=[lambda: done.append("loaded")])
    config = uvicorn.Config(app, port=0, log_config=None, ws="none")
    config.load()
    server = _Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    await server.shutdown()
    assert done == ["loaded", "collected", "frozen"]
