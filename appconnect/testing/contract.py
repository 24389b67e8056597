"""The contract: the same cases for every operation of every CRM, for a class that states its answers."""

from __future__ import annotations

from appconnect.testing.answers import S
from appconnect.testing.cases.completeness import StatedCases
from appconnect.testing.cases.creation import CreationCases
from appconnect.testing.cases.log import CallCases
from appconnect.testing.cases.mapping import MappingCases
from appconnect.testing.cases.match import ContactCases
from appconnect.testing.cases.messages import MessageCases
from appconnect.testing.cases.numbers import NumberCases
from appconnect.testing.cases.odd_records import OddRecordCases
from appconnect.testing.cases.proof import ProofCases
from appconnect.testing.cases.refusals import RefusalCases
from appconnect.testing.cases.settings import SettingCases
from appconnect.testing.cases.sign_in import SignInCases


class ConnectorContract(
    ProofCases[S],
    MessageCases[S],
    MappingCases[S],
    CallCases[S],
    SettingCases[S],
    RefusalCases[S],
    OddRecordCases[S],
    NumberCases[S],
    ContactCases[S],
    CreationCases[S],
    SignInCases[S],
    StatedCases[S],
):
    """All cases, from sign-in to messages. A subclass named ``Test…`` states the answers; pytest runs it.

    ::

        class TestAcme(ConnectorContract[AcmeSandbox]):
            platform = "acme"
            level = "match"
            auth_type = AuthType.API_KEY
            time_zone = "Europe/Lisbon"
            renews = False

            def expire(self, sandbox: AcmeSandbox) -> None:
                sandbox.keys.clear()

            def crowd(self, sandbox: AcmeSandbox) -> tuple[str, int]:
                ...

    What each answer means is in `appconnect.testing.answers.Answers`. Cases of your own go into the class,
    marked with `covers`.
    """
