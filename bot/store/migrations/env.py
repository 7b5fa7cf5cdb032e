"""Run by Alembic. The connection, its transaction and its lock are the caller's (`_apply.py`)."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
