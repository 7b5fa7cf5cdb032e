"""An entry as visitors would see it, for editors: its card in the chat, and its page."""

from datetime import datetime
from typing import Union

from markupsafe import Markup

from bot.channels.html import catalogue, clean, environment
from bot.channels.pages._entry import view
from knowledge import Helpline, Knowledge, Language, Service

_PAGE = catalogue("words")
_CHAT = {code: {**_PAGE[code], **words} for code, words in catalogue("chat").items()}
_TEMPLATES = environment()


def preview(
    knowledge: Knowledge, entry: Union[Service, Helpline], language: Language, at: datetime
) -> tuple[Markup, Markup]:
    """Card and page of an entry in one language, as HTML without what stands around it."""
    if isinstance(entry, Helpline):
        kind, card = "helpline", knowledge.helpline_card(entry, language, at=at)
    else:
        kind, card = "service", knowledge.service_card(entry, language, at=at)
    macro = getattr(_TEMPLATES.get_template("_cards.html").module, kind)
    page = _TEMPLATES.get_template("entry.html")
    words = _PAGE[language]
    shown = view(knowledge, entry, words, language, at)
    own = view(knowledge, knowledge.association, words, language, at)
    values = {"w": words, "language": language, "entry": shown, "association": own}
    # Both come from our own templates, which escape everything.
    article = Markup("".join(page.blocks["article"](page.new_context(values))))  # noqa: S704
    return Markup(macro(clean(card), _CHAT[language])), article  # noqa: S704
