"""I-26: the days that were sealed are still what they were; also what no chain of one account shows: a tail cut off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from django.utils.crypto import constant_time_compare, salted_hmac

from palier.cli.verification.problem import Problem
from palier.store.models import Entry, Programme, Seal


def check_seals(programme_id: int) -> Iterator[Problem]:
    """Add the digests up again from the entries, day by day; the first one that differs is told."""
    seals = list(Seal.objects.filter(programme_id=programme_id).order_by("day"))
    if not seals:
        return
    programme = Programme.objects.get(pk=programme_id)
    heads, counts = _load_heads(programme_id, seals[-1].day)
    days = {seal.day: seal for seal in seals}
    previous = ""
    for day in sorted(set(heads) | set(days)):
        seal = days.get(day)
        if seal is None:
            yield Problem("I-26", "-", f"entries of {day}", "sealed", f"{counts[day]} without a seal")
            return
        lines = "".join(
            f"{account} {sequence} {own}\n" for account, (sequence, own) in sorted(heads[day].items())
        )
        previous = sha256(f"{previous}\n{lines}".encode()).hexdigest()
        if previous != seal.digest:
            yield Problem(
                "I-26", "-", f"seal of {day}", f"{seal.entries} entries of {seal.accounts} accounts, as sealed",
                f"{counts[day]} of {len(heads[day])}, or others",
            )  # fmt: skip
            return
        told, counted = (seal.entries, seal.accounts), (counts[day], len(heads[day]))
        if told != counted:
            yield Problem("I-26", "-", f"entries and accounts of {day}", str(counted), str(told))
        if seal.sealed_at.astimezone(UTC).date() <= day:
            yield Problem("I-26", "-", f"seal of {day}", "made when the day was over", str(seal.sealed_at))
        if not _is_ours(programme.public_id, seal):
            yield Problem(
                "I-26", "-", f"signature of {day}", "signed with this installation's secret key", "another"
            )
            return


def _load_heads(
    programme_id: int, last: date
) -> tuple[dict[date, dict[str, tuple[int, str]]], dict[date, int]]:
    until = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    rows = Entry.objects.filter(programme_id=programme_id, recorded_at__lt=until).order_by()
    heads: dict[date, dict[str, tuple[int, str]]] = defaultdict(dict)
    counts: dict[date, int] = defaultdict(int)
    found = rows.values_list("recorded_at", "account__public_id", "sequence", "hash")
    for recorded_at, account, sequence, own in found.iterator(chunk_size=2000):
        day = recorded_at.astimezone(UTC).date()
        counts[day] += 1
        heads[day][account] = max(heads[day].get(account, (0, "")), (sequence, own))
    return heads, counts


def _is_ours(programme: str, seal: Seal) -> bool:
    text = f"{programme} {seal.day.isoformat()} {seal.digest}"
    ours = salted_hmac("palier.seal", text, algorithm="sha256").hexdigest()
    return constant_time_compare(ours, seal.signature)
