"""Forms that make something whose secret is shown once: sent twice, they count once."""

from __future__ import annotations

from django.http import HttpRequest

from palier.store.ids import new_public_id

_SENT = "forms_sent"
KEPT = 50
"""So many sent forms are remembered for each session."""


def new_form() -> str:
    """The id of a form that has not been sent yet."""
    return new_public_id()


def is_first(request: HttpRequest) -> bool:
    """Whether this form is sent for the first time: a second click, a reload or the back button send it again."""
    form = request.POST.get("form", "")[:36]
    sent: list[str] = request.session.get(_SENT, [])
    if not form or form in sent:
        return False
    request.session[_SENT] = [*sent, form][-KEPT:]
    return True
