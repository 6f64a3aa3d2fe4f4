"""Charts for notebooks: statuses per task, and mismatches per column. Drawn as SVG on this machine; nothing is fetched."""

from __future__ import annotations

from typing import Any

import pandas as pd

from p2c_recon.compare.status import STATUSES
from p2c_recon.reports.sheet_style import STATUS_COLOURS

__all__ = ["chart_columns", "chart_statuses"]

COLOURS = [f"#{STATUS_COLOURS[status]}" for status in STATUSES]


def chart_statuses(ledger: pd.DataFrame) -> Any:
    """Return a stacked bar per task: how many Sales records have which status."""
    counts = ledger.groupby(["task", "status"], as_index=False).size().rename(columns={"size": "records"})
    counts = counts.assign(place=counts["status"].map({status: place for place, status in enumerate(STATUSES)}))
    alt = _altair()
    return (
        alt.Chart(counts, title="Sales records by status", width=520, height=alt.Step(36))
        .mark_bar()
        .encode(
            x=alt.X("records:Q", title="records"),
            y=alt.Y("task:N", title=None),
            color=alt.Color("status:N", scale=alt.Scale(domain=list(STATUSES), range=list(COLOURS)), title="status"),
            order=alt.Order("place:Q"),
            tooltip=["task", "status", "records"],
        )
    )


def chart_columns(findings: pd.DataFrame, top: int = 15) -> Any:
    """Return a bar per column: in how many records it differs, the `top` most frequent."""
    mismatched = findings[findings["category"].eq("mismatched")]
    counts = mismatched.groupby(["task", "field"], as_index=False).size().rename(columns={"size": "records"})
    counts = counts.assign(column=counts["task"] + ": " + counts["field"]).nlargest(top, "records")
    alt = _altair()
    return (
        alt.Chart(counts, title="Columns that differ most", width=520, height=alt.Step(20))
        .mark_bar(color=COLOURS[1])
        .encode(
            x=alt.X("records:Q", title="records", axis=alt.Axis(format="d", tickMinStep=1)),
            y=alt.Y("column:N", sort="-x", title=None, axis=alt.Axis(labelLimit=400)),
            tooltip=["task", "field", "records"],
        )
    )


def _altair() -> Any:
    import altair as alt

    alt.renderers.enable("svg")
    return alt
