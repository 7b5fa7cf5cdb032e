"""Names that are announced are masked in three languages; what a text is about stays."""

import pytest

from bot.masking import NAME, PHONE, mask

ANNOUNCED = {
    "je m'appelle": ("Marie Dupont", "marie dupont", "João", "Marie-José d'Almeida"),
    "je m’appelle": ("marie",),
    "mon fils s'appelle": ("Noah",),
    "mon nom est": ("Da Silva", "ben ali"),
    "Ich heiße": ("Anna Schmitt", "anna schmitt", "Østergård"),
    "ich heisse": ("Jörg",),
    "Mein Name ist": ("von der Leyen", "müller"),
    "meine Tochter heißt": ("Emma",),
    "ech heeschen": ("Jos Weber", "jos"),
    "Mäi Bouf heescht": ("Luca",),
    "mäin Numm ass": ("Schmit",),
    "Mme": ("Weber", "de la Fontaine"),
    "Madame": ("Marie-Josée d'Almeida Pereira",),
    "M.": ("Ben Ali",),
    "Frau Dr.": ("Kohn",),
    "Herr": ("Müller-Lüdenscheidt",),
    "Här": ("Thill",),
    "D'Madamm": ("Da Costa",),
}


@pytest.mark.parametrize(
    ("before", "name"), [(before, name) for before, names in ANNOUNCED.items() for name in names]
)
def test_an_announced_name(before: str, name: str) -> None:
    for after in ("", ".", ", j'ai 3 enfants", " et je cherche un toit", " an ech sichen Hëllef"):
        assert mask(f"{before} {name}{after}") == f"{before} {NAME}{after}"


@pytest.mark.parametrize(
    "text",
    [
        "Madame, j'ai faim", "mme 34 ans, 2 enfants, Esch", "meine Frau hat Schulden",
        "eine Frau Mitte 40", "meine Frau und Kinder", "das heißt Geld weg", "Fra 34 Joer",
        "dat heescht, ech hu näischt", "comment ça s'appelle Jobcoach", "wéi heescht de Foyer",
        "je m'appelle pas comme ça", "wie heißt das Amt", "le 12 M d'euros", "Eng Frau Schulden",
    ],
)  # fmt: skip
def test_what_is_no_name_stays(text: str) -> None:
    assert mask(text) == text


def test_beside_a_number() -> None:
    text = "Mme Weber, 621 123 456, ech heeschen Jos"
    assert mask(text) == f"Mme {NAME}, {PHONE}, ech heeschen {NAME}"
