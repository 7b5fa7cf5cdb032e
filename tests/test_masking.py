"""What leads to a person is masked in any spelling; what a text is about is not eaten."""

import re
from datetime import date

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.masking import EMAIL, IBAN, NATIONAL_NUMBER, PHONE, mask

#: Words around a number, without digits.
BEFORE = st.sampled_from(["", "mon numéro est ", "Meng Nummer: ", "tel.", "[", "ech hunn\n"])
AFTER = st.sampled_from(["", " et voilà", ", merci", ".", "]", " ass richteg", "\nAnna", "!"])
DIGITS = st.text("0123456789", min_size=16, max_size=16)
#: Country, digits after the check digits, and how the account is written in groups.
COUNTRIES = st.sampled_from([("LU", 16), ("DE", 18), ("BE", 12), ("NL", 14), ("PT", 21)])


def account(country: str, rest: str) -> str:
    number = "".join(str(int(sign, 36)) for sign in f"{rest}{country}00")
    return f"{country}{98 - int(number) % 97:02}{rest}"


def in_groups(text: str, size: int, gap: str) -> str:
    return gap.join(text[n : n + size] for n in range(0, len(text), size))


@given(COUNTRIES, st.integers(0, 10**21 - 1), st.sampled_from(["", " ", "\u00a0"]), BEFORE, AFTER)
def test_accounts(kind: tuple[str, int], number: int, gap: str, before: str, after: str) -> None:
    country, length = kind
    written = in_groups(account(country, str(number).zfill(21)[:length]), 4, gap)
    before = before if not before[-1:].isalpha() else before + " "
    assert mask(before + written + after) == before + IBAN + after
    assert mask(before + written.lower() + after) == before + IBAN + after


@given(
    st.dates(date(1910, 1, 1), date(2025, 12, 31)),
    st.integers(0, 99999),
    st.sampled_from(["{y}{m}{d}{a}{b}", "{y} {m} {d} {a} {b}", "{y}.{m}.{d}.{a}.{b}",
                     "{y}{m}{d} {a}{b}", "{y} {m}{d} {a}{b}", "{y}{m}{d} {a} {b}"]),
    BEFORE,
    AFTER,
)  # fmt: skip
def test_national_numbers(day: date, rest: int, shape: str, before: str, after: str) -> None:
    end = str(rest).zfill(5)
    parts = {"y": day.year, "m": f"{day.month:02}", "d": f"{day.day:02}"}
    written = shape.format(**parts, a=end[:3], b=end[3:])
    assert mask(before + written + after) == before + NATIONAL_NUMBER + after


@given(
    st.sampled_from(["621", "661", "671", "691", "2", "24", "26", "27", "4", "49", "53", "8"]),
    DIGITS,
    st.sampled_from(["", " ", ".", "-", "\u00a0"]),
    st.sampled_from(["", "+352 ", "00352 ", "(+352) ", "+352"]),
    BEFORE,
    AFTER,
)
def test_phones_of_luxembourg(
    first: str, rest: str, gap: str, prefix: str, before: str, after: str
) -> None:
    length = 9 if first[0] == "6" else 8 if first in ("24", "26", "27") else 6
    digits = (first + rest)[:length]
    parsed = phonenumbers.parse(digits, "LU")
    size = 3 if length == 9 else 2
    written = in_groups(digits, size, gap)
    like_a_date = gap in (".", "-") and length == 6 and not prefix
    if phonenumbers.is_valid_number(parsed) and not like_a_date:
        assert mask(before + prefix + written + after) == before + PHONE + after


@pytest.mark.parametrize(
    "number",
    ["+33 6 12 34 56 78", "0033612345678", "06 12 34 56 78", "0651 / 12345", "+49 (651) 12345",
     "0475/12.34.56", "247-86500", "8002 9090", "621/12-34-56", "(+352) 26 64 05 55", "45-45-45",
     "call\u200b 621\u200b123 456", "tel621123456"],
)  # fmt: skip
def test_other_phones(number: str) -> None:
    masked = mask(f"moien {number} merci")
    assert PHONE in masked and not re.search(r"\d", masked)


