"""The tables of the first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answers",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("message", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("beat", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("conversation", "message"),
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("page_language", sa.String(length=8), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "desk",
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("away", sa.Boolean(), nullable=True),
        sa.Column("in_hours", sa.Boolean(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("who"),
    )
    op.create_table(
        "desk_audit",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("worker", sa.Integer(), nullable=False),
        sa.Column("did", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_desk_audit_at"), "desk_audit", ["at"], unique=False)
    op.create_table(
        "desk_call_changes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("call", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("worker", sa.Integer(), nullable=True),
        sa.Column("did", sa.String(length=20), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_desk_call_changes_call"), "desk_call_changes", ["call"], unique=False)
    op.create_table(
        "desk_calls",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("worker", sa.Integer(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("consented_at", sa.DateTime(), nullable=True),
        sa.Column("consent", sa.Text(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("follow_up", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_desk_calls_at"), "desk_calls", ["at"], unique=False)
    op.create_table(
        "desk_counts",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("detail", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "what", "name", "channel", "language", "detail"),
    )
    op.create_table(
        "desk_directory_edits",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("entry", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(length=16), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=True),
        sa.Column("changed", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("worker", sa.Integer(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("taken_in_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entry", "number"),
    )
    op.create_table(
        "desk_notes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("worker", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_desk_notes_conversation"), "desk_notes", ["conversation"], unique=False
    )
    op.create_table(
        "desk_referral_steps",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("referral", sa.Integer(), nullable=False),
        sa.Column("call", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("worker", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_desk_referral_steps_call"), "desk_referral_steps", ["call"], unique=False
    )
    op.create_index(
        op.f("ix_desk_referral_steps_referral"), "desk_referral_steps", ["referral"], unique=False
    )
    op.create_table(
        "desk_referrals",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("call", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("output", sa.Text(), nullable=True),
        sa.Column("consented_at", sa.DateTime(), nullable=True),
        sa.Column("consent", sa.Text(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_desk_referrals_call"), "desk_referrals", ["call"], unique=False)
    op.create_index(op.f("ix_desk_referrals_state"), "desk_referrals", ["state"], unique=False)
    op.create_table(
        "desk_review",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("message", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("guesses", sa.Text(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(), nullable=False),
        sa.Column("skipped_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("conversation", "message"),
    )
    op.create_index(op.f("ix_desk_review_agreed_at"), "desk_review", ["agreed_at"], unique=False)
    op.create_index(
        op.f("ix_desk_review_conversation"), "desk_review", ["conversation"], unique=False
    )
    op.create_table(
        "desk_sessions",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("worker", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash"),
    )
    op.create_index(op.f("ix_desk_sessions_worker"), "desk_sessions", ["worker"], unique=False)
    op.create_table(
        "desk_sign_ins",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("state_hash"),
    )
    op.create_index(op.f("ix_desk_sign_ins_at"), "desk_sign_ins", ["at"], unique=False)
    op.create_table(
        "desk_spans",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_desk_spans_month"), "desk_spans", ["month"], unique=False)
    op.create_table(
        "desk_workers",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("totp_secret", sa.String(length=64), nullable=True),
        sa.Column("totp_used", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("totp_sealed", sa.Text(), nullable=True),
        sa.Column("disabled_at", sa.DateTime(), nullable=True),
        sa.Column("subject", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_index(op.f("ix_desk_workers_subject"), "desk_workers", ["subject"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("rating", sa.String(length=8), nullable=False),
        sa.Column("word", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("answer", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_feedback_conversation"), "feedback", ["conversation"], unique=False)
    op.create_table(
        "handoffs",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("lang", sa.String(length=8), nullable=True),
        sa.Column("unsaid", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("worker", sa.Integer(), nullable=True),
        sa.Column("danger_at", sa.DateTime(), nullable=True),
        sa.Column("delivered", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("conversation"),
    )
    op.create_index(op.f("ix_handoffs_changed_at"), "handoffs", ["changed_at"], unique=False)
    op.create_table(
        "happenings",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("owner", sa.String(length=16), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("lang", sa.String(length=8), nullable=True),
        sa.Column("returned", sa.Boolean(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=True),
        sa.Column("once", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_happenings_conversation"), "happenings", ["conversation"], unique=False
    )
    op.create_table(
        "heard",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_heard_conversation"), "heard", ["conversation"], unique=False)
    op.create_table(
        "left_messages",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reach_by", sa.String(length=8), nullable=False),
        sa.Column("contact", sa.String(length=254), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=True),
        sa.Column("consented_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_left_messages_consented_at"), "left_messages", ["consented_at"], unique=False
    )
    op.create_index(
        op.f("ix_left_messages_conversation"), "left_messages", ["conversation"], unique=False
    )
    op.create_table(
        "pages",
        sa.Column("view_hash", sa.String(length=64), nullable=False),
        sa.Column("form_hash", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("shown_until", sa.DateTime(), nullable=False),
        sa.Column("draft", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("view_hash"),
    )
    op.create_index(op.f("ix_pages_conversation"), "pages", ["conversation"], unique=False)
    op.create_index(op.f("ix_pages_form_hash"), "pages", ["form_hash"], unique=False)
    op.create_table(
        "states",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("conversation"),
    )
    op.create_index(op.f("ix_states_changed_at"), "states", ["changed_at"], unique=False)
    op.create_table(
        "messenger_deletions",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "messenger_inbox",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("once", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "messenger_inbox_person_state", "messenger_inbox", ["person", "state"], unique=False
    )
    op.create_table(
        "messenger_outbox",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("by_person", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", sa.String(length=80), nullable=True),
        sa.Column("happening", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "messenger_outbox_person_state", "messenger_outbox", ["person", "state"], unique=False
    )
    op.create_table(
        "messenger_people",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("source", sa.String(length=250), nullable=True),
        sa.Column("active_at", sa.BigInteger(), nullable=False),
        sa.Column("wrote_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.Column("quiet_until", sa.BigInteger(), nullable=True),
        sa.Column("returns", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("choices", sa.Text(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("claimed_by", sa.String(length=120), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("written", sa.Float(), server_default="0", nullable=False),
        sa.Column("written_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("told", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("told_fast_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("told_write_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )
    op.create_index(
        op.f("ix_messenger_people_active_at"), "messenger_people", ["active_at"], unique=False
    )
    op.create_index(
        op.f("ix_messenger_people_due_at"), "messenger_people", ["due_at"], unique=False
    )
    op.create_table(
        "messenger_seen",
        sa.Column("once", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("once"),
    )
    op.create_index(op.f("ix_messenger_seen_at"), "messenger_seen", ["at"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("before this there is nothing: a backup is the way back")
