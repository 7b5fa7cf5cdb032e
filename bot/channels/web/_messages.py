"""What goes in and out of the HTTP API, as the OpenAPI document describes it."""

from typing import Any, Literal, Optional

from pydantic import BaseModel, Extra, Field


class NewConversation(BaseModel):
    """What a page may say when a conversation begins."""

    lang: Optional[Literal["fr", "de", "lb"]] = None

    class Config:
        extra = Extra.ignore


class Incoming(BaseModel):
    """A message: written text, or the payload of a button shown before."""

    text: Optional[str] = None
    payload: Optional[str] = Field(None, max_length=500)
    lang: Optional[Literal["fr", "de", "lb"]] = None

    class Config:
        extra = Extra.ignore


class Feedback(BaseModel):
    """Whether the answers helped, with one optional word."""

    rating: Literal["up", "down"]
    word: Optional[str] = Field(None, max_length=80)


class Started(BaseModel):
    """A new conversation, and its first messages."""

    id: str
    token: str
    messages: list[dict[str, Any]]


class Answered(BaseModel):
    """The answer to a message."""

    messages: list[dict[str, Any]]
    language: str
