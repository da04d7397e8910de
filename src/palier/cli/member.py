"""``palier member``: where a member stands and why, and what is done for one member at a time."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from msgspec import structs

from palier.cli import quote
from palier.cli.chosen import add_author, add_shop, find_shop, now_in
from palier.core.errors import Refusal, UnknownMember
from palier.core.formats import LANGUAGES

SHOWN = 10
EXPLAINED = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``palier member``."""
    verbs = parser.add_subparsers(
        dest="verb",
        required=True,
        metavar="show|explain|balance|quote|export|gift|tier|waive|claim|merge|close|erase",
    )
    verb = _verb(verbs, "show", "where a member stands now, and what happened last")
    verb.add_argument("--codes", action="store_true", help="write the coupons' codes in full")
    _add_reading(verb, limit=SHOWN, language="en, English")
    verb = _verb(verbs, "explain", "what happened to a member's points and tier, and why")
    verb.add_argument(
        "--order", default="", metavar="ID", help="only that order of the shop, refunds included"
    )
    _add_reading(verb, limit=EXPLAINED, language="the member's own")
    verb = _verb(verbs, "balance", "what a member has, had or will have at an instant")
    verb.add_argument(
        "--at", type=_instant, metavar="INSTANT", help="2026-05-01 (as it begins) or 2026-05-01T09:00Z; default: now"
    )  # fmt: skip
    quote.add_arguments(_verb(verbs, "quote", "what a cart would cost the member, use up and earn, and why"))
    _verb(verbs, "export", "print all that is known of a member, as JSON", has_json=False)
    verb = _verb(verbs, "gift", "give points to a member")
    verb.add_argument("points", type=int, metavar="POINTS")
    _add_reason(verb)
    verb.add_argument("--key", default="", help="any text; the same key never gives twice")
    verb = _verb(verbs, "tier", "put a member into a tier, whatever orders deserve")
    choice = verb.add_mutually_exclusive_group(required=True)
    choice.add_argument("tier", nargs="?", metavar="TIER", help="its id in the programme")
    choice.add_argument("--end", action="store_true", help="let the rules decide again, from now on")
    verb.add_argument("--until", type=_day, metavar="DATE", help="its last day; default: until it is ended")
    _add_reason(verb)
    verb = _verb(verbs, "waive", "let a member's debt go")
    _add_reason(verb)
    verb.add_argument("--key", default="", help="any text; the same key never waives twice")
    verb = _verb(verbs, "claim", "attach guest orders of the last 90 days with the member's address")
    verb.add_argument("email", metavar="EMAIL")
    verb.add_argument(
        "--verified", action="store_true", help="the address is proved to be the member's; needed"
    )
    verb = _verb(verbs, "merge", "make one member of two", customer="kept")
    verb.add_argument("merged", metavar="MERGED", help="whose points, orders and tier move to KEPT")
    _verb(verbs, "close", "the shop has deleted the customer: nothing is held and nothing told any more")
    verb = _verb(verbs, "erase", "forget the person; the points end, and what accounting needs stays")
    verb.add_argument("--yes", action="store_true", help="yes, it cannot be undone; needed")


def _verb(
    verbs: Any, name: str, about: str, *, customer: str = "customer", has_json: bool = True
) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(
        name, help=about, description=f"{about[0].upper()}{about[1:]}."
    )
    verb.add_argument(customer, metavar=customer.upper(), help="the shop's own id of the customer")
    if has_json:
        verb.add_argument("--json", action="store_true", help="one JSON object on standard output")
    add_shop(verb)
    return verb


def _add_reading(verb: argparse.ArgumentParser, *, limit: int, language: str) -> None:
    verb.add_argument("--language", choices=LANGUAGES, default="", help=f"default: {language}")
    verb.add_argument(
        "--limit", type=_positive, default=limit, metavar="N", help=f"the newest N movements ({limit})"
    )


