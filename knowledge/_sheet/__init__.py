"""The directory as a sheet the association fills in, and back. Only this door is for others."""

from knowledge._sheet.exporting import export_sheet
from knowledge._sheet.importing import Change, InvalidSheet, SheetImport, read_sheet

__all__ = ["Change", "InvalidSheet", "SheetImport", "export_sheet", "read_sheet"]
