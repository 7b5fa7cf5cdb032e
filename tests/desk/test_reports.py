"""Reports: what is counted, that nobody can be found in them, and the same numbers as files."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy.engine import Engine

from bot.counting import Counted, Counting
from bot.desk.accounts import Accounts
from bot.desk.reporting import asked_for
from bot.desk.reports import FEWEST, Table, as_csv, as_xlsx, chart, period_of, report, suppressed
from bot.reply import Reply
from bot.store import Calls, Conversations, Count, Counts, Handoffs, Span, Spans, Workers, live
from bot.store import month_of as month_at
from bot.store._schema import meta
from bot.store._spans import record
from knowledge import LANGUAGES, LUXEMBOURG, directory
from tests.desk.conftest import PASSWORD, sign_in

MAY = date(2026, 5, 1)
AT = datetime(2026, 5, 20, 10, 0, tzinfo=LUXEMBOURG)
CARD = [{"type": "service", "id": "surendettement"}]


@pytest.fixture
def counts(engine: Engine) -> Counts:
    return Counts(engine)


@pytest.fixture
def manager(client: TestClient, workers: Workers) -> Iterator[TestClient]:
    Accounts(workers).add("carla", "manager", PASSWORD)
    sign_in(client, "carla")
    yield client


def need(name: str, commune: str, language: str = "fr") -> Count:
    return Count(MAY, "need", name, "web", language, commune)


# What is counted


def test_a_turn_leaves_numbers_only(counts: Counts) -> None:
    counting = Counting(counts)
    said = {"needs": ["debt_help"], "commune": "esch-sur-alzette", "messages": CARD}
    counting.note("web", Reply("fr", "debt_help", **said), AT)  # type: ignore[arg-type]
    counting.note("web", Reply("fr", "inform", **said), AT)  # type: ignore[arg-type]
    counting.note("web", Reply("fr", "thank", **said), AT)  # type: ignore[arg-type]
    counting.note("plain", Reply("lb", "nlu_fallback"), AT)
    counting.note("messenger", Reply("de", "human_handoff", handoff=True), AT)
    assert counts.between(MAY, MAY) == {}, "nothing is written during a turn"
    counting.flush()
    assert counts.between(MAY, MAY) == {
        Count(MAY, "turn", "", "web", "fr"): 3,
        Count(MAY, "need", "debt_help", "web", "fr", "esch-sur-alzette"): 2,
        Count(MAY, "turn", "", "plain", "lb"): 1,
        Count(MAY, "not_understood", "", "plain", "lb"): 1,
        Count(MAY, "turn", "", "messenger", "de"): 1,
        Count(MAY, "handoff", "", "messenger", "de"): 1,
    }


async def test_answers_to_messenger_are_counted(counts: Counts) -> None:
    class Assistant:
        async def answer(self, conversation: str, **message: str) -> Reply:
            return Reply("de", message["text"])

        def words(self, name: str) -> str:
            return name

    counting = Counting(counts)
    counted = Counted(Assistant(), counting, "messenger")
    assert (await counted.answer("m-1", text="thank")).intent == "thank"
    assert counted.words("as before") == "as before"
    counting.flush()
    month = datetime.now(LUXEMBOURG).date().replace(day=1)
    assert counts.between(month, month) == {Count(month, "turn", "", "messenger", "de"): 1}


def test_of_a_cry_for_help_only_a_flag_and_the_numbers_shown(counts: Counts) -> None:
    counting = Counting(counts)
    told = {"needs": ["debt_help"], "commune": "wiltz", "helplines": ["112"], "messages": CARD}
    cry = Reply("fr", "debt_help", crisis=True, **told)  # type: ignore[arg-type]
    counting.note("web", cry, AT)
    counting.flush()
    assert {(c.what, c.name, c.detail) for c in counts.between(MAY, MAY)} == {
        ("turn", "", ""), ("crisis", "", ""), ("helpline", "112", ""),
    }  # fmt: skip


def test_a_question_is_not_yet_an_answered_need(counts: Counts) -> None:
    counting = Counting(counts)
    counting.note("web", Reply("fr", "debt_help", needs=["debt_help"], asks="place"), AT)
    counting.flush()
    assert {c.what for c in counts.between(MAY, MAY)} == {"turn"}


def test_without_a_database_nothing_is_lost_and_no_turn_fails(
    counts: Counts, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    def down(*_: object) -> None:
        raise OperationalError("insert", {}, Exception("down"))

    counting = Counting(counts)
    with monkeypatch.context() as patch:
        patch.setattr(Counts, "add", down)
        counting.note("web", Reply("fr", "thank"), AT)
        counting.flush()
        counting.note("web", Reply("fr", "thank"), AT)
    counting.flush()
    assert counts.between(MAY, MAY) == {Count(MAY, "turn", "", "web", "fr"): 2}
    counting.note("web", None, AT)  # type: ignore[arg-type]  # whatever is wrong with a reply


def test_counting_costs_next_to_nothing(counts: Counts) -> None:
    import time

    counting = Counting(counts)
    reply = Reply("fr", "debt_help", needs=["debt_help"], commune="wiltz", messages=CARD)
    counting.note("web", reply, AT)
    begun = time.perf_counter()
    for _ in range(1000):
        counting.note("web", reply, AT)
    assert time.perf_counter() - begun < 0.3, "0.3 ms for each"


def test_calls_are_counted_while_they_are_kept_and_afterwards(
    engine: Engine, calls: Calls, counts: Counts
) -> None:
    record = {"type": "counselling", "needs": ["debt_help"], "risk": "C", "wanted": "pt",
              "place": "Bonnevoie-Sud", "outcome": "unmet", "reason": "full",
              "notes": "Xylophon"}  # fmt: skip
    calls.add(1, record)
    calls.add(1, {"type": "silent"})
    today = datetime.now(LUXEMBOURG).date()
    kept = live(engine, today, today)
    assert {(c.what, c.name, c.channel, c.detail) for c in kept} == {
        ("need", "debt_help", "phone", "luxembourg"), ("risk", "C", "phone", ""),
        ("outcome", "unmet", "phone", ""), ("unmet", "debt_help", "phone", "full"),
    }  # fmt: skip
    assert counts.between(today, today) == {}
    calls.expire(datetime.utcnow() + timedelta(days=31))
    assert live(engine, today, today) == {} and counts.between(today, today) == kept


def test_a_rating_counts_as_it_was_at_last(engine: Engine, counts: Counts) -> None:
    conversations = Conversations(engine)
    name, _ = conversations.create("fr")
    for rating, answer in (("up", "1"), ("down", "1"), ("down", "2")):
        conversations.rate(name, rating, None, answer)
    today = datetime.now(LUXEMBOURG).date()
    found = {c.name: n for c, n in counts.between(today, today).items()}
    assert found == {"up": 0, "down": 2}
    conversations.erase(name)
    assert {c.name: n for c, n in counts.between(today, today).items()} == found


def test_how_long_people_waited(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.store import _handoffs

    clock = [datetime(2026, 5, 20, 10, 0)]
    monkeypatch.setattr(_handoffs, "now", lambda: clock[0])
    handoffs, spans = Handoffs(engine), Spans(engine)

    def after(minutes: int) -> None:
        clock[0] += timedelta(minutes=minutes)

    handoffs.ask("one")
    after(7)
    handoffs.take("one")
    handoffs.write("one", "Moien", "lb")
    after(20)
    handoffs.give_back("one")
    handoffs.ask("two")
    after(3)
    handoffs.withdraw("two")
    assert spans.between(MAY, MAY) == [
        Span("waited", 420), Span("answered", 1200), Span("gave_up", 180),
    ]  # fmt: skip
    assert spans.between(date(2026, 6, 1), date(2026, 6, 30)) == []
    # Passed on to another person: the time goes on.
    told = meta.tables["happenings"].insert()
    with engine.begin() as connection:
        for minutes in (0, 5):
            at = clock[0] + timedelta(minutes=minutes)
            values = {"conversation": "three", "owner": "person", "returned": False, "at": at}
            connection.execute(told.values(**values))
        record(connection, "three", "assistant", clock[0] + timedelta(minutes=9))
    assert spans.between(MAY, MAY)[-1] == Span("answered", 540)


def test_months_are_those_of_luxembourg() -> None:
    assert month_at(datetime(2026, 4, 30, 22, 30)) == MAY


# Nobody can be found


def ranges(shown: dict[int, int | None], whole: int) -> dict[int, tuple[int, int]]:
    """What a reader who knows the sum can tell of each hidden number."""
    hidden = [key for key, number in shown.items() if number is None]
    rest = whole - sum(number for number in shown.values() if number is not None)
    return {key: (rest if len(hidden) == 1 else 0, rest) for key in hidden}


NUMBERS = st.dictionaries(st.integers(0, 12), st.integers(0, 40), min_size=1)


@given(NUMBERS)
def test_small_numbers_cannot_be_reckoned_back(numbers: dict[int, int]) -> None:
    shown = suppressed(numbers)
    assert shown.keys() == numbers.keys()
    assert all(n is None or (n == numbers[k] and n >= FEWEST) for k, n in shown.items())
    whole = sum(numbers.values())
    known = ranges(shown, whole)
    if any(0 < n < FEWEST for n in numbers.values()) and whole >= FEWEST:
        for low, high in known.values():
            assert low == 0 and high >= FEWEST


@given(NUMBERS)
def test_no_more_is_hidden_than_must_be(numbers: dict[int, int]) -> None:
    shown = suppressed(numbers)
    further = [k for k, n in shown.items() if n is None and numbers[k] >= FEWEST]
    if all(n == 0 or n >= FEWEST for n in numbers.values()):
        assert further == []
    small = sum(n for n in numbers.values() if n < FEWEST)
    assert len(further) <= (1 if small else 0) or len(numbers) < 3


NEEDS = st.dictionaries(
    st.builds(
        Count, st.just(MAY), st.just("need"),
        st.sampled_from(["debt_help", "food_help", "childcare"]),
        st.sampled_from(["web", "phone", "messenger"]), st.sampled_from(LANGUAGES),
        st.sampled_from(["wiltz", "luxembourg", "clervaux", ""]),
    ),
    st.integers(1, 12),
)  # fmt: skip


@given(NEEDS)
def test_no_table_tells_of_less_than_five(numbers: dict[Count, int]) -> None:
    made = report(period_of(MAY, MAY), numbers, [])
    wholes = []
    for table in made.tables:
        wholes.append({row: cells[""] for row, cells in table.cells.items()})
        for row, cells in table.cells.items():
            given_ = sum(n for c, n in numbers.items() if c.name == row)
            parts = {c: n for c, n in cells.items() if c}
            assert all(n is None or n >= FEWEST for n in cells.values())
            if cells[""] is None:
                assert set(parts.values()) == {None}
            else:
                hidden = [c for c, n in parts.items() if n is None]
                rest = given_ - sum(n or 0 for n in parts.values())
                assert rest == 0 or (len(hidden) > 1 and rest >= FEWEST)
    assert all(whole == wholes[0] for whole in wholes), "the sums are hidden everywhere alike"


def test_where_all_can_be_summed_a_hidden_row_takes_another_with_it() -> None:
    def unmet(name: str, reason: str) -> Count:
        return Count(MAY, "unmet", name, "phone", "", reason)

    numbers = {unmet("debt_help", "full"): 20, unmet("debt_help", "other"): 11,
               unmet("food_help", "full"): 2, unmet("childcare", "full"): 40}  # fmt: skip
    cells = report(period_of(MAY, MAY), numbers, []).tables[0].cells
    assert cells["childcare"] == {"": 40, "full": 40, "other": None}
    assert {n for row in ("debt_help", "food_help") for n in cells[row].values()} == {None}


def test_the_order_does_not_tell_what_is_hidden() -> None:
    numbers = {need("food_help", "wiltz"): 4, need("debt_help", "wiltz"): 1}
    table = report(period_of(MAY, MAY), numbers, []).tables[0]
    assert list(table.cells) == ["debt_help", "food_help"]


def test_few_waiting_times_are_not_shown() -> None:
    few = report(period_of(MAY, MAY), {}, [Span("waited", 60)] * 4).tables[-1]
    assert few.cells["waited"] == {"": None, "median": None, "p90": None}
    seconds = [60 * n for n in range(1, 11)]
    enough = report(period_of(MAY, MAY), {}, [Span("waited", s) for s in seconds]).tables[-1]
    assert enough.cells["waited"] == {"": 10, "median": 5, "p90": 9}


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_period_is_of_whole_months(first: date, last: date) -> None:
    period = period_of(first, last)
    assert period.first.day == 1 and (period.last + timedelta(days=1)).day == 1
    assert 1 <= len(period.months()) <= 61 and period.last >= max(first, last)
    assert period.last - max(first, last) < timedelta(days=31)


@pytest.mark.parametrize(
    ("kind", "first", "last", "expected"),
    [
        ("month", "", "", (date(2026, 10, 1), date(2026, 10, 31))),
        ("quarter", "", "", (date(2026, 7, 1), date(2026, 9, 30))),
        ("year", "", "", (date(2025, 1, 1), date(2025, 12, 31))),
        ("own", "2026-02-27", "2026-02-27", (date(2026, 2, 1), date(2026, 2, 28))),
        ("own", "x", "2026-02-27", (date(2026, 10, 1), date(2026, 10, 31))),
        ("joke", "", "", (date(2026, 10, 1), date(2026, 10, 31))),
    ],
)
def test_the_period_of_the_form(
    kind: str, first: str, last: str, expected: tuple[date, date]
) -> None:
    period = asked_for(kind, first, last, date(2026, 11, 28))
    assert (period.first, period.last) == expected


# The page and the files

QUERY = "period=own&from=2026-05-01&to=2026-05-31"


@pytest.fixture
def may(counts: Counts) -> None:
    counts.add({
        need("debt_help", "wiltz"): 31, need("debt_help", "luxembourg"): 3,
        need("debt_help", "clervaux"): 12, need("food_help", "wiltz"): 2,
        Count(MAY, "turn", "", "web", "fr"): 60, Count(MAY, "not_understood", "", "web", "fr"): 6,
        Count(MAY, "helpline", "112", "web", "fr"): 7,
    })  # fmt: skip


@pytest.mark.usefixtures("may")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_what_may_be_shown(
    manager: TestClient, workers: Workers, language: str
) -> None:
    text = manager.get(f"/desk/reports?{QUERY}&lang={language}").text
    label = directory().current.needs["debt_help"].label.in_(language)  # type: ignore[arg-type]
    place = directory().current.places["wiltz"].in_(language)  # type: ignore[arg-type]
    assert label in text and place in text and "2026-05-31" in text
    assert "<td>31</td>" in text and "<td>12</td>" not in text, "12 would give the 3 away"
    assert "&lt; 5" in text and "<td>3</td>" not in text and "<td>2</td>" not in text
    assert text.count("<svg") == text.count("<table") >= 6
    deed = workers.deeds()[-1]
    assert (deed.did, deed.about) == ("report_read", "2026-05-01/2026-05-31")


@pytest.mark.usefixtures("may")
def test_only_managers_read_reports(client: TestClient, workers: Workers) -> None:
    Accounts(workers).add("emil", "editor", PASSWORD)
    paths = ("/desk/reports", "/desk/reports/csv", "/desk/reports/xlsx")
    for path in paths:
        assert client.get(path).headers["location"] == "/desk/login"
    for name in ("anna", "emil"):
        sign_in(client, name)
        assert [client.get(path).status_code for path in paths] == [403] * 3


@pytest.mark.usefixtures("may")
def test_the_files_hold_what_the_page_does(manager: TestClient, workers: Workers) -> None:
    answer = manager.get(f"/desk/reports/csv?{QUERY}&lang=de")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    label = directory().current.needs["debt_help"].label.de
    row = next(line for line in lines if line and line[0] == label)
    head = next(line for line in lines if line and line[0] == "Anliegen")
    assert dict(zip(head, row))["Wiltz"] == "31" and row.count("< 5") == 2
    assert workers.deeds()[-1].did == "report_exported"
    book = load_workbook(io.BytesIO(manager.get(f"/desk/reports/xlsx?{QUERY}&lang=de").content))
    cells = [[cell.value for cell in line] for line in book.worksheets[0].iter_rows()]
    assert [str(n) for n in next(line for line in cells if line[0] == label)] == row
    assert manager.get("/desk/reports/exe").status_code == 404


@pytest.mark.parametrize("name", ["=1+1", "+352", "-5", "@cmd", "\tx"])
def test_no_cell_is_a_formula(name: str) -> None:
    made = report(period_of(MAY, MAY), {Count(MAY, "helpline", name): 9}, [])

    def word(kind: str, key: str) -> str:
        return key

    line = as_csv(made, word).decode("utf-8-sig").splitlines()[-1]
    assert line.lstrip('"').startswith("'")
    sheet = load_workbook(io.BytesIO(as_xlsx(made, word))).worksheets[-1]
    cell = next(c for c in sheet["A"] if name in str(c.value))
    assert cell.data_type == "s" and str(cell.value).startswith("'")


def test_a_chart_marks_the_numbers_of_its_table() -> None:
    cells = {"a": {"": 20, "fr": 15, "de": None}, "b": {"": None, "fr": None, "de": None}}
    crossed = chart(Table("x", "need", "language", cells))  # type: ignore[arg-type]
    assert [mark.number for mark in crossed.marks] == [15]
    many = {"a": {"": 20, **dict.fromkeys("bcdefghijk", 2)}}
    narrow = chart(Table("x", "need", "commune", many))  # type: ignore[arg-type]
    assert 0 < narrow.letters < crossed.letters
    assert narrow.letters * 8 <= narrow.columns[1][1] - narrow.columns[0][1]
    bars = chart(Table("x", "need", "calls", {"a": {"": 20}, "b": {"": 10}, "c": {"": None}}))
    assert [mark.number for mark in bars.marks] == [20, 10]
    assert bars.marks[0].size == 2 * bars.marks[1].size
