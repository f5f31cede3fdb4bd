"""How well the model does beside simpler ways of recommending, with intervals, and how its training went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from attention.figures.line_chart import Line, line_chart
from attention.figures.score_intervals import Gain, score_intervals
from attention.ui.charts import as_table
from attention.ui.page import notice, quiet
from attention.ui.recommendation.charts import chart
from attention.ui.recommendation.text import BASELINES, TEXT

HIT, GAIN = "hr@10", "ndcg@10"
CURVES = (("valid_hr", "HR@10"), ("score", "NDCG@10"))  # columns of the training log


def show_scores(scores: Mapping[str, Any]) -> None:
    """Show the scores of a config.json beside those of the simpler methods; nothing where there are none."""
    others = measured_baselines(scores)
    if not others:
        return
    notice(scores_line(scores, others))
    gains = [Gain(TEXT[name], *_interval(scores, name, HIT)) for name in others if _interval(scores, name, HIT)]
    if gains:
        caption = TEXT["scores_caption"].format(readers=f"{scores['readers']:,}")
        chart(score_intervals(gains, TEXT["scores_axis"]), "scores", caption)
        quiet(caption)
    as_table(scores_frame(scores, others))


def measured_baselines(scores: Mapping[str, Any]) -> dict[str, Mapping[str, float]]:
    """Return the simpler methods that were scored, by name, in the order in which they are shown."""
    found = scores.get("baselines", {})
    return {name: found[name] for name in BASELINES if found.get(name)}


def scores_line(scores: Mapping[str, Any], others: Mapping[str, Mapping[str, float]]) -> str:
    """Say in one sentence how often the next book is among the ten."""
    best = max(others, key=lambda name: others[name][HIT])
    return TEXT["scores_line"].format(
        share=percent(scores[HIT]),
        popularity=percent(others["popularity"][HIT]) if "popularity" in others else "–",
        name=TEXT[best],
        best=percent(others[best][HIT]),
    )


def scores_frame(scores: Mapping[str, Any], others: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """Return every method with both scores, and the difference to ours with its interval."""
    rows = [{TEXT["model"]: TEXT["ours"], "HR@10": percent(scores[HIT]), "NDCG@10": f"{scores[GAIN]:.3f}"}]
    for name, measured in others.items():
        row = {TEXT["model"]: TEXT[name], "HR@10": percent(measured[HIT]), "NDCG@10": f"{measured[GAIN]:.3f}"}
        for key, title in ((HIT, "difference_hr"), (GAIN, "difference_ndcg")):
            found = _interval(scores, name, key)
            row[TEXT[title]] = "{:+.3f} ({:+.3f} … {:+.3f})".format(*found).replace("-", "−") if found else ""
        rows.append(row)
    return pd.DataFrame(rows).fillna("").set_index(TEXT["model"])


def show_training(log: Sequence[Mapping[str, Any]]) -> None:
    """Show how training went, where the log tells it."""
    lines = []
    for column, name in CURVES:
        points = [(row["minutes"], row[column]) for row in log if "minutes" in row and column in row]
        if points:
            lines.append(Line(name, *zip(*points, strict=True)))
    if lines:
        figure = line_chart(lines, TEXT["minutes"], TEXT["share_axis"], dots=True, from_zero=True)
        chart(figure, "training", TEXT["curve_caption"])
        quiet(TEXT["curve_caption"])
        as_table(pd.DataFrame(log))


def percent(share: float) -> str:
    return f"{100 * share:.1f}\u00a0%"


def _interval(scores: Mapping[str, Any], name: str, key: str) -> tuple[float, float, float] | None:
    found = scores.get("differences", {}).get(name, {}).get(key)
    return (found["difference"], found["low"], found["high"]) if found else None