def test_two_numbers_beside_each_other() -> None:
    assert mask("621 123 456 691 123 456") == f"{PHONE} {PHONE}"
    assert mask("26640555,621123456") == f"{PHONE},{PHONE}"
    assert mask("1990 05 12 123 45 621 123 456") == f"{NATIONAL_NUMBER} {PHONE}"
    assert mask("+352 621 123 456 34 ans") == f"{PHONE} 34 ans"
    assert mask("621 123 456 200 euros") == f"{PHONE} 200 euros"
    assert mask("€ 20 621 123 456") == f"€ 20 {PHONE}"


@given(st.emails(), BEFORE, AFTER)
def test_addresses(address: str, before: str, after: str) -> None:
    name, _, host = address.partition("@")
    if re.fullmatch(r"[\w.+-]+", name) and len(name) <= 64 and len(host) <= 100:
        masked = mask(f"{before} {address} {after}")
        assert EMAIL in masked and host not in masked and f"{name}@" not in masked
        assert EMAIL in mask(f"{name} (at) {host}")


DAYS = st.dates(date(1920, 1, 1), date(2049, 12, 31))


@given(
    DAYS,
    st.sampled_from(["%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d", "%d %m %Y", "%d.%m.%y",
                     "%d/%m/%y", "%Y", "%d.%m.", "%d/%m"]),
    st.sampled_from(["", " 10:30", " à 9h", " um 14.30 Auer", " 18 Uhr"]),
    BEFORE,
    AFTER,
)  # fmt: skip
def test_dates_and_years_stay(day: date, shape: str, hour: str, before: str, after: str) -> None:
    text = before + day.strftime(shape) + hour + after
    assert mask(text) == text


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 24), st.data())
def test_opening_hours_stay(begin: int, minute: int, end: int, data: st.DataObject) -> None:
    shape = data.draw(
        st.sampled_from(["{a}:{m}-{b}:00", "{a}.{m}-{b}.00", "{a}h{m} - {b}h00", "{a}:{m} à {b}:00",
                         "{a}.{m} bis {b}.00 Uhr", "{a:02}.{m}–{b:02}.00", "{a}-{b} {a}-{b}"])
    )  # fmt: skip
    hours = shape.format(a=begin, m=f"{minute:02}", b=end)
    text = f"op méindes {hours}, dënschdes {hours}"
    assert mask(text) == text


@given(st.integers(0, 9_999_999), st.integers(0, 99), st.data())
def test_prices_stay(whole: int, cents: int, data: st.DataObject) -> None:
    grouped = f"{whole:,}"
    shape = data.draw(
        st.sampled_from(["{w} €", "{w}€", "{w},{c} €", "{s} euros", "{d} EUR", "{d},{c} Euro",
                         "€ {w}", "EUR {d}", "{s},{c}€", "CHF {s}", "{w} Euroen"])
    )  # fmt: skip
    written = shape.format(
        w=whole, c=f"{cents:02}", s=grouped.replace(",", " "), d=grouped.replace(",", ".")
    )
    text = f"le loyer est {written}, merci"
    assert mask(text) == text


@given(st.integers(0, 110), st.sampled_from(["ans", "Joer", "Jahre", "mois", "Jahren"]), st.data())
def test_ages_and_postcodes_stay(age: int, unit: str, data: st.DataObject) -> None:
    code = data.draw(st.sampled_from(["L-{n}", "L{n}", "L {n}", "{n}", "B-{n}", "D-5{n}", "5{n}"]))
    place = code.format(n=data.draw(st.integers(1000, 9999)))
    text = f"{age} {unit}, {place} Esch, 12, {place} an nach eng Kéier {age} {unit}"
    assert mask(text) == text


def test_what_people_say_of_their_life_stays() -> None:
    for text in (
        "mme 34 ans, 2 enfants, expulsée le 12.03.2026, loyer 1.450,50 € depuis 2019",
        "112, 113 ou 116 111; de 8-12 et 14-18; 2024-2025; 2019 2020 2021",
        "12, rue Exemple, L-4011 Esch-sur-Alzette; 54670 Trier; 250 000 habitants",
        "",
    ):
        assert mask(text) == text


@given(st.text(max_size=120))
def test_a_mask_holds_whatever_is_written(text: str) -> None:
    masked = mask(text)
    assert mask(masked) == masked
    assert PHONE in mask(f"{text} 621 123 456") or text[-1:].isdigit()
