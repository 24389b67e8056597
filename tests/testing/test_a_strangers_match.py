"""A package that ``appconnect new`` made is explained like ours: its search uses the shared room already."""

from __future__ import annotations

from pathlib import Path

from appconnect.testing import cast, steps


async def test_a_made_package_tells_why_lena_is_no_match(acme: Path) -> None:
    async with await steps.signed_in("acme") as workbench:
        explained = await workbench.explain_match(cast.NIA.number, expected="Lena")
        assert ["Nia Holt"] == [each.name for each in explained.matches]
        assert explained.forms[0].is_told
        assert ["phone"] == explained.forms[0].fields
        (lena,) = explained.expected
        assert not lena.is_match
        assert "a part of a longer one" in lena.because
