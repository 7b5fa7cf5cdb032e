"""/desk/reports: choosing a period, the report as a page, and the same as a file."""

from datetime import date, datetime, timedelta
from typing import Any, Optional

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from bot.desk.access import Access, at_least, spoken, to
from bot.desk.rendering import NAMES, Rendering
from bot.desk.reports import FEWEST, Period, Report, as_csv, as_xlsx, chart, period_of, report
from bot.problems import Problem
from bot.store import Count, Counts, Spans, Worker, live
from knowledge import LUXEMBOURG, Language, directory

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_PERIODS = ("month", "quarter", "year", "own")


class Reporting:
    """The pages of reports, for managers."""

    def __init__(self, access: Access, pages: Rendering) -> None:
        self._access = access
        self._pages = pages

    def add_to(self, router: APIRouter) -> None:
        """Adds /desk/reports and its files."""
        hidden: dict[str, Any] = {"include_in_schema": False, "response_class": Response}
        router.add_api_route("/desk/reports", self.show, **hidden)
        router.add_api_route("/desk/reports/{kind}", self.download, **hidden)

    async def show(self, request: Request) -> Response:
        """The report of a period."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        made = await self._made(request, worker, "report_read")
        words = Words(self._pages.words[spoken(request)], spoken(request))
        return self._pages.page(
            request,
            "reports.html",
            worker=worker,
            report=made,
            charts=[chart(table) for table in made.tables],
            word=words,
            periods=_PERIODS,
            chosen=request.query_params.get("period", _PERIODS[0]),
            fewest=FEWEST,
        )

    async def download(self, request: Request, kind: str) -> Response:
        """The same report as CSV or XLSX."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        if kind not in _TYPES:
            raise Problem(404, "not_found")
        made = await self._made(request, worker, "report_exported")
        words = Words(self._pages.words[spoken(request)], spoken(request))
        body = (as_csv if kind == "csv" else as_xlsx)(made, words)
        name = f"weeweiser-{made.period.first:%Y-%m}-{made.period.last:%Y-%m}.{kind}"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(body, media_type=_TYPES[kind], headers=headers)

    async def _made(self, request: Request, worker: Worker, deed: str) -> Report:
        if not at_least(worker, "manager"):
            raise Problem(403, "not_your_role")
        query = request.query_params
        today = datetime.now(LUXEMBOURG).date()
        given = (query.get("from", ""), query.get("to", ""))
        period = asked_for(query.get("period", _PERIODS[0]), *given, today)
        request.app.state.workers.note(worker.id, deed, f"{period.first}/{period.last}")
        counts: Counts = request.app.state.counts
        return await run_in_threadpool(_read, counts, request.app.state.spans, period)


def _read(counts: Counts, spans: Spans, period: Period) -> Report:
    """Calls that are still kept are counted from their records, the others from their numbers."""
    numbers: dict[Count, int] = dict(counts.between(period.first, period.last))
    for count, number in live(counts.engine, period.first, period.last).items():
        numbers[count] = numbers.get(count, 0) + number
    return report(period, numbers, spans.between(period.first, period.last))


def asked_for(kind: str, first: str, last: str, today: date) -> Period:
    """The period of a form: the last whole month, quarter or year, or the months of own dates."""
    begin = _date(first)
    if kind == "own" and begin:
        return period_of(begin, _date(last) or begin)
    months = {"quarter": 3, "year": 12}.get(kind, 1)
    this = today.replace(day=1, month=(today.month - 1) // months * months + 1)
    end = this - timedelta(days=1)
    return period_of(end.replace(month=end.month - months + 1, day=1), end)


def _date(text: str) -> Optional[date]:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2100 else None


class Words:
    """Gives the word for a key of a kind; names of the directory in the reader's language."""

    def __init__(self, words: dict[str, Any], language: Language) -> None:
        self._words = words["reports"]
        self._language = language

    def __call__(self, kind: str, key: str) -> str:
        known = directory().current
        if kind == "need" and key in known.needs:
            return known.needs[key].label.in_(self._language)
        if kind == "commune" and key in known.places:
            return known.places[key].in_(self._language)
        if kind == "helpline" and key in known.helplines:
            return known.helplines[key].name.in_(self._language)
        if kind == "language" and key in NAMES:
            return NAMES[key]
        return str(self._words.get(kind, {}).get(key, key))
