"""A table of choices: what is chosen is a row that there is, and is told to whoever watches."""

from __future__ import annotations

import pytest

from appconnect.panels.choice_table import ChoiceTable

ROWS, NAMES = [("Nia <Holt>", "1"), ("Omar Vance", "2")], ["Nia", "Omar"]


def filled(chosen: int | None = None) -> ChoiceTable:
    table = ChoiceTable(("Who", "Id"))
    table.fill(ROWS, NAMES, "2 found", chosen)
    return table


@pytest.mark.parametrize(("asked", "chosen"), [(0, 0), (1, 1), (2, None), (-1, None), (None, None)])
def test_only_a_row_that_there_is_can_be_chosen(asked: int | None, chosen: int | None) -> None:
    assert chosen == filled(asked).value
    table = filled(1)
    table.value = asked
    assert chosen == table.value


def test_whoever_watches_hears_of_the_same_place_in_other_rows() -> None:
    table, heard = filled(0), []
    table.observe(lambda change: heard.append(change.new), "value")
    table.fill([("Ines Roth", "3")], ["Ines"], "1 found", 0)
    assert ([None, 0], [["Ines Roth", "3"]], ["Ines"], "1 found") == (
        heard, table.rows, table.names, table.caption,
    )  # fmt: skip


def test_it_is_shown_as_a_plain_table_with_what_is_chosen() -> None:
    assert "" == ChoiceTable(("Who", "Id")).as_html()
    shown = str(filled(1).as_html())
    assert "<caption>2 found</caption>" in shown
    assert '<th scope="col">Who</th><th scope="col">Id</th>' in shown
    assert "<tr><td>Nia &lt;Holt&gt;</td><td>1</td></tr>" in shown
    assert '<tr class="chosen"><td>Omar Vance</td><td>2</td></tr>' in shown
    assert "chosen" not in str(filled().as_html())
