"""Learning from messages: an editor says what they mean, one key each."""

import asyncio
from pathlib import Path
from typing import Any, Optional

from fastapi import APIRouter, Request, Response

from bot import comparing, review_file
from bot.assistant import Busy
from bot.desk.access import Access, Form, at_least, spoken, to
from bot.desk.grouping import groups
from bot.desk.rendering import Rendering
from bot.desk.stealing import Verdict, judge
from bot.problems import Problem
from bot.review_file import Learnt
from bot.settings import ROOT
from bot.store import Review, ToReview, Worker, Workers
from knowledge import LANGUAGES, Language, directory

_NEAREST = 7
_LATEST = 20
_LONGEST = 300
_PAGE = "/desk/learning"
#: What the assistant's vectors may fail with; the page works without them.
_UNUSABLE = (Busy, OSError, RuntimeError, LookupError)
#: Every intent that is trained has a file of sentences.
INTENTS = sorted(path.stem for path in (ROOT / "data" / "nlu" / "fr").glob("*.yml"))


class Teaching:
    """The pages of learning, for editors."""

    def __init__(self, access: Access, pages: Rendering) -> None:
        self._access = access
        self._pages = pages

    def add_to(self, router: APIRouter) -> None:
        """Adds /desk/learning and what its forms lead to."""
        hidden: dict[str, Any] = {"include_in_schema": False, "response_class": Response}
        router.add_api_route(_PAGE, self.show, **hidden)
        router.add_api_route(f"{_PAGE}/remove", self.remove, methods=["POST"], **hidden)
        router.add_api_route(f"{_PAGE}/{{number}}", self.decide, methods=["POST"], **hidden)

    async def show(self, request: Request) -> Response:
        """The messages that wait, in groups; the first of them to be decided on."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        if not at_least(worker, "editor"):
            raise Problem(403, "not_your_role")
        return await self._show(request, worker)

    async def decide(self, request: Request, number: str) -> Response:
        """Assigns an intent to a message, skips it, or drops it."""
        worker = self._access.permitted(request, "editor")
        form = Form(await request.body())
        self._access.demand(request, form["csrf"])
        review: Review = request.app.state.review
        found = review.find(int(number)) if number.isdecimal() and len(number) < 12 else None
        if found is None:
            return to(_PAGE)  # somebody else was faster, or its time was over
        if form["deed"] == "skip":
            review.skip(found.id)
            return self._done(request, worker, "review_skipped", found.id)
        if form["deed"] == "drop":
            review.drop(found.id)
            return self._done(request, worker, "review_dropped", found.id)
        return await self._assign(request, worker, form, found)

    async def remove(self, request: Request) -> Response:
        """Takes a sentence out of the file again."""
        worker = self._access.permitted(request, "editor")
        form = Form(await request.body())
        self._access.demand(request, form["csrf"])
        gone = Learnt(form["text"], form["language"], form["intent"])
        await asyncio.to_thread(review_file.remove, _file(request), gone)
        return self._done(request, worker, "review_removed", None)

    async def _assign(
        self, request: Request, worker: Worker, form: Form, found: ToReview
    ) -> Response:
        chosen = form["search"].strip() or form["intent"]
        text = review_file.plain(form["text"] or found.text)[:_LONGEST]
        language = form["language"] if form["language"] in LANGUAGES else found.language
        sentence = Learnt(text, language, chosen)
        if chosen not in INTENTS or not text:
            verdict = Verdict("unknown_intent" if text else "empty")
            return await self._show(request, worker, found, sentence, verdict)
        near = await _nearest(request, text)
        heard = (await request.app.state.assistant.parse(text)).get("language")
        held = await asyncio.to_thread(review_file.read, _file(request))
        verdict = judge(sentence, heard, near, held)
        if verdict.refused or (verdict.doubts and form["sure"] != chosen):
            return await self._show(request, worker, found, sentence, verdict)
        # Who drops it has it: two editors do not both add it.
        if request.app.state.review.drop(found.id):
            await asyncio.to_thread(review_file.add, _file(request), sentence)
        return self._done(request, worker, "review_assigned", found.id)

    def _labels(self, language: Language) -> dict[str, str]:
        """What people call each intent: in the directory's words, where it is a need."""
        needs, words = directory().current.needs, self._pages.words[language]
        said = {
            name: needs[name].label.in_(language) if name in needs else words[f"intent_{name}"]
            for name in INTENTS
        }
        return {name: f"{text} ({name})" for name, text in said.items()}

    def _done(self, request: Request, worker: Worker, deed: str, number: Optional[int]) -> Response:
        workers: Workers = request.app.state.workers
        workers.note(worker.id, deed, str(number) if number else None)
        return to(_PAGE)

    async def _show(
        self,
        request: Request,
        worker: Worker,
        asked: Optional[ToReview] = None,
        sentence: Optional[Learnt] = None,
        verdict: Verdict = Verdict(),
    ) -> Response:
        review: Review = request.app.state.review
        waiting = review.waiting()
        grouped = await _grouped(request, waiting)
        first = asked or (grouped[0][0] if grouped else None)
        near = await _nearest(request, sentence.text if sentence else first.text) if first else []
        learnt = await asyncio.to_thread(review_file.read, _file(request))
        if waiting:
            request.app.state.workers.note(worker.id, "review_read", f"{len(waiting)}")
        return self._pages.page(
            request,
            "learning.html",
            worker=worker,
            status=422 if verdict.refused or verdict.doubts else 200,
            first=first,
            sentence=sentence or (first and Learnt(first.text, first.language, "")),
            verdict=verdict,
            near=near,
            grouped=grouped,
            count=review.count(),
            intents=self._labels(spoken(request)),
            languages=LANGUAGES,
            learnt=learnt[-_LATEST:][::-1],
            learnt_count=len(learnt),
            result=comparing.last(request.app.state.review_folder),
        )


def _file(request: Request) -> Path:
    folder: Path = request.app.state.review_folder
    return folder / review_file.FILE


async def _grouped(request: Request, waiting: list[ToReview]) -> list[list[ToReview]]:
    """Alike messages together; each alone while the assistant does not answer.

    What was skipped waits until the rest is done.
    """
    fresh = [one for one in waiting if one.skipped_at is None] or waiting
    if not fresh:
        return []  # the assistant reads no empty list
    try:
        vectors = await request.app.state.assistant.vectors([one.text for one in fresh])
    except _UNUSABLE:
        return [[one] for one in fresh]
    return [[fresh[at] for at in rows] for rows in groups(vectors)]


async def _nearest(request: Request, text: str) -> list[Any]:
    try:
        return list(await request.app.state.assistant.nearest(text, _NEAREST))
    except _UNUSABLE:
        return []
