"""Where a member stands and why: movements, tiers, explanations; and what is given to them or made of their points."""

from __future__ import annotations

from typing import Any

from ninja import Router

from palier.api.amounts import amount
from palier.api.bodies import addressed
from palier.api.endpoint import Call, endpoint
from palier.api.lookups import account_of, author_of, version_numbers
from palier.api.member_json import coupon_json, coupon_words, tier_name
from palier.api.movements_json import movement_json
from palier.api.parameters import Cursor, CustomerId, Language, Limit, MovementNumber, number_of, paged
from palier.api.problems import Problem, Refused
from palier.api.request_bodies import GIFT, VOUCHER
from palier.api.schemas.members import (
    GiftAnswer,
    LadderAnswer,
    MovementAnswer,
    MovementPage,
    StandingAnswer,
    VoucherAnswer,
)
from palier.core.account import Timeline
from palier.core.explain import phrases
from palier.core.explain.speech import Speech
from palier.core.formats import formats_for
from palier.core.messages import parse_gift
from palier.core.messages_cart import parse_voucher
from palier.core.programme.values import Programme, Tier
from palier.core.tiers import thresholds_at
from palier.flows.checkout.redeem_points import RedeemPoints, redeem_points
from palier.flows.members.explain_standing import explain_standing
from palier.flows.members.read_member import MemberView, read_member
from palier.flows.points.give_points import GivePoints, give_points
from palier.store.ledger.timeline import load_movements
from palier.store.members.profiles import load_profiles
from palier.store.programmes.load import current_version_id, load_timeline

router = Router()
READS = ("members:read",)


@endpoint(
    router,
    "GET",
    "/members/{customer_id}/movements",
    scopes=READS,
    answer=MovementPage,
    summary="What happened to a member's points and tier, newest first, explained",
)
def list_movements(
    call: Call, customer_id: CustomerId, language: Language = "", cursor: Cursor = "", limit: Limit = 50
) -> dict[str, Any]:
    """One movement for each cause: an order that is paid, edited and settled is one. `sentences` say why."""
    account_id = account_of(call.caller, customer_id)
    before = number_of(cursor)
    found = load_movements(account_id, before_sequence=before or None, limit=limit + 1)
    told = _Teller(call, account_id, language)
    items = [told(movement) for movement in found]
    return paged(items, limit=limit, place=found[limit - 1].sequence if len(found) > limit else None)


@endpoint(
    router,
    "GET",
    "/members/{customer_id}/movements/{number}",
    scopes=READS,
    answer=MovementAnswer,
    summary="One movement, explained",
)
def get_movement(
    call: Call, customer_id: CustomerId, number: MovementNumber, language: Language = ""
) -> dict[str, Any]:
    """By its number. A movement gets a new number when its cause moves something again."""
    account_id = account_of(call.caller, customer_id)
    found = load_movements(account_id, before_sequence=number + 1, limit=1)
    if not found or found[0].sequence != number:
        raise Refused(Problem("unknown_movement", f"no movement {number}", hint="see the member's movements"))
    return _Teller(call, account_id, language)(found[0])


class _Teller:
    """Movements of one account in one language."""

    def __init__(self, call: Call, account_id: int, language: str) -> None:
        self.timeline = _timeline(call)
        self.numbers = version_numbers(call.caller)
        self.language = call.language(language, _own(account_id), _rules(self.timeline).languages[0])

    def __call__(self, movement: Any) -> dict[str, Any]:
        return movement_json(movement, self.timeline, self.numbers, language=self.language)


def _timeline(call: Call) -> Timeline:
    programme_id = call.caller.programme_id
    return load_timeline(programme_id, current_version_id(programme_id))


def _rules(timeline: Timeline) -> Programme:
    return timeline.versions[-1].programme


def _own(account_id: int) -> str:
    profile = load_profiles([account_id]).get(account_id)
    return profile.language if profile else ""


@endpoint(
    router,
    "GET",
    "/members/{customer_id}/tiers",
    scopes=READS,
    answer=LadderAnswer,
    summary="The ladder as a member sees it",
)
def list_tiers(call: Call, customer_id: CustomerId, language: Language = "") -> dict[str, Any]:
    """Every tier with what it gives and what is missing to it, lowest first."""
    view = read_member(call.caller.shop_id, customer_id, now=call.now)
    tiers = view.programme.tiers
    if tiers is None:
        return {"metric": None, "tiers": []}
    spoken = call.language(language, _own(view.account_id), view.programme.languages[0])
    steps = thresholds_at(tiers, view.at)
    return {"metric": tiers.metric, "tiers": [_step(view, tier, at, spoken) for at, tier in steps]}


