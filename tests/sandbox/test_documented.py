"""What the manual shows a stranger to send is taken."""

import json
import re
from pathlib import Path

import pytest

from forbear.sandbox.faults import Fault
from forbear.sandbox.statuses import Outcome
from tests.sandbox.box import Box

MANUAL = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text("utf-8")
FOUND = re.findall(r'"\$control(/[\w/-]+)" --json \'(.*?)\'', MANUAL, re.DOTALL)
ORDERS = [(path, body) for path, body in FOUND if path != "/clock"]
"""All but the leaps of the clock, which every test here shares; they are tried where it is put back."""
NOT_THE_CARRIERS = {"out_of_service", "inbound_delayed"}
"""Faults of the domestic provider, which the box alone is not."""


@pytest.mark.parametrize(("path", "body"), ORDERS)
def test_an_order_of_the_manual_is_taken(box: Box, path: str, body: str) -> None:
    answer = box.control.post(path, json=json.loads(body))
    assert answer.is_success, answer.text
    if path == "/faults":
        box.control.delete(f"/faults/{answer.json()['id']}").raise_for_status()


def test_the_manual_names_every_fault_of_the_carrier_and_every_outcome() -> None:
    carriers = {fault.value for fault in Fault if not fault.value.startswith(("payment_", "event_"))}
    named = set(re.findall(r"`([a-z0-9_]+)`", MANUAL))
    assert not carriers - NOT_THE_CARRIERS - named
    assert not {outcome.value for outcome in Outcome} - named
