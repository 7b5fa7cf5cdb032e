"""The command line of the contract: one JSON object per line, and nothing else on stdout."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.settings import ROOT

PARSED = {
    "text", "language", "intent", "confidence", "ranking", "needs", "crisis", "place", "age",
}  # fmt: skip
TALKED = {
    "conversation", "language", "intent", "messages", "services", "helplines", "asks", "handoff",
}  # fmt: skip


def bot(verb: str, *arguments: str, stdin: str = "") -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "bot", verb, *arguments],
        cwd=ROOT,
        input=stdin,
        text=True,
        capture_output=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.usefixtures("model")
def test_parse() -> None:
    lines = ["Ech hu Scholden zu Esch", "", "mein Sohn ist 14", "/restart", "je veux me tuer"]
    found = bot("parse", stdin="\n".join(lines) + "\n")
    assert [f["text"] for f in found] == lines
    assert all(set(f) == PARSED for f in found)
    assert found[0]["language"] == "lb" and found[0]["intent"] == "debt_help"
    assert found[0]["place"] == "Esch-sur-Alzette" and found[0]["needs"][0] == "debt_help"
    assert found[2]["age"] == 14
    assert found[4]["crisis"] == ["crisis_suicide"]
    known = {"intent", "confidence"}
    assert all(set(r) == known for f in found for r in f["ranking"])


#: Ten turns each: a need, what decides, details, another need, a correction, thanks.
TEN = {
    "fr": [
        "bonjour", "je cherche une maison des jeunes", "à Bonnevoie", "c'est pour quel âge ?",
        "quels sont les horaires", "et une crèche pour ma fille ?", "elle a deux ans",
        "le prix svp", "je veux parler à une personne", "merci",
    ],
    "de": [
        "Guten Tag", "ich habe Schulden", "wie ist die Telefonnummer", "kostet das etwas?",
        "ich suche auch einen Seniorenclub für meine Mutter", "in Remich",
        "wie ist die Adresse", "haben Sie etwas zu essen für uns?", "in Esch", "vielen Dank",
    ],
    "lb": [
        "Moien", "ech hunn haut keng Plaz fir ze schlofen", "wéi ass d'Nummer",
        "brauch ech e Rendez-vous", "mäi Jong sicht e Jugendhaus", "zu Miersch",
        "wéini ass dat op", "nee, zu Sandweiler", "kënnt Dir mir och bei den Hausaufgaben hëllefen",
        "villmools merci",
    ],
}  # fmt: skip


@pytest.mark.usefixtures("model")
def test_talk_holds_ten_turns_in_each_language() -> None:
    turns = [
        {"conversation": language, "text": text, "at": "2026-11-24T15:00:00"}
        for texts in zip(*TEN.values())
        for language, text in zip(TEN, texts)
    ]
    lines = [json.dumps(turn, ensure_ascii=False) for turn in turns]
    replies = bot("talk", stdin="\n".join([*lines, "no json", '{"text": "x"}']) + "\n")
    assert len(replies) == len(turns) + 2
    assert "error" in replies[-1] and "error" in replies[-2]
    for turn, reply in zip(turns, replies):
        assert set(reply) == TALKED
        assert reply["conversation"] == turn["conversation"]
        assert reply["messages"], turn
        assert reply["language"] == turn["conversation"], turn
    shown = {code: set() for code in TEN}
    for reply in replies[:-2]:
        shown[reply["conversation"]] |= set(reply["services"])
    assert {"maison-des-jeunes-studio-bonnevoie", "creches-vdl"} <= shown["fr"]
    assert {"surendettement", "club-welle-wain", "stemm-esch"} <= shown["de"]
    assert {"premier-appel", "maison-des-jeunes-mersch"} <= shown["lb"]


@pytest.mark.usefixtures("model")
def test_evaluate_writes_a_report(tmp_path) -> None:
    path = tmp_path / "cases.tsv"
    path.write_text(
        "text\tlang\tintent\tnoise\tplace\tage\n"
        "j'ai des dettes\tfr\tdebt_help\tclean\t\t\n"
        "ich suche ein Jugendhaus in Esch\tde\tyouth_house\tclean\tEsch-sur-Alzette\t\n"
        "mäi Kand huet 3 Joer\tlb\tdebt_help\tclean\t\t3\n",
        encoding="utf-8",
    )
    [result] = bot("evaluate", str(path), "--report", str(tmp_path / "report"))
    assert result["cases"] == 3
    assert result["accuracy"] == pytest.approx(2 / 3, abs=0.01)
    assert result["place"] == result["age"] == 1.0
    assert result["confused"] == [["debt_help", "inform", 1]]
    report = (tmp_path / "report" / "report.md").read_text(encoding="utf-8")
    assert "mäi Kand huet 3 Joer" in report
    assert (tmp_path / "report" / "confusion.png").stat().st_size > 1000


def serve(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "serve"],
        cwd=environment.pop("cwd", str(ROOT)),
        env={**os.environ, **environment},
        text=True,
        capture_output=True,
        timeout=60,
    )


def test_a_taken_port_is_said_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = serve(WEEWEISER_PORT=port)
    assert done.returncode == 1
    assert port in done.stderr and "WEEWEISER_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_named() -> None:
    done = serve(WEEWEISER_PORT="many")
    assert done.returncode == 1
    assert "port" in done.stderr and "Traceback" not in done.stderr


def test_a_broken_directory_stops_the_start(tmp_path: Path) -> None:
    for name in ("bot", "knowledge"):
        shutil.copytree(ROOT / name, tmp_path / name)
    path = tmp_path / "knowledge" / "services" / "polygone.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("national: true", "national: 7x"))
    done = serve(cwd=str(tmp_path))
    assert done.returncode == 1
    assert "polygone.yml:" in done.stderr and "national" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("model")
def test_triage_goes_on_after_a_bad_line() -> None:
    note = json.dumps(
        {"text": "mme seule, expulsée hier, dort en voiture", "at": "2026-11-24T10:00"}
    )
    bad, found = bot("triage", stdin=f"no json\n{note}\n")
    assert set(bad) == {"error"}
    assert (found["needs"][0], found["urgency"]) == ("emergency_housing", "today")