def _step(view: MemberView, tier: Tier, threshold: int, language: str) -> dict[str, Any]:
    rules = view.programme
    is_spend = rules.tiers is not None and rules.tiers.metric == "spend"

    def measured(value: int) -> str | int:
        return amount(value, rules.currency) if is_spend else value

    perks = dict(tier.perks)
    own = perks.get(language) or perks.get("") or perks.get(rules.languages[0]) or ()
    return {
        "id": tier.id,
        "name": tier_name(rules, tier.id, language),
        "threshold": measured(threshold),
        "is_reached": view.progress.spent >= threshold,
        "is_held": tier.id == view.tier,
        "missing": measured(max(0, threshold - view.progress.spent)),
        "group": tier.group,
        "gives": _gives(rules, tier, language),
        "coupon": coupon_words(tier.coupon, rules, language) if tier.coupon is not None else None,
        "perks": list(own),
    }


def _gives(rules: Programme, tier: Tier, language: str) -> list[str]:
    speech = Speech(language, rules, formats_for(language, rules.currency, rules.timezone))
    said = []
    if tier.discount is not None:
        said.append(phrases.off(speech, tier.discount))
    if tier.free_shipping:
        said.append(phrases.delivery(speech, tier.free_shipping))
    if tier.gift is not None:
        said.append(phrases.present(speech, tier.gift.product, tier.gift.quantity))
    if tier.multiply is not None:
        said.append(f"{phrases.points_name(speech)} × {speech.times(tier.multiply)}")
    return [phrases.capital(each) for each in said]


@endpoint(
    router,
    "GET",
    "/members/{customer_id}/explanation",
    scopes=READS,
    answer=StandingAnswer,
    summary="Why a member has this tier and these points",
)
def get_explanation(call: Call, customer_id: CustomerId, language: Language = "") -> dict[str, Any]:
    """Sentences for the member, most important first."""
    account_id = account_of(call.caller, customer_id)
    spoken = call.language(language, _own(account_id), _rules(_timeline(call)).languages[0])
    told = explain_standing(call.caller.shop_id, customer_id, language=spoken, now=call.now)
    return {"language": spoken, "tier": list(told.tier), "points": list(told.points)}


@endpoint(
    router,
    "POST",
    "/members/{customer_id}/gifts",
    scopes=("members:write",),
    answer=GiftAnswer,
    body=GIFT,
    once=True,
    summary="Give points, with a reason",
)
def post_gift(call: Call, customer_id: CustomerId) -> dict[str, Any]:
    """They live as long as points do, and count for no tier. Once per `id` (without one: per key)."""
    gift = parse_gift(addressed(call.body, member=customer_id))
    account_of(call.caller, customer_id)
    author = author_of(call.caller)
    key = gift.id or f"api:{call.key}"
    command = GivePoints(
        call.caller.shop_id, customer_id, gift.points, gift.reason, author=author, key=key, only_known=True
    )
    done = give_points(command, now=call.now)
    return {"result": "repeat" if done.is_repeat else "new", "points": done.points}


@endpoint(
    router,
    "POST",
    "/members/{customer_id}/vouchers",
    scopes=("carts",),
    answer=VoucherAnswer,
    body=VOUCHER,
    once=True,
    summary="Turn points into a voucher",
)
def post_voucher(call: Call, customer_id: CustomerId, language: Language = "") -> dict[str, Any]:
    """Whole steps of the bracket that the member's points reach become a coupon. Once per `id` (without one: per key).

    The code is answered to keys that may read members too (`members:read`).
    """
    wish = parse_voucher(addressed(call.body, member=customer_id))
    account_id = account_of(call.caller, customer_id)
    key = wish.id or f"api:{call.key}"
    done = redeem_points(RedeemPoints(call.caller.shop_id, customer_id, wish.points, key), now=call.now)
    rules = _rules(_timeline(call))
    spoken = call.language(language, _own(account_id), rules.languages[0])
    return {
        "result": "repeat" if done.is_repeat else "new",
        "points": done.points,
        "coupon": coupon_json(done.coupon, rules, language=spoken, shows_code=call.shows_codes),
    }
