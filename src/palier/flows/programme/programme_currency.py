"""A programme keeps its currency for as long as it has accounts."""

from __future__ import annotations

from django_scopes import scopes_disabled

from palier.core.programme import values
from palier.core.programme.problems import InvalidProgramme, Problem
from palier.store.members.models import Account
from palier.store.programmes.models import Programme


def check_currency(programme: Programme, parsed: values.Programme) -> None:
    """``InvalidProgramme`` where the document is in another currency than the accounts of the programme."""
    if parsed.currency == programme.currency:
        return
    with scopes_disabled():
        if Account.objects.filter(programme=programme).exists():
            problem = Problem(
                "currency", f"is {programme.currency} for the life of the programme", "start a new one"
            )
            raise InvalidProgramme((problem,))
