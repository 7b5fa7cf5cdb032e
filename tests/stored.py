"""What stands on the disk of an SQLite database: its file, and what its log holds beside it."""

from pathlib import Path


def stored(path: Path) -> bytes:
    """All bytes of the file and of the log."""
    log = path.with_name(f"{path.name}-wal")
    return path.read_bytes() + (log.read_bytes() if log.exists() else b"")
