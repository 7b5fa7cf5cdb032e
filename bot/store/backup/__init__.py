"""A copy of the database in one file, made while the server runs, and the way back."""

from bot.store.backup._copies import Backup, back_up, restore
from bot.store.backup._file import BadBackup

__all__ = ["BadBackup", "Backup", "back_up", "restore"]
