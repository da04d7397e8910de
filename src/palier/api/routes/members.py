"""Members: told, listed, read with everything that explains them, merged, exported and erased."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from ninja import Query, Router

from palier.api.amounts import amount, instant
from palier.api.endpoint import Call, endpoint
from palier.api.lookups import account_of
from palier.api.member_json import coupon_json, member_json
from palier.api.parameters import Cursor, CustomerId, Language, Limit, number_of, paged, place_of
from palier.api.problems import Problem
from palier.api.reading import at_most, attempt, read_values
from palier.api.request_bodies import (
    CLAIM,
    CLAIM_FIELDS,
    MEMBER,
    MEMBERS,
    MEMBERS_FIELDS,
    MERGE,
    MERGE_FIELDS,
    SEARCH,
    SEARCH_FIELDS,
)
from palier.api.schemas.members import (
    ClaimedAnswer,
    ClosedAnswer,
    CouponPage,
    ErasedAnswer,
    MemberAnswer,
    MemberPage,
    MergedAnswer,
    RegisteredAnswer,
)
from palier.api.schemas.orders import MemberBatchAnswer
from palier.api.schemas.parts import ExportAnswer
from palier.core.errors import Refusal
from palier.core.member import MemberFacts, folded
from palier.core.messages import InvalidMember, parse_member
from palier.flows.bench.keyed import Keyed
from palier.flows.members.close_account import CloseAccount, close_account
from palier.flows.members.erase_member import EraseMember, erase_member
from palier.flows.members.export_member import ExportMember, export_member
from palier.flows.members.merge_members import MergeMembers, merge_members
from palier.flows.members.read_member import read_member
from palier.flows.members.register_members import RegisterMembers, register_members
from palier.flows.orders.claim_guest_orders import ClaimGuestOrders, claim_guest_orders
from palier.store.members.models import Identity
from palier.store.members.profiles import load_profiles

router = Router()
READS = ("members:read",)
WRITES = ("members:write",)


class SamePerson(Refusal):
    """A merge names one customer twice."""

    code = "invalid_merge"


@endpoint(
    router,
    "PUT",
    "/members/{customer_id}",
    scopes=WRITES,
    answer=RegisteredAnswer,
    body=MEMBER,
    summary="Tell about a customer",
    also=("batch", "search"),
)
def put_member(call: Call, customer_id: CustomerId) -> dict[str, Any]:
    """A customer never seen becomes a member. What the message does not say is kept as it is known.

    A customer whom the shop had deleted is open again.
    """
    facts = parse_member(customer_id, call.body)
    done = register_members(RegisterMembers(call.caller.shop_id, (facts,)), now=call.now)
    return {"result": "new" if done.new else "changed" if done.changed else "repeat"}


@endpoint(
    router,
    "POST",
    "/members/batch",
    scopes=WRITES,
    answer=MemberBatchAnswer,
    body=MEMBERS,
    once=True,
    summary="Tell about up to 500 customers at once",
)
def post_members(call: Call) -> dict[str, Any]:
    """In one transaction; a message that is refused is answered as such and stops no other."""
    messages = at_most(read_values(call.body, MEMBERS_FIELDS)["members"], "members")
    read = [attempt(partial(_facts, message)) for message in messages]
    good = tuple(each for each in read if isinstance(each, MemberFacts))
    done = register_members(RegisterMembers(call.caller.shop_id, good), now=call.now)
    refused = [
        {"index": index, "problem": each.body()}
        for index, each in enumerate(read)
        if isinstance(each, Problem)
    ]
    return {"new": done.new, "changed": done.changed, "refused": refused}


def _facts(message: dict[str, Any]) -> MemberFacts:
    if "id" not in message:
        raise InvalidMember("this key is required", path="id")
    return parse_member(message["id"], {key: value for key, value in message.items() if key != "id"})


@endpoint(router, "GET", "/members", scopes=READS, answer=MemberPage, summary="Your shop's members")
def list_members(
    call: Call,
    tier: Annotated[str, Query(max_length=100, description="Of this tier alone")] = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    """In the order in which they were first seen, as of the last work on each account."""
    rows = _identities(call)
    if tier:
        rows = rows.filter(account__tier=tier.replace("\0", ""))
    return _page(call, rows, after=number_of(cursor), limit=limit)


@endpoint(
    router,
    "POST",
    "/members/search",
    scopes=READS,
    answer=MemberPage,
    body=SEARCH,
    summary="Find members by name, address or customer id",
)
def search_members(call: Call) -> dict[str, Any]:
    """Writes nothing. It is a POST because names and addresses must not stand in addresses and their logs."""
    values = read_values(call.body, SEARCH_FIELDS)
    text = values["text"]
    named = Q(account__profile__search__contains=folded(text)) | Q(customer_id=text)
    return _page(
        call,
        _identities(call).filter(named),
        after=number_of(values.get("cursor"), path="cursor"),
        limit=values.get("limit", 50),
    )


def _identities(call: Call) -> QuerySet[Identity]:
    found: QuerySet[Identity] = Identity.objects.filter(
        shop_id=call.caller.shop_id, account__erased_at=None
    ).select_related("account__profile")
    return found


def _page(call: Call, rows: QuerySet[Identity], *, after: int, limit: int) -> dict[str, Any]:
    found = list(rows.filter(pk__gt=after).order_by("pk")[: limit + 1])
    place = found[limit - 1].pk if len(found) > limit else None
    return paged([_row(call, each) for each in found], limit=limit, place=place)


def _row(call: Call, identity: Identity) -> dict[str, Any]:
    account = identity.account
    profile = getattr(account, "profile", None)
    return {
        "id": identity.customer_id,
        "name": profile.name if profile else "",
        "email": profile.email if profile else "",
        "language": profile.language if profile else "",
        "tier": account.tier or None,
        "available": account.available,
        "pending": account.pending,
        "orders": account.orders,
        "spend": amount(account.spend_minor, call.caller.currency),
    }


@endpoint(
    router,
    "GET",
    "/members/{customer_id}",
    scopes=READS,
    answer=MemberAnswer,
    summary="Balance, tier, progress and coupons of a member",
    also=("batch", "search"),
)
def get_member(call: Call, customer_id: CustomerId, language: Language = "") -> dict[str, Any]:
    """As of now, due work included."""
    view = read_member(call.caller.shop_id, customer_id, now=call.now)
    profile = load_profiles([view.account_id]).get(view.account_id)
    own = profile.language if profile else ""
    spoken = call.language(language, own, view.programme.languages[0])
    told = member_json(view, customer=customer_id, language=spoken, shows_codes=call.shows_codes)
    return {**told, "profile": _profile(profile)}


def _profile(facts: MemberFacts | None) -> dict[str, Any] | None:
    if facts is None:
        return None
    return {
        "name": facts.name,
        "email": facts.email,
        "language": facts.language,
        "company": facts.company,
        "groups": list(facts.groups),
        "tags": list(facts.tags),
        "born": facts.born.isoformat() if facts.born else None,
        "signed_up": instant(facts.signed_up),
        "prices": facts.prices,
    }


@endpoint(
    router,
    "GET",
    "/members/{customer_id}/coupons",
    scopes=READS,
    answer=CouponPage,
    summary="All coupons of a member, newest first",
)
def list_coupons(
    call: Call, customer_id: CustomerId, language: Language = "", cursor: Cursor = "", limit: Limit = 50
) -> dict[str, Any]:
    """In whatever state. One that is due and not issued yet has no code."""
    view = read_member(call.caller.shop_id, customer_id, now=call.now)
    spoken = call.language(language, view.programme.languages[0])
    coupons = list(reversed(view.coupons))
    after = place_of(cursor)
    start = next((place + 1 for place, each in enumerate(coupons) if each.id == after), 0)
    found = coupons[start : start + limit + 1]
    items = [
        coupon_json(each, view.programme, language=spoken, shows_code=call.shows_codes) for each in found
    ]
    return paged(items, limit=limit, place=found[limit - 1].id if len(found) > limit else None)


@endpoint(
    router,
    "GET",
    "/members/{customer_id}/export",
    scopes=READS,
    answer=ExportAnswer,
    summary="Everything that is known of a person (GDPR 15 and 20)",
)
def get_export(call: Call, customer_id: CustomerId) -> dict[str, Any]:
    """Plain data for the person to take along; amounts in minor units beside their currency."""
    return export_member(ExportMember(call.caller.shop_id, customer_id), now=call.now)


@endpoint(
    router,
    "DELETE",
    "/members/{customer_id}",
    scopes=WRITES,
    answer=ErasedAnswer,
    summary="Erase a person (GDPR 17)",
    also=("batch", "search"),
)
def delete_member(call: Call, customer_id: CustomerId) -> dict[str, Any]:
    """The person is forgotten in all shops of the programme: profile, ids, notes, carts. It cannot be undone.

    The balance lapses, unused coupons are withdrawn; entries and sums stay under a name that says nothing.
    """
    erase_member(EraseMember(call.caller.shop_id, customer_id), now=call.now)
    return {"result": "erased"}


@endpoint(
    router,
    "POST",
    "/members/{customer_id}/close",
    scopes=WRITES,
    answer=ClosedAnswer,
    once=True,
    summary="The shop has deleted a customer",
)
def close_member(call: Call, customer_id: CustomerId) -> dict[str, Any]:
    """What placed orders and checkouts hold for them is given back, and they are told nothing more.

    They are not erased: points, tier and ends go on, and a shop that tells of the customer again opens the account.
    """
    done = close_account(CloseAccount(call.caller.shop_id, customer_id), now=call.now)
    return {"is_closed": done.is_closed, "released": list(done.released)}


@endpoint(
    router,
    "POST",
    "/members/{customer_id}/guest-orders",
    scopes=WRITES,
    answer=ClaimedAnswer,
    body=CLAIM,
    once=True,
    summary="Claim what a member ordered as a guest",
)
def post_claim(call: Call, customer_id: CustomerId) -> dict[str, Any]:
    """Orders of the last 90 days without a member, given with this address, count from now on as the member's.

    An address alone proves nothing: send it once your shop has verified it. A customer never seen becomes a member.
    """
    said = read_values(call.body, CLAIM_FIELDS)
    command = ClaimGuestOrders(
        call.caller.shop_id,
        customer_id,
        said["email"],
        said["verified"],
        Keyed(call.caller.shop_id, call.key),
    )
    done = claim_guest_orders(command, now=call.now)
    return {"orders": list(done.orders), "points": done.points}


@endpoint(
    router,
    "POST",
    "/merges",
    scopes=WRITES,
    answer=MergedAnswer,
    body=MERGE,
    once=True,
    refuses=(404,),
    summary="Two customers are one person",
)
def post_merge(call: Call) -> dict[str, Any]:
    """Points, orders and coupons of `merged` move to `kept`; both ids then name one account. It cannot be undone."""
    values = read_values(call.body, MERGE_FIELDS)
    kept, merged = values["kept"], values["merged"]
    if kept == merged:
        raise SamePerson("kept and merged are the same customer", path="merged", hint="name two")
    for each in (kept, merged):
        account_of(call.caller, each)
    done = merge_members(MergeMembers(call.caller.shop_id, kept, merged), now=call.now)
    return {"result": "repeat" if done.is_repeat else "merged"}
