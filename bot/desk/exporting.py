"""What editors changed, back as YAML files."""

from dataclasses import dataclass, field
from pathlib import Path

from bot.desk.editor import is_conflict
from bot.store import DirectoryEdits
from knowledge import FOLDER, KnowledgeError, on_disk, write_document


@dataclass
class Export:
    """The files that were written, and the entries that were not, each with the reason."""

    written: list[Path] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)


def export(edits: DirectoryEdits, target: Path, folder: Path = FOLDER) -> Export:
    """Writes the newest version of every entry that no release contains.

    A file of `target`, or else of `folder`, is changed only where it differs. One that was
    changed otherwise meanwhile is left alone: the editor decides which is right.
    """
    done = Export()
    for key, edit in sorted(edits.newest().items()):
        base = target if (target / f"{key}.yml").exists() else folder
        if edit.taken_in_at is not None or on_disk(base, key) == edit.content:
            continue
        if is_conflict(edits.of(key), on_disk(base, key)):
            done.left[key] = "the file was changed otherwise: decide in the directory editor"
            continue
        try:
            done.written.append(write_document(base, target, key, edit.content))
        except (KnowledgeError, OSError) as error:
            done.left[key] = str(error)
    return done
