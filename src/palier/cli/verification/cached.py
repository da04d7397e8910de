"""I-1, I-10: every key of an account's cached state, told again from the rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from palier.cli.verification.births import Pieces
from palier.cli.verification.problem import Problem
from palier.cli.verification.rows import Holdings, Ledger, Row, instant_of, us_of
from palier.core.period import Duration, local_day, start_of_day, subtract, zone
from palier.core.programme.values import Programme

KEYS = {
    "format", "lots", "coupons", "withdrawn", "tier_coupons", "contributions", "once", "demote_at", "stepped_at",
    "override", "holds", "first_claims", "closed_at", "last_order", "next_lot",
}  # fmt: skip


def check_keys(ledger: Ledger) -> Iterator[Problem]:
    """I-1: the state is of the known form, and what is empty is left out of it."""
    if ledger.state.get("format") != 1:
        yield Problem("I-1", ledger.name, "form of the state", "1", str(ledger.state.get("format")))
    for key, value in ledger.state.items():
        if key not in KEYS or value in (None, []):
            yield Problem("I-1", ledger.name, f"key {key} in the state", "left out", str(value)[:40])


def check_lot_rows(holdings: Holdings) -> Iterator[Problem]:
    """I-1: what the state says of a lot is what its row says; when it settles its order may have said since."""
    pieces = Pieces(holdings)
    for ledger in holdings.ledgers:
        rows = {lot.number: lot for lot in ledger.lots}
        for cached in ledger.state.get("lots", ()):
            row = rows.get(cached[0])
            if row is None:
                continue
            origin = [row.origin_account, row.origin_number] if row.origin_number is not None else None
            expected = [us_of(row.starts_at), us_of(row.born_at), us_of(row.own_end), origin]
            found = [cached[2], cached[3], cached[6], cached[8]]
            where = f"lot {row.number} in the state"
            if found != expected:
                yield Problem("I-1", ledger.name, where, str(expected), str(found))
            known = pieces.availability(row, ledger)
            if instant_of(cached[5]) not in known:
                told = " or ".join(sorted(map(str, known)))
                yield Problem("I-1", ledger.name, f"{where}: available", told, str(instant_of(cached[5])))


def check_coupons(holdings: Holdings) -> Iterator[Problem]:
    """I-1: open coupons, withdrawn ones and the tiers' are in the state as their rows say."""
    erased_at = holdings.ledgers[0].account.erased_at
    for ledger in holdings.ledgers:
        rows = {coupon.public_id: coupon for coupon in ledger.coupons}
        for key in ("coupons", "withdrawn"):
            for cached in ledger.state.get(key, ()):
                row = rows.get(cached["id"])
                if row is None or cached != _written(row):
                    what = f"coupon {cached['id']} in the state ({key})"
                    yield Problem(
                        "I-1", ledger.name, what, "as its row", "missing" if row is None else "otherwise"
                    )
        withdrawn = {cached["id"] for cached in ledger.state.get("withdrawn", ())}
        cancelled = {id for id, row in rows.items() if row.state == "cancelled"}
        surely, maybe = cancelled, cancelled
        if erased_at is not None:
            surely, maybe = _withdrawn_since(erased_at, ledger, [rows[id] for id in cancelled])
        if not surely <= withdrawn <= maybe:
            told = [", ".join(sorted(each)) or "none" for each in (surely, withdrawn)]
            yield Problem("I-1", ledger.name, "withdrawn coupons in the state", *told)
        yield from _check_tier_coupons(ledger, rows, is_erased=erased_at is not None)


def _withdrawn_since(erased_at: datetime, ledger: Ledger, cancelled: list[Row]) -> tuple[set[str], set[str]]:
    """Coupons that orders told since the erasure withdrew, surely and maybe: those that it withdrew never come back.

    What tells: they were issued since, or an entry withdrew them since; of tiers' coupons the state itself.
    """
    said = {entry.cause: entry.effective_at for entry in ledger.entries if entry.kind == "withdraw"}
    times = {row.public_id: max(row.issued_at, said.get(row.public_id, row.issued_at)) for row in cancelled}
    of_tiers = {row[1] for row in ledger.state.get("tier_coupons", ()) if row[2]} & times.keys()
    surely = {id for id, at in times.items() if at > erased_at}
    return surely, {id for id, at in times.items() if at >= erased_at} | of_tiers


