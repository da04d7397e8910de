"""What ``palier member`` prints, in the language that was asked for. Its words are those of the back-office."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from palier.cli.member_facts import Sight
from palier.core.explain.movement import Movement
from palier.core.period import last_day, zone
from palier.flows.members.explain_standing import Standing

LISTED_MAX = 20
"""Most lots and most coupons that are printed; JSON has all."""


def shown(sight: Sight, *, shows_codes: bool) -> list[str]:
    """The whole member: balances, tier, lots, coupons, and the newest movements."""
    with override(sight.language):
        return [
            *_head(sight),
            "",
            *_balances(sight),
            *_titled(_("Points by their end"), _lots(sight)),
            *_titled(_("Coupons"), _coupons(sight, shows_codes=shows_codes)),
            *_titled(_("What happened"), _movements(sight)),
        ]


def explained(sight: Sight, standing: Standing | None) -> list[str]:
    """Why the tier and the points are what they are, and the movements, each with its reasons."""
    with override(sight.language):
        why = ("", *standing.tier, *standing.points) if standing else ()
        return [*_head(sight), *why, *_titled(_("What happened"), _movements(sight))]


def _head(sight: Sight) -> Iterator[str]:
    profile = sight.profile
    name = profile.name or profile.email if profile else ""
    known = name or _("Member without a name")
    yield f"{known} · {_('Customer number')} {sight.customer}"
    if profile and profile.email and profile.email != name:
        yield profile.email
    tier = sight.tier_name(sight.view.tier) if sight.view.tier else _("No tier")
    since = _("since %(since)s") % {"since": sight.formats.day(sight.tier_since)} if sight.tier_since else ""
    yield f"{_('Tier')} · {tier}{', ' + since if since else ''}"
    yield from _by_hand(sight)
    if sight.view.programme.tiers:
        yield _progress(sight)


def _by_hand(sight: Sight) -> Iterator[str]:
    """A tier that staff gave, and an account that its shop closed."""
    given, closed_at = sight.view.override, sight.view.closed_at
    if given is not None and given.until is not None:
        yield _("Given by staff, last day %(date)s") % {"date": _last_day(sight, given.until)}
    elif given is not None:
        yield _("Given by staff, without an end")
    if closed_at is not None:
        yield _("Closed by the shop on %(date)s") % {"date": sight.formats.day(closed_at)}


def _progress(sight: Sight) -> str:
    progress, tiers = sight.view.progress, sight.view.programme.tiers
    assert tiers is not None
    if progress.next is None or progress.threshold is None:
        return _("Highest tier reached")
    write = sight.formats.money if tiers.metric == "spend" else sight.formats.number
    words = {
        "spent": write(progress.spent),
        "threshold": write(progress.threshold),
        "missing": write(progress.missing),
        "tier": sight.tier_name(progress.next),
    }
    if tiers.metric == "points":
        return _("%(spent)s of %(threshold)s points, %(missing)s more to %(tier)s") % words
    if tiers.metric == "orders":
        return _("%(spent)s of %(threshold)s orders, %(missing)s more to %(tier)s") % words
    return _("%(spent)s of %(threshold)s, %(missing)s more to %(tier)s") % words


def _balances(sight: Sight) -> list[str]:
    totals, number = sight.view.totals, sight.formats.number
    rows = [(_("Available"), number(totals.available)), (_("Pending"), number(totals.pending))]
    if totals.held:
        rows.append((pgettext("points", "Held"), number(totals.held)))
    if totals.debt:
        rows.append((pgettext("points", "Debt"), number(totals.debt)))
    rows += [
        (_("Earned in all"), number(totals.lifetime)),
        (pgettext("points", "Spent"), number(totals.spent)),
        (pgettext("points", "Expired"), number(totals.expired)),
        (_("Orders"), number(totals.orders)),
        (_("Spend"), sight.formats.money(totals.spend_minor)),
    ]
    width = max(len(value) for _name, value in rows)
    return _table([(name, f"{value:>{width}}") for name, value in rows])


def _lots(sight: Sight) -> list[str]:
    if not sight.lots:
        return [_("No points are left.")]
    rows = []
    width = max(len(sight.formats.number(lot.remaining)) for lot in sight.lots)
    for lot in sight.lots[:LISTED_MAX]:
        end = _("last day %(date)s") % {"date": _last_day(sight, lot.ends_at)} if lot.ends_at else _("No end")
        state = [] if lot.settled else [_("Pending")]
        rows.append((f"{sight.formats.number(lot.remaining):>{width}}", ", ".join([end, *state])))
    return [*_table(rows), *_left_out(len(sight.lots))]


def _coupons(sight: Sight, *, shows_codes: bool) -> list[str]:
    from palier.core.account import Coupon

    states = {
        "issued": pgettext("coupon", "Issued"),
        "reserved": pgettext("coupon", "Reserved"),
        "used": pgettext("coupon", "Used"),
        "expired": pgettext("coupon", "Expired"),
        "cancelled": pgettext("coupon", "Cancelled"),
    }

    def row(coupon: Coupon) -> tuple[str, str]:
        issued = _("issued %(date)s") % {"date": sight.formats.day(coupon.issued_at)}
        told = [states[coupon.state], issued]
        if coupon.ends_at:
            told.append(_("last day %(date)s") % {"date": _last_day(sight, coupon.ends_at)})
        return sight.code(coupon, is_whole=shows_codes) or _("Code follows"), ", ".join(told)

    newest = sight.view.coupons[::-1][:LISTED_MAX]
    return [*_table([row(coupon) for coupon in newest]), *_left_out(len(sight.view.coupons))] or [
        _("No coupons yet.")
    ]


def _left_out(count: int) -> list[str]:
    left = max(0, count - LISTED_MAX)
    words = ngettext("and %(counter)s more", "and %(counter)s more", left) % {"counter": left}
    return [words] if left else []


def _movements(sight: Sight) -> list[str]:
    lines: list[str] = []
    for movement in sight.movements:
        lines.extend(_movement(sight, movement))
    if sight.has_more:
        lines.append(f"… {pgettext('history', 'Older')}: --limit")
    return lines or [_("Nothing yet.")]


def _movement(sight: Sight, movement: Movement) -> Iterator[str]:
    name, told = sight.told(movement)
    change, number = movement.change.total, sight.formats.number
    sign = "+" if change > 0 else "\N{MINUS SIGN}" if change < 0 else ""
    gain = f"{sign}{number(abs(change))}, " if change else ""
    balance = _("balance %(balance)s") % {"balance": number(movement.balance.total)}
    yield f"{sight.formats.day(movement.when)} · {name} ({gain}{balance})"
    yield from (f"    {line}" for line in told)


def _last_day(sight: Sight, end: datetime) -> str:
    return sight.formats.day(last_day(end, zone(sight.timezone)))


def _titled(heading: str, lines: list[str]) -> list[str]:
    return ["", heading, *(f"  {line}" for line in lines)]


def _table(rows: list[tuple[str, str]]) -> list[str]:
    width = max((len(left) for left, _right in rows), default=0)
    return [f"{left:<{width}}  {right}" for left, right in rows]
