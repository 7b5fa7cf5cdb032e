"""Reports of what was asked for and what became of it, in which nobody can be found."""

from bot.desk.reports._charts import Chart, chart
from bot.desk.reports._figures import Period, Report, Table, period_of, report
from bot.desk.reports._files import as_csv, as_xlsx
from bot.desk.reports._suppression import FEWEST, suppressed

__all__ = [
    "FEWEST",
    "Chart",
    "Period",
    "Report",
    "Table",
    "as_csv",
    "as_xlsx",
    "chart",
    "period_of",
    "report",
    "suppressed",
]
