"""The addresses under /widget/v1. No address takes a customer's id: there is nobody else to ask about."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from palier.api.bodies import read_body, read_object
from palier.api.code_tries import refuse_guessing
from palier.api.keys import Caller
from palier.api.member_json import coupon_json, member_json
from palier.api.problems import Problem, Refused
from palier.api.quotes_json import quote_json, quote_message
from palier.api.widget.access import Visitor
from palier.api.widget.answers import language_for, widget_view
from palier.api.widget.display import display_of
from palier.api.widget.history import history_json
from palier.core.errors import UnknownMember
from palier.core.explain.quotes import explain_quote
from palier.core.formats import formats_for
from palier.flows.members.read_member import MemberView, read_member, read_nobody
from palier.store.programmes.load import current_version_id, load_timeline


@widget_view("GET")
def me(request: HttpRequest, who: Visitor) -> tuple[dict[str, Any], str]:
    """Balance, tier, progress and coupons, and everything that ``<palier-progress>`` shows, in words."""
    view, account_id = _view(who)
    language = language_for(request, who, account_id, view.programme.languages[0])
    member = member_json(view, customer=who.customer, language=language, shows_codes=True)
    return {"member": member, "display": display_of(view, language)}, language


@widget_view("GET")
def coupons(request: HttpRequest, who: Visitor) -> tuple[dict[str, Any], str]:
    """Every coupon of the member, newest first, used and ended ones too."""
    view, account_id = _view(who)
    language = language_for(request, who, account_id, view.programme.languages[0])
    listed = [
        coupon_json(each, view.programme, language=language, shows_code=each.state in ("issued", "reserved"))
        for each in reversed(view.coupons)
    ]
    return {"coupons": listed}, language


@widget_view("GET")
def movements(request: HttpRequest, who: Visitor) -> tuple[dict[str, Any], str]:
    """The wallet's history, newest first, each movement explained; ``?before=`` pages on."""
    view, account_id = _view(who)
    language = language_for(request, who, account_id, view.programme.languages[0])
    if account_id is None:
        return {"movements": [], "next": None}, language
    timeline = load_timeline(who.programme_id, current_version_id(who.programme_id))
    return history_json(account_id, timeline, view.programme, language, before=_before(request)), language


@widget_view("POST")
def quotes(request: HttpRequest, who: Visitor) -> tuple[dict[str, Any], str]:
    """What a cart costs the member, uses and earns, with a sentence for each part; nothing is written."""
    # No key: wrong codes are counted by shop, beside those of keys, whose ids are positive.
    caller = Caller(
        who.shop_id, who.programme_id, frozenset(), -who.shop_id, who.currency, who.clock_offset_s
    )
    message = read_object(read_body(request))
    if message.get("member", who.customer) != who.customer:
        raise UnknownMember("there is no such member", path="member")
    message = {**message, "member": who.customer}
    with refuse_guessing(caller, message, now=who.world) as tries:
        asked, quoted = quote_message(caller, message, now=who.now)
        tries.count(quoted.quote)
    rules, currency = quoted.programme, asked.cart.order.currency
    language = language_for(request, who, quoted.account_id, rules.languages[0])
    words = explain_quote(
        quoted.quote,
        rules,
        quoted.buyer,
        language,
        formats_for(language, rules.currency, rules.timezone),
        prices=formats_for(language, currency, rules.timezone) if currency != rules.currency else None,
    )
    told = {
        "applied": words.applied,
        "shipping": words.shipping,
        "gifts": words.gifts,
        "refused": words.refused,
        "earns": words.earns,
        "hints": words.hints,
        "next_tier": words.next_tier,
        "lines": words.lines(),
    }
    quote = quote_json(quoted.quote, asked.cart.order, rules)
    return {"language": language, "quote": quote, "words": told}, language


def _view(who: Visitor) -> tuple[MemberView, int | None]:
    """The member; a customer who has bought nothing yet, or whose account is closed, sees an empty wallet."""
    try:
        view = read_member(who.shop_id, who.customer, now=who.now)
    except UnknownMember:
        view = None
    if view is None or view.closed_at is not None:
        return read_nobody(who.programme_id, now=who.now), None
    return view, view.account_id


def _before(request: HttpRequest) -> int | None:
    said = request.GET.get("before", "")
    if not said:
        return None
    if not (said.isascii() and said.isdecimal() and len(said) < 10):
        raise Refused(Problem("invalid_request", "This is not a place in the history", "before"))
    return int(said)
