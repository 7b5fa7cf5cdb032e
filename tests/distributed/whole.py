"""`make test-distributed`: three servers, a database, traffic, and everything killed in turn.

Not part of the default suite: it takes some three minutes. What it proves: nothing acknowledged is
lost, nothing is taken up or sent twice, the order stays, and a person's live messages arrive.
"""

import json
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.store import States, open_database
from tests import postgres
from tests.channels.messenger.graph import Graph, serving
from tests.distributed.cluster import Cluster, Meta, Visitor, Writer


def test_whatever_is_killed_nothing_is_lost(model: Path, tmp_path: Path) -> None:
    if postgres.why_not():
        pytest.skip(postgres.why_not())
    database = postgres.Server()
    database.start()
    try:
        with serving() as graph:
            cluster = Cluster(database.address, graph, tmp_path)
            try:
                report = _run(cluster, database, graph)
            except BaseException:
                for instance in cluster.instances:
                    sys.stderr.write(instance.logged()[-3000:])
                raise
            finally:
                cluster.end()
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    finally:
        database.stop()
        database.remove()


def _run(cluster: Cluster, database: postgres.Server, graph: Graph) -> dict[str, object]:
    report: dict[str, object] = {}
    for instance in cluster.instances:
        instance.start()
    report["ready_s_three_at_once"] = [round(i.ready(), 1) for i in cluster.instances]
    engine = open_database(database.address)
    visitors = [Visitor(cluster, engine) for _ in range(4)]
    writers = [Writer(cluster, engine) for _ in range(2)]
    meta = Meta(cluster, graph)
    everybody = [*visitors, *writers, meta]
    for one in everybody:
        one.start()
    time.sleep(8)
    report["live_ms_p50_undisturbed"] = round(
        statistics.median(delay for w in writers for delay in w.delays()), 1
    )
    cluster.instances[1].kill()
    time.sleep(4)
    cluster.instances[1].start()
    cluster.instances[1].ready()
    cluster.instances[0].kill_assistant()
    time.sleep(4)
    database.kill()
    time.sleep(3)
    database.start()
    time.sleep(4)
    report["end_s_of_each"] = []
    for instance in cluster.instances:  # one after the other, as a new version comes
        report["end_s_of_each"] += [round(instance.terminate(), 1)]  # type: ignore[operator]
        instance.start()
        instance.ready()
    meta.stopped = True
    for one in (*visitors, *writers):
        one.finish()
    for writer in writers:
        writer.settle()
    _settle(meta, engine)
    meta.finish()
    _check(meta, graph, engine)
    report["web_messages"] = sum(len(v.sent) for v in visitors)
    report["web_slowest_s"] = round(max(v.slowest for v in visitors), 1)
    report["live_messages"] = sum(len(w.written) for w in writers)
    report["live_ms_most"] = round(max(w.delays()[-1] for w in writers))
    report["messenger_messages"] = sum(map(len, meta.sent.values()))
    report["messenger_sent"] = len(graph.delivered)
    assert all(len(v.sent) > 20 for v in visitors), report
    assert all(len(w.written) > 20 for w in writers), report
    assert all(len(texts) > 5 for texts in meta.sent.values()), report
    return report


def _settle(meta: Meta, engine: sa.engine.Engine) -> None:
    """Until every message of Messenger is answered and what was sent is known to be."""
    query = """select
      (select count(*) from messenger_arrivals) +
      (select count(*) from messenger_inbox where state in ('waiting', 'asking')) +
      (select count(*) from messenger_outbox where state in ('waiting', 'sending', 'unsure'))"""
    end = time.monotonic() + 120
    while True:
        assert meta.error is None, meta.error
        with engine.connect() as connection:
            left = connection.execute(sa.text(query)).scalar()
        if not left:
            return
        assert time.monotonic() < end, f"{left} are left"
        time.sleep(0.5)


def _check(meta: Meta, graph: Graph, engine: sa.engine.Engine) -> None:
    names = meta.names()
    with engine.connect() as connection:
        rows = connection.execute(sa.text("select person, state from messenger_inbox")).all()
    for person, texts in meta.sent.items():
        states = Counter(row.state for row in rows if row.person == names[person])
        assert states == {"done": len(texts)}, (person, states, len(texts))
        said = States(engine).said(names[person])
        found = [line["text"] for line in said if line["who"] == "visitor"]
        assert found and found == texts[-len(found) :]
    tokens = Counter(body["metadata"] for _, body in graph.delivered)
    assert not [token for token, times in tokens.items() if times > 1], "sent twice"
