"""An entry as visitors would see it, for editors: its card in the chat, and its page."""

from datetime import datetime
from typing import Union

from markupsafe import Markup

from bot.channels.html import catalogue, clean, environment
from bot.channels.pages._entry import view
from knowledge import Helpline, Knowledge, Language, Service, dialled

_PAGE = catalogue("words")
_CHAT = {code: {**_PAGE[code], **words} for code, words in catalogue("chat").items()}
_TEMPLATES = environment()


def preview(
    knowledge: Knowledge, entry: Union[Service, Helpline], language: Language, at: datetime
) -> tuple[Markup, Markup]:
    """Card and page of an entry in one language, as HTML without what stands around it."""
    if isinstance(entry, Helpline):
        kind, card = "helpline", knowledge.helpline_card(entry, language, at=at)
        card["dialled"] = dialled(card["number"]) if card["number"] else None
    else:
        kind, card = "service", knowledge.service_card(entry, language, at=at)
        card["phones"] = [{**p, "dialled": dialled(p["number"])} for p in card["phones"]]
    macro = getattr(_TEMPLATES.get_template("_cards.html").module, kind)
    page, words = _TEMPLATES.get_template("_article.html"), _PAGE[language]
    article = page.render(
        w=words,
        language=language,
        entry=view(knowledge, entry, words, language, at),
        association=view(knowledge, knowledge.association, words, language, at),
    )
    # Both come from our own templates, which escape everything.
    return Markup(macro(clean(card), _CHAT[language])), Markup(article)  # noqa: S704  # nosec B704
