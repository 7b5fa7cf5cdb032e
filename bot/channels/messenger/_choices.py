"""Choices: up to three are buttons that stay, more are quick replies, page by page."""

from collections import Counter
from typing import Any

from bot.channels.messenger import _limits
from bot.channels.messenger._bodies import Body, postback, quick_reply, template, texts
from bot.channels.messenger._payloads import more
from bot.channels.messenger._text import clean, split
from bot.channels.messenger._words import known, title, word
from bot.reply import Message
from knowledge import Language

#: Choices on one page when there are several: the last quick reply turns the page.
_PER_PAGE = _limits.QUICK_REPLIES - 1


def choices(message: Message, page: int = 1) -> list[Body]:
    """The bodies of a `choices` message; `page` counts from 1 and starts again after the last."""
    language = known(message.get("lang"))
    offered = [_cleaned(c) for c in message["choices"]]
    if len(offered) > _limits.QUICK_REPLIES:
        pages = -(-len(offered) // _PER_PAGE)
        page = (page - 1) % pages + 1
        offered = offered[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        turn = (word(language, "next"), page + 1) if page < pages else (word(language, "back"), 1)
        extra = [quick_reply(turn[0], more(turn[1]))]
    else:
        extra = []
    tappable = [c for c in offered if _is_tappable(c)]
    titles, listed = _titles(language, [full for full, _ in tappable])
    listed += [full for full, payload in offered if full and (full, payload) not in tappable]
    text = "\n".join([clean(message.get("text") or "") or word(language, "choose"), *listed])
    buttons = list(zip(titles, [payload for _, payload in tappable]))
    if len(buttons) <= _limits.BUTTONS and not extra:
        return _with_buttons(text, buttons)
    *before, last = split(text, _limits.TEXT)
    replies = [quick_reply(t, p) for t, p in buttons] + extra
    return [*({"text": part} for part in before), {"text": last, "quick_replies": replies}]


def _cleaned(choice: dict[str, Any]) -> tuple[str, str]:
    return clean(str(choice.get("title") or "")), str(choice.get("payload") or "")


def _is_tappable(choice: tuple[str, str]) -> bool:
    full, payload = choice
    sound = payload and payload == clean(payload)  # it has to come back as it was sent
    return bool(full and sound) and _limits.length(payload) <= _limits.PAYLOAD


def _titles(language: Language, full: list[str]) -> tuple[list[str], list[str]]:
    """Titles within the limit, and the lines that say in full those that lost words.

    Titles that would read the same are numbered, in the lines too.
    """
    short = [title(language, text) for text in full]
    same = Counter(text for text, _ in short)
    titles, lines = [], []
    for i, (text, lost) in enumerate(short):
        if same[text] > 1:
            titles.append(title(language, f"{i + 1}. {full[i]}")[0])
            lines.append(f"{i + 1}. {full[i]}")
        else:
            titles.append(text)
            if lost:
                lines.append(f"– {full[i]}")
    return titles, lines


def _with_buttons(text: str, buttons: list[tuple[str, str]]) -> list[Body]:
    """The question stands right above its buttons, so a long text goes before it."""
    if not buttons:
        return texts(text)
    *before, last = split(text, _limits.TEMPLATE_TEXT)
    shown = template("button", text=last, buttons=[postback(t, p) for t, p in buttons])
    return [*texts("\n".join(before)), shown]