def _check_tier_coupons(ledger: Ledger, rows: dict[str, Row], *, is_erased: bool) -> Iterator[Problem]:
    cached = {row[0]: row[1:] for row in ledger.state.get("tier_coupons", ())}
    issued = {row.origin_id for row in rows.values() if row.origin == "tier"}
    for tier in sorted(issued | cached.keys()):
        coupon_id, is_withdrawn = cached.get(tier, ("none", None))
        row: Any = rows.get(coupon_id)
        is_right = row is not None and (row.origin, row.origin_id) == ("tier", tier)
        if is_right and not is_erased:
            is_right = is_withdrawn is (row.state == "cancelled")
        if not is_right:
            what, found = f"coupon of tier {tier} in the state", f"{coupon_id}, withdrawn {is_withdrawn}"
            yield Problem("I-1", ledger.name, what, "one of its rows", found)


def _written(row: Row) -> dict[str, Any]:
    return {
        "id": row.public_id, "code": row.code, "origin": row.origin, "origin_id": row.origin_id, "state": row.state,
        "terms": row.facts["terms"], "issued_at": us_of(row.issued_at), "ends_at": us_of(row.ends_at),
        "points": row.points, "pieces": row.facts["pieces"], "remaining_minor": row.remaining_minor,
    }  # fmt: skip


def check_open_holds(holdings: Holdings) -> Iterator[Problem]:
    """I-11: what a hold in the state sets aside is what its entry drew and what its quote reserved."""
    drawn: dict[str, dict[tuple[int, int], int]] = {}
    for ledger in holdings.ledgers:
        causes = {entry.sequence: entry.cause for entry in ledger.entries if entry.kind == "hold"}
        for draw in ledger.draws:
            if draw.sequence in causes:
                lots = drawn.setdefault(causes[draw.sequence], {})
                lots[ledger.account.id, draw.lot_number] = -draw.points
    for ledger in holdings.ledgers:
        rows = {hold.public_id: hold for hold in ledger.holds}
        known = {coupon.public_id: coupon.code for coupon in ledger.coupons if coupon.state == "reserved"}
        for hold_id, lapses_at, pieces, coupons in ledger.state.get("holds", ()):
            row = rows.get(hold_id)
            if row is None:
                continue
            taken = {(piece[1], piece[2][0]): piece[0] for piece in pieces}
            given = [
                *row.quote.get("discounts", ()),
                *row.quote.get("gifts", ()),
                *row.quote.get("shipping_by", ()),
            ]
            quoted = {each["code"] for each in given if each["source"] == "coupon" and each["code"]}
            pairs: list[tuple[str, Any, Any]] = [
                ("lapses_at", row.lapses_at, instant_of(lapses_at)),
                ("pieces", drawn.get(hold_id, {}), taken),
                ("coupons reserved", sorted(coupons), sorted(known.keys() & {*coupons})),
                ("coupons quoted", True, quoted <= {known[id] for id in coupons if id in known}),
            ]
            for name, expected, found in pairs:
                if expected != found:
                    what = f"hold {hold_id} in the state: {name}"
                    yield Problem("I-11", ledger.name, what, str(expected), str(found))


def check_contributions(holdings: Holdings) -> Iterator[Problem]:
    """I-1: what orders, events and opening balances bring to windows and caps that still look at them."""
    ledger = holdings.ledgers[0]
    account = ledger.account
    if account.is_stale:
        return
    sums: dict[str, list[Any]] = {}
    for entry in (entry for each in holdings.ledgers for entry in each.entries):
        cause, brought = _brought(entry)
        if cause:
            known = sums.setdefault(cause, [us_of(entry.qualifies_at), 0, 0, 0])
            known[1:] = [a + b for a, b in zip(known[1:], brought, strict=True)]
    horizon = us_of(_horizon(holdings.versions.at(account.caught_up_at).programme, account.caught_up_at))
    expected = {cause: row for cause, row in sums.items() if any(row[1:]) and row[0] > horizon}
    cached = {row[0]: row[1:] for row in ledger.state.get("contributions", ())}
    for cause in sorted(expected.keys() | cached.keys()):
        if expected.get(cause) != cached.get(cause):
            what = f"contribution of {cause} in the state"
            yield Problem("I-1", ledger.name, what, str(expected.get(cause)), str(cached.get(cause)))


