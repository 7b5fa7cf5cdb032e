"""What the Messenger Platform takes, in characters and counts (Meta's documents of 2026)."""

TEXT = 2000
TEMPLATE_TEXT = 640
TITLE = 20
PAYLOAD = 1000
BUTTONS = 3
QUICK_REPLIES = 13
ELEMENTS = 10
ELEMENT_TITLE = 80
ELEMENT_SUBTITLE = 80
GREETING = 160
ICE_BREAKERS = 4
#: Not documented any more; longer questions are cut on small screens.
ICE_BREAKER_QUESTION = 80
MENU_ITEMS = 20
MENU_TITLE = 30
#: Custom string that a webhook about our own message gives back.
METADATA = 1000


def length(text: str) -> int:
    """Characters as the strictest reader counts them: an emoji is two (UTF-16 units)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
