"""All cases."""

from __future__ import annotations

from tests.crash import entrances, flows_of_members, flows_of_programmes, tables

CASES = (*flows_of_members.CASES, *flows_of_programmes.CASES, *entrances.CASES, *tables.CASES)

NOT_TRIED = {
    "checkout.quote_cart": "reads",
    "members.explain_standing": "reads",
    "members.export_member": "reads",
    "members.read_balance": "reads",
    "members.read_member": "reads",
    "programme.advance_clock": "moves the demo's clock by one UPDATE; no real programme's",
}
"""Flows that no case tries, each with its reason."""
