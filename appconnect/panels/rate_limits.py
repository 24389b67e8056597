"""What is left of the rate limits, which request used it, what operations cost, how long it lasts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets as widgets
from markupsafe import Markup

from appconnect import display
from appconnect.limits import Refusal, Spent, Use, uses
from appconnect.panels import limits_chart, limits_cost, limits_standing, limits_use, styling
from appconnect.panels.following import Follower
from appconnect.panels.limits_view import AccountView, look
from appconnect.panels.panel import LABELS, Panel, choice, row
from appconnect.panels.timeline.groups import sources
from appconnect.workbench import Workbench

if TYPE_CHECKING:
    from appconnect.sandbox.base import CrmSandbox

MAX_TIMES = 10_000_000
MAX_REFUSALS = 30
"""How many of the newest refusals can be chosen."""
PRACTISE = "Practise on a plan of the sandbox"
EVERYTHING = ("everything that was sent", "")


class RateLimitsPanel(Panel):
    """The limits of one or several workbenches over time, which request used them, and what is to come.

    Workbenches of one account share its limits, so their requests and refusals stand together. Until the
    panel is shown or asked, nothing is read; from then on it follows the traffic, a few times a second.
    """

    title = "Rate limits"
    lead = "What the CRM allows, which request used it, and how long the rest will last."

    def __init__(self, *workbenches: Workbench) -> None:
        self.workbenches = workbenches
        super().__init__(workbenches[0])
        for each in workbenches[1:]:
            each.on_user_change(self.user_changed)
        self._now, self._chart, self._verdict, self._used_head = (widgets.HTML() for _ in range(4))
        self._price, self._costs = widgets.HTML(), widgets.HTML()
        self._uses: dict[tuple[str, str], widgets.HTML] = {}
        self._used = widgets.VBox()
        self._total: list[Use] = []
        self._refusals: dict[str, Refusal] = {}
        self.explain = choice("Show", [EVERYTHING])
        self.operation = choice("Next", self._operations())
        self.times = widgets.BoundedIntText(1000, min=1, max=MAX_TIMES, description="How often", style=LABELS)
        plans = [(each.capitalize(), each) for each in limits_cost.plans_of(workbenches)]
        self.plan = choice("On plan", [("as it is now", limits_cost.AS_IT_IS), *plans])
        for each in (self.explain, self.operation):
            each.add_class("ac-grow")
        self._sandboxes = {each.title: each.workbench.sandbox for each in look(workbenches)}
        self.practice = {
            title: _practice(title, crm) for title, crm in self._sandboxes.items() if crm is not None
        }
        self._lay_out()
        self.on_change([self.explain], self._show_use)
        self.on_change([self.operation, self.times, self.plan], self._show_price)
        for title, dropdown in self.practice.items():
            self.on_change([dropdown], partial(self._practise, title))
        self._views: list[AccountView] = []
        self._follower = Follower(self._draw)
        for each in workbenches:
            self._follower.follow(each.trace.watch)
        self._draw()

    def _lay_out(self) -> None:
        self.for_choosing = row(self.operation, self.times, self.plan)
        self.show(
            self._now,
            self._chart,
            widgets.HTML(styling.heading("Which request used it")),
            row(self.explain),
            self._verdict,
            self._used_head,
            self._used,
            widgets.HTML(styling.heading("What comes next")),
            self.for_choosing,
            self._price,
            self._costs,
            *([widgets.HTML(styling.heading(PRACTISE))] if self.practice else []),
            *map(row, self.practice.values()),
            self.status,
        )

    def close(self) -> None:
        """Stop following the traffic."""
        self._follower.close()

    # -- what is shown, up to date --

    @property
    def now(self) -> widgets.HTML:
        """How each account stands."""
        self._follower.catch_up()
        return self._now

    @property
    def chart(self) -> widgets.HTML:
        """The limits over time."""
        self._follower.catch_up()
        return self._chart

    @property
    def verdict(self) -> widgets.HTML:
        """Why a request was refused, and what had used up the limit."""
        self._follower.catch_up()
        return self._verdict

    @property
    def used(self) -> widgets.VBox:
        """The operations, the one that used most first; each opens to its requests."""
        self._follower.catch_up()
        return self._used

    @property
    def price(self) -> widgets.HTML:
        """What the chosen operation costs, and how long many of them take."""
        self._follower.catch_up()
        return self._price

    @property
    def costs(self) -> widgets.HTML:
        """What every operation costs, CRM by CRM."""
        self._follower.catch_up()
        return self._costs

    # -- drawing --

    def _draw(self) -> None:
        try:
            self._views = look(self.workbenches)
            self._now.value = self._each(limits_standing.standing)
            self._chart.value = self._each(partial(_drawn, with_tables=True))
            self._offer_refusals()
            self._show_use()
            self._show_price()
        except Exception as error:
            self._say_error(error)

    def _each(self, show: Callable[[AccountView], Markup]) -> Markup:
        """Return what is shown of each account, under its title where there are several."""
        if len(self._views) == 1:
            return show(self._views[0])
        parts = [(styling.heading(each.title), show(each)) for each in self._views]
        return Markup("").join(title + part for title, part in parts if part)

    def _offer_refusals(self) -> None:
        several = len(self._views) > 1
        found = [(view, each) for view in self._views for each in view.refusals][-MAX_REFUSALS:]
        keys = [f"{each.request.sent.who} {each.request.sent.exchange.number}" for _, each in found]
        self._refusals = {key: each for key, (_, each) in zip(keys, found, strict=True)}
        options = [EVERYTHING] + [
            (limits_use.option(each, account=view.title if several else ""), key)
            for key, (view, each) in zip(keys, found, strict=True)
        ]
        if list(self.explain.options) != options:
            chosen = self.explain.value
            self.explain.options = options
            self.explain.value = chosen if chosen in self._refusals else EVERYTHING[1]

    def _show_use(self) -> None:
        chosen = self._refusals.get(str(self.explain.value))
        newest = chosen or next(reversed(self._refusals.values()), None)
        self._verdict.value = limits_use.verdict(newest) if newest else display.NOTHING
        requests: list[Spent] = [one for each in self._views for one in each.requests]
        total = uses(chosen.before if chosen else requests)
        self._total = total
        self._list(total)
        self._used_head.value = (  # the last, so that who sees it change may open what is listed
            limits_use.head(total) if total else styling.empty("No requests yet: nothing has been used.")
        )

    def _list(self, total: Sequence[Use]) -> None:
        """List these; a line that says what it said before stays as it is, also open."""
        several, shown = len(self.workbenches) > 1, []
        for use in total:
            line = self._uses.setdefault((use.who, use.operation), widgets.HTML())
            text = limits_use.operation(use, total, several=several)
            if line.value != text:
                line.value = text
            shown.append(line)
        if self._used.children != tuple(shown):
            self._used.children = tuple(shown)

    def _show_price(self) -> None:
        name, times, plan = str(self.operation.value), int(self.times.value), str(self.plan.value)
        sentences = []
        for each in self._views:
            told = [limits_cost.price(each.workbench, name)]
            told.append(limits_cost.prospect(each.workbench, name, times, plan))
            whose = f"{each.title}: " if len(self._views) > 1 else ""
            sentences.append(f"{whose}{' '.join(told)}".strip())
        self._price.value = Markup("").join(
            Markup('<p class="ac-lead">{}</p>').format(each) for each in sentences
        )
        measured = uses(one for each in self._views for one in each.requests)
        self._costs.value = limits_cost.comparison(self._views, measured)

    # -- the practice plan --

    def _practise(self, title: str) -> None:
        """Put an account's sandbox on the plan that is chosen, from its next answer on."""
        crm, plan = self._sandboxes[title], str(self.practice[title].value)
        if crm is not None and crm.plan != plan:
            crm.plan = plan
            self.say("success", f"{title}'s sandbox is on {plan} from its next answer on.")

    @property
    def named_workbenches(self) -> list[tuple[str, Workbench]]:
        """The workbenches whose limits it shows, each with a label of its own."""
        return [(each.label, each.workbench) for each in sources(self.workbenches)]

    # -- how it shows itself --

    def _operations(self) -> list[tuple[str, str]]:
        names = list(dict.fromkeys(name for each in self.workbenches for name in each.costs))
        if {"find_contact", "create_call_log"} <= set(names):
            names = [limits_cost.CALL, *names]
        return [(limits_cost.words_of(each), each) for each in names] or [("no costs documented", "")]

    def _show_head(self) -> None:
        super()._show_head()
        if len(self.workbenches) > 1:
            titles = dict.fromkeys(each.title for each in self.workbenches)
            modes = dict.fromkeys(each.mode.value for each in self.workbenches)
            about = f"{', '.join(titles)} · {', '.join(modes)}"
            self._head.value = styling.head(self.title, self.lead, about)

    def about(self) -> str:
        """Return what is left now and today."""
        views = look(self.workbenches)
        if len(views) == 1:
            return limits_standing.in_short(views[0].workbench)
        return "; ".join(f"{each.title}: {limits_standing.in_short(each.workbench)}" for each in views)

    def snapshot(self) -> str:
        """Return how it stands, the drawings and what each operation used, as plain HTML."""
        self._follower.catch_up()
        rows = [limits_use.in_short(each) for each in self._total]
        used = display.table("What each operation used", limits_use.SHORT, rows) if rows else ""
        parts = (self._now.value, self._each(_drawn), self._verdict.value, used, self._price.value)
        return "".join([str(styling.heading(self.title)), *map(str, parts)])

    def _repr_mimebundle_(self, **more: object) -> dict[str, object]:
        self._follower.shown()
        return super()._repr_mimebundle_(**more)


def _practice(title: str, crm: CrmSandbox) -> widgets.Dropdown:
    words = crm.guide().plans
    options = [(f"{each}: {words[each]}" if each in words else each, each) for each in crm.plans]
    dropdown = choice(title, options, value=crm.plan)
    dropdown.add_class("ac-grow")
    return dropdown


def _drawn(view: AccountView, *, with_tables: bool = False) -> Markup:
    parts = [
        Markup("<div>{}{}</div>").format(
            limits_chart.drawing(each, hover=with_tables),
            limits_chart.table(each) if with_tables else display.NOTHING,
        )
        for each in limits_chart.charts(view.series)
    ]
    return Markup('<div class="ac-two">{}</div>').format(Markup("").join(parts)) if parts else display.NOTHING
