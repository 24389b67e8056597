"""One look at the limits of several workbenches, account by account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from appconnect.limits import Forecast, Refusal, Series, Spent, forecast, refusals, series, spent
from appconnect.limits.sent import sent_by
from appconnect.workbench import Workbench


@dataclass(frozen=True)
class AccountView:
    """An account whose limits are shared by its workbenches, and everything that they sent."""

    title: str
    workbenches: tuple[Workbench, ...]
    requests: tuple[Spent, ...]
    series: tuple[Series, ...]
    refusals: tuple[Refusal, ...]
    forecast: Forecast | None

    @property
    def workbench(self) -> Workbench:
        """The one that was answered last."""
        return max(self.workbenches, key=lambda each: each.trace[-1].at if len(each.trace) else each.began)


def look(workbenches: Sequence[Workbench]) -> list[AccountView]:
    """Return how it stands for each account."""
    accounts: dict[tuple[str, int], list[tuple[str, Workbench]]] = {}
    for who, each in zip(labels(workbenches), workbenches, strict=True):
        accounts.setdefault((each.platform, _whose(each)), []).append((who, each))
    titles = _numbered([benches[0][1].title for benches in accounts.values()])
    return [_view(title, benches) for title, benches in zip(titles, accounts.values(), strict=True)]


def _whose(workbench: Workbench) -> int:
    """Return what tells accounts of one CRM apart: what answers; live, all is taken for one account."""
    answering = (workbench.sandbox, workbench.environment.replay, workbench.mode)
    return id(next(each for each in answering if each is not None))


def labels(workbenches: Sequence[Workbench]) -> list[str]:
    """Return a name for each workbench: its CRM's, with a number where there are several."""
    return _numbered([each.title for each in workbenches])


def _numbered(titles: Sequence[str]) -> list[str]:
    several, seen = Counter(titles), Counter[str]()
    numbered = []
    for each in titles:
        seen[each] += 1
        numbered.append(f"{each} {seen[each]}" if several[each] > 1 else each)
    return numbered


def _view(title: str, benches: Sequence[tuple[str, Workbench]]) -> AccountView:
    sent = [
        one
        for who, each in benches
        for one in sent_by(who, title, list(each.trace), each.trace.operation_names)
    ]
    sent.sort(key=lambda each: (each.at, each.exchange.number))
    requests, newest = spent(sent), benches[-1][1]
    paces = newest.rate_limits
    return AccountView(
        title,
        tuple(each for _, each in benches),
        tuple(requests),
        tuple(series(sent, paces)),
        tuple(refusals(requests, paces)),
        forecast(requests, max(each.now() for _, each in benches)),
    )
