"""Words compared without case and accents."""

import unicodedata


def fold(text: str) -> str:
    """The text in small letters, without accents and outer spaces: "Pétange " is "petange"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).strip()
