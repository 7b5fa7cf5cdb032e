"""What goes in and out of the HTTP API, as the OpenAPI document describes it."""

from typing import Any, Literal, Optional

from pydantic import BaseModel, Extra, Field

from bot.channels.web._rating import LONGEST
from knowledge import Language


class NewConversation(BaseModel):
    """What a page may say when a conversation begins."""

    lang: Optional[Language] = None

    class Config:
        extra = Extra.ignore


#: Ids of messages, made by the page that sends them.
MESSAGE_ID = r"[A-Za-z0-9_-]{1,64}"


class Incoming(BaseModel):
    """A message: written text, or the payload of a button shown before.

    `id` is made by the sender. The same id again gets the same answer, so that a message can be
    sent again when the connection was lost.
    """

    id: Optional[str] = Field(None, regex=f"^{MESSAGE_ID}$")
    text: Optional[str] = None
    payload: Optional[str] = Field(None, max_length=500)
    lang: Optional[Language] = None

    class Config:
        extra = Extra.ignore


class Feedback(BaseModel):
    """Whether an answer helped, with one optional word.

    `answer`: the id of the message that was answered; without it, the rating is about all answers.
    `learn`: whether this message, without numbers and addresses, may be kept to learn from; ask
    before. False takes it back.
    """

    rating: Literal["up", "down"]
    word: Optional[str] = Field(None, max_length=LONGEST)
    answer: Optional[str] = Field(None, regex=f"^{MESSAGE_ID}$")
    learn: Optional[bool] = None


class Rated(BaseModel):
    """What a rating leads to.

    `crisis`: its word was a cry for help: it has to be sent as a message. `messages`: asks whether
    the rated message may be kept to learn from; the buttons are payloads as any other.
    """

    crisis: bool = False
    messages: list[dict[str, Any]] = []


class Started(BaseModel):
    """A new conversation, and its first messages."""

    id: str
    token: str
    messages: list[dict[str, Any]]


class Answered(BaseModel):
    """The answer to a message.

    `crisis`: somebody is in danger; ask for no rating. `handoff`: a person was asked for; without
    messages, a person answers now. `rate`: false where a rating makes no sense.
    """

    messages: list[dict[str, Any]]
    language: str
    crisis: bool
    handoff: bool
    rate: bool = True
