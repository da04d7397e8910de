"""The demo's programme gets ahead of the world by some months, so that one sees what time does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from palier.core.errors import Refusal
from palier.core.period import Duration, add, zone
from palier.store.programmes.models import Programme

MONTHS_MAX = 12
OFFSET_MAX = timedelta(days=3650)


class ClockStands(Refusal):
    """Only a demo's clock can be moved, and only forward."""

    code = "clock_stands"


@dataclass(frozen=True, slots=True)
class AdvanceClock:
    """So many calendar months, 1 to 12."""

    programme_id: int
    months: int = 1


def advance_clock(command: AdvanceClock, *, now: datetime) -> datetime:
    """The programme's new present, ``now`` being the world's. What has become due is booked by due work as ever.

    ``ClockStands`` outside the demo: in a real shop time is not for us to move.
    """
    if not settings.PALIER_DEMO:
        raise ClockStands("the clock can be moved in the demo only", hint="start it with palier demo")
    if not 1 <= command.months <= MONTHS_MAX:
        raise ClockStands(f"the clock moves forward by 1 to {MONTHS_MAX} months", path="months")
    with transaction.atomic():
        programme = Programme.objects.select_for_update().get(pk=command.programme_id)
        present = now + timedelta(seconds=programme.clock_offset_s)
        later = add(present, Duration(months=command.months), zone(programme.timezone))
        offset = programme.clock_offset_s + round((later - present).total_seconds())
        if offset > OFFSET_MAX.total_seconds():
            raise ClockStands("the demo's clock is ten years ahead already", hint="make the demo anew")
        Programme.objects.filter(pk=programme.pk).update(clock_offset_s=offset)
    return now + timedelta(seconds=offset)
