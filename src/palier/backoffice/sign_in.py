"""Signing in: wrong passwords cost time, so that nobody guesses one. Counted in this process, approximately."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from unfold.forms import AuthenticationForm

WRONG_MAX = 10
WITHIN = timedelta(minutes=5)
KNOWN_MAX = 10_000
"""So many names and addresses with wrong passwords are remembered."""

_lock = Lock()
_wrong: dict[tuple[str, str], deque[datetime]] = {}


class SignInForm(AuthenticationForm):
    """After ten wrong passwords in five minutes a name has to wait, at the address from which they came.

    Behind a proxy all come from one address: then a stranger can make somebody wait, and learns nothing by it.
    """

    def clean(self) -> dict[str, Any]:
        who = (str(self.data.get("username", "")).strip().casefold()[:200], _address(self.request))
        if _has_to_wait(who):
            raise ValidationError(
                _("Too many wrong passwords: wait five minutes, then try again."), code="wait"
            )
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            _count(who)
            raise
        forget(who)
        return cleaned


def forget(who: tuple[str, str] | None = None) -> None:
    """Whoever it is may begin anew; without a name everybody (tests)."""
    with _lock:
        if who is None:
            _wrong.clear()
        else:
            _wrong.pop(who, None)


def _address(request: Any) -> str:
    return str(request.META.get("REMOTE_ADDR", "")) if request is not None else ""


def _has_to_wait(who: tuple[str, str]) -> bool:
    now = timezone.now()
    with _lock:
        tries = _wrong.get(who)
        while tries and tries[0] <= now - WITHIN:
            tries.popleft()
        return tries is not None and len(tries) >= WRONG_MAX


def _count(who: tuple[str, str]) -> None:
    with _lock:
        if who not in _wrong and len(_wrong) >= KNOWN_MAX:
            _wrong.clear()
        _wrong.setdefault(who, deque(maxlen=WRONG_MAX)).append(timezone.now())
