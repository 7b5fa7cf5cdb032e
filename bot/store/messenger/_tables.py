"""Tables of the Messenger channel. Times are milliseconds since 1970.

No table holds Meta's number of a person but `messenger_people.address`, and that is sealed.
"""

import sqlalchemy as sa

meta = sa.MetaData()
#: Tables whose column `person` holds the id of a conversation.
PERSONAL_TABLES = ("messenger_people", "messenger_inbox", "messenger_outbox")
_Serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")

#: What was received, so that nothing is received twice. Kept longer than anybody repeats it.
seen = sa.Table(
    "messenger_seen",
    meta,
    sa.Column("once", sa.String(64), primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False, index=True),
)
#: Everybody who wrote. A row is also the queue: `due_at` says when there is something to do for
#: them, `claimed_by` which worker does it.
people = sa.Table(
    "messenger_people",
    meta,
    sa.Column("person", sa.String(64), primary_key=True),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("language", sa.String(8)),
    sa.Column("source", sa.String(250)),
    sa.Column("active_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("wrote_at", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("taken_at", sa.BigInteger),
    sa.Column("quiet_until", sa.BigInteger),
    sa.Column("returns", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("choices", sa.Text),
    sa.Column("due_at", sa.BigInteger, index=True),
    sa.Column("claimed_by", sa.String(120)),
    sa.Column("claimed_until", sa.BigInteger),
    sa.Column("written", sa.Float, nullable=False, server_default="0"),
    sa.Column("written_at", sa.BigInteger, nullable=False, server_default="0"),
    #: The last happening at the desk the person was told of.
    sa.Column("told", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("told_fast_at", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("told_write_at", sa.BigInteger, nullable=False, server_default="0"),
)
#: What people wrote and was not answered yet. `content` is emptied once it is.
inbox = sa.Table(
    "messenger_inbox",
    meta,
    sa.Column("id", _Serial, primary_key=True, autoincrement=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("once", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("sent_at", sa.BigInteger, nullable=False),
    sa.Column("received_at", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due_at", sa.BigInteger, nullable=False, server_default="0"),
    sa.Index("messenger_inbox_person_state", "person", "state"),
    sqlite_autoincrement=True,
)
#: What is to be sent, and was. `body` is emptied once it is.
outbox = sa.Table(
    "messenger_outbox",
    meta,
    sa.Column("id", _Serial, primary_key=True, autoincrement=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("token", sa.String(64), nullable=False, unique=True),
    sa.Column("by_person", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due_at", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("error", sa.String(80)),
    #: What happened at the desk that this says.
    sa.Column("happening", sa.BigInteger),
    sa.Index("messenger_outbox_person_state", "person", "state"),
    sqlite_autoincrement=True,
)
#: Requests for deletion that came through Meta, for the page that shows their state.
deletions = sa.Table(
    "messenger_deletions",
    meta,
    sa.Column("code", sa.String(32), primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("found", sa.Boolean, nullable=False),
)