def _brought(entry: Row) -> tuple[str, list[int]]:
    """The cause that an entry brings something for, and its spend, points and orders."""
    points = entry.amount if entry.kind in ("earn", "take_back", "event") else 0
    brought = [entry.spend_minor, points, entry.orders]
    if entry.qualifies_at is None or entry.kind not in ("earn", "take_back", "spend", "event", "opening"):
        return "", brought
    if entry.kind == "opening":
        return f"import:{entry.facts.get('undone', entry.cause)}", brought
    if entry.kind == "event":
        return f"event:{entry.cause}", brought
    return f"order:{entry.cause.partition(':')[0]}", brought


def _horizon(programme: Programme, now: datetime) -> datetime:
    """A day before the furthest that any window or cap looks back to."""
    tz, tiers = zone(programme.timezone), programme.tiers
    starts = [now]
    if tiers is not None and tiers.window == "rolling" and tiers.rolling is not None:
        starts.append(subtract(now, tiers.rolling, tz))
    elif tiers is not None and tiers.window == "calendar_year":
        starts.append(start_of_day(date(local_day(now, tz).year, 1, 1), tz))
    starts += [
        subtract(now, rule.cap.every, tz)
        for rule in programme.earning
        if rule.cap is not None and isinstance(rule.cap.every, Duration)
    ]
    return min(starts) - timedelta(days=1)


def check_once(holdings: Holdings) -> Iterator[Problem]:
    """I-6: what is given once and was given is remembered; what is remembered can have been given."""
    versions = holdings.versions
    given, possible = set(), set()
    names = {h.name for ledger in holdings.ledgers for h in ledger.happenings if h.kind == "event"}
    for version in versions.versions:
        possible |= {r.id for r in version.programme.earning if r.once and r.on in names}
    for entry in (entry for ledger in holdings.ledgers for entry in ledger.entries if entry.kind == "event"):
        known = versions.by_id(entry.version_id)
        once = {rule.id for rule in known.programme.earning if rule.once} if known else set()
        given |= {award["rule"] for award in entry.facts["awards"]} & once
    cached = set(holdings.ledgers[0].state.get("once", ()))
    if not given <= cached <= given | possible:
        told = [", ".join(sorted(each)) or "none" for each in (given, cached)]
        yield Problem("I-6", holdings.name, "rules given once, in the state", *told)


def check_last_order(holdings: Holdings) -> Iterator[Problem]:
    """I-1: the last order is the newest that counts; its details are the order's, unless it was told again."""
    ledger = holdings.ledgers[0]
    last = ledger.state.get("last_order")
    accepted = [b.order for b in holdings.orders if b.order.frozen and b.order.counts]
    if ledger.account.erased_at is not None:
        if last is not None and not accepted:
            yield Problem("I-14", ledger.name, "last order of an erased account", "none", str(last[0]))
        return
    newest = max((order.frozen["order_at"] for order in accepted), default=None)
    if (last[0] if last else None) != newest:
        found = str(instant_of(last[0]) if last else None)
        yield Problem("I-1", ledger.name, "last order in the state", str(instant_of(newest)), found)
        return
    candidates = [order for order in accepted if order.frozen["order_at"] == newest]
    if last is None or not all(_is_first_version(order) for order in candidates):
        return
    told = [[o.delivery_city, o.delivery_country, o.carrier, o.payment_method] for o in candidates]
    if last[1:5] not in told or (last[5] == "") != (last[1] == ""):
        yield Problem("I-1", ledger.name, "details of the last order in the state", str(told), str(last[1:]))


def _is_first_version(order: Row) -> bool:
    """Whether only one version of the order was ever told, so far as its times can tell."""
    times = [datetime.fromisoformat(at) for at in order.reached.values()]
    return len(times) == 1 and times[0] == order.updated_at