def _add_reason(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--reason", required=True, help="why; kept with what is booked")
    add_author(verb, "who decides")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2026-05-01") from None


def _instant(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no 2026-05-01 or 2026-05-01T09:00Z") from None


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 10**9):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """0 done; everything else is a refusal."""
    shop = find_shop(options)
    verb = {
        "show": _read, "explain": _read, "balance": _balance, "quote": quote.tell, "export": _export, "gift": _gift,
        "tier": _tier, "waive": _waive, "claim": _claim, "merge": _merge, "close": _close, "erase": _erase,
    }[options.verb]  # fmt: skip
    verb(options, shop, now_in(shop.programme))
    return 0


def _read(options: argparse.Namespace, shop: Any, now: datetime) -> None:
    from django_scopes import scope

    from palier.cli import member_words
    from palier.cli.member_facts import as_json, look_at
    from palier.flows.members.explain_standing import explain_standing

    default = "en" if options.verb == "show" else ""
    with scope(programme=shop.programme):
        sight = look_at(
            shop,
            options.customer,
            language=options.language or default,
            order=getattr(options, "order", ""),
            limit=options.limit,
            now=now,
        )
        why = options.verb == "explain" and not options.order
        standing = (
            explain_standing(shop.pk, options.customer, language=sight.language, now=now) if why else None
        )
        if options.json:
            told = as_json(sight, shows_codes=getattr(options, "codes", False))
            told |= {"why": asdict(standing)} if standing else {}
            print(json.dumps(told, ensure_ascii=False, default=str))
        elif options.verb == "show":
            print("\n".join(member_words.shown(sight, shows_codes=options.codes)))
        else:
            print("\n".join(member_words.explained(sight, standing)))


def _balance(options: argparse.Namespace, shop: Any, now: datetime) -> None:
    from palier.core.period import start_of_day, zone
    from palier.flows.members.read_balance import read_balance

    tz, at = zone(shop.programme.timezone), options.at or now
    if not isinstance(at, datetime):
        at = start_of_day(at, tz)
    elif at.tzinfo is None:
        at = at.replace(tzinfo=tz)
    totals = structs.asdict(read_balance(shop.pk, options.customer, now=at.astimezone(UTC)))
    words = ", ".join(f"{totals[name]} {name}" for name in ("available", "pending", "held", "debt"))
    _tell(options, f"{options.customer} at {at.isoformat()}: {words}.", at=at.isoformat(), **totals)


def _export(options: argparse.Namespace, shop: Any, now: datetime) -> None:
    from palier.flows.members.export_member import ExportMember, export_member

    known = export_member(ExportMember(shop.pk, options.customer), now=now)
    print(json.dumps(known, ensure_ascii=False, indent=2))


def _gift(options: argparse.Namespace, shop: Any, now: datetime) -> None:
    from palier.flows.points.give_points import GivePoints, give_points

    _require(shop, options.customer)
    given = give_points(
        GivePoints(shop.pk, options.customer, options.points, options.reason, options.author, options.key),
        now=now,
    )
    done = "had been given" if given.is_repeat else "given"
    _tell(
        options,
        f"{given.points} points {done} to {options.customer}.",
        points=given.points,
        is_repeat=given.is_repeat,
    )


def _tier(options: argparse.Namespace, shop: Any, now: datetime) -> None:
    from palier.core.period import start_of_day, zone
    from palier.flows.members.override_tier import OverrideTier, override_tier

    tier, day = None if options.end else options.tier, options.until
    until = start_of_day(day + timedelta(days=1), zone(shop.programme.timezone)) if day and tier else None
    command = OverrideTier(shop.pk, options.customer, tier, options.reason, options.author, until)
    done = override_tier(command, now=now)
    last = f" until {day}, that day included" if until else ""
    words = (
        f"{options.customer} is in {done.tier}{last}."
        if tier
        else f"The rules decide: {done.tier or 'no tier'}."
    )
    _tell(
        options, words, tier=done.tier, until=until.isoformat() if until else None, is_repeat=done.is_repeat
    )


def _waive(options: argparse.Namespace, shop: Any, now: datetime) -> None:
    from palier.flows.points.waive_debt import WaiveDebt, waive_debt

    command = WaiveDebt(shop.pk, options.customer, options.reason, options.author, options.key)
    waived = waive_debt(command, now=now)
    done = "had been waived" if waived.is_repeat else "waived"
    _tell(
        options, f"A debt of {waived.points} points {done}.", points=waived.points, is_repeat=waived.is_repeat
    )


def _close(options: argparse.Namespace, shop: Any, now: datetime) -> None:
    from palier.flows.members.close_account import CloseAccount, close_account

    closed = close_account(CloseAccount(shop.pk, options.customer), now=now)
    words = (
        "The account is closed." if closed.is_closed else "Closed here; another shop still knows the member."
    )
    _tell(options, words, is_closed=closed.is_closed, released=list(closed.released))


def _claim(options: argparse.Namespace, shop: Any, now: datetime) -> None:
    from palier.flows.orders.claim_guest_orders import ClaimGuestOrders, claim_guest_orders

    if not options.verified:
        raise Refusal(
            "an address that nobody verified is no proof",
            hint="add --verified once it is proved to be the member's",
        )
    _require(shop, options.customer)
    command = ClaimGuestOrders(shop.pk, options.customer, options.email, is_verified=True)
    claimed = claim_guest_orders(command, now=now)
    if claimed.orders:
        found = f"{', '.join(claimed.orders)} now belong to {options.customer}: {claimed.points} points."
    else:
        found = "No guest order of the last 90 days has that address."
    _tell(options, found, orders=list(claimed.orders), points=claimed.points)


def _merge(options: argparse.Namespace, shop: Any, now: datetime) -> None:
    from palier.flows.members.merge_members import MergeMembers, merge_members

    merged = merge_members(MergeMembers(shop.pk, options.kept, options.merged), now=now)
    done = "were one member already" if merged.is_repeat else "are one member now"
    _tell(options, f"{options.kept} and {options.merged} {done}.", is_repeat=merged.is_repeat)


def _erase(options: argparse.Namespace, shop: Any, now: datetime) -> None:
    from palier.flows.members.erase_member import EraseMember, erase_member

    _require(shop, options.customer)
    if not options.yes:
        raise Refusal(f"{options.customer} would be forgotten for ever", hint="add --yes if that is meant")
    erase_member(EraseMember(shop.pk, options.customer), now=now)
    _tell(options, f"{options.customer} is forgotten. Entries and orders stay, under no name.", erased=True)


def _require(shop: Any, customer: str) -> None:
    """A mistyped id must not make a member."""
    from palier.store.members.load import find_account_id

    if find_account_id(shop.pk, customer) is None:
        raise UnknownMember(f"no member {customer!r}", path="member", hint="check the shop's customer id")


def _tell(options: argparse.Namespace, words: str, **facts: Any) -> None:
    print(json.dumps(facts, ensure_ascii=False) if options.json else words)
