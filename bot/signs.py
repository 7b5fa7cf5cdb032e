"""Texts without signs that nobody can see."""

import unicodedata


def clean_lines(text: str) -> str:
    """What somebody wrote, without invisible characters; line breaks stay."""
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return "".join(kept)
