"""What people decide about a member's points by hand: a gift, taking it back, letting a debt go; each with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from palier.backoffice import formats
from palier.backoffice.access import Viewpoint, page
from palier.backoffice.boxes import Box, Numbers, cut
from palier.core.errors import IdempotencyConflict, NothingOwed, Refusal, TooManyPoints
from palier.flows.points.give_points import POINTS_MAX, GivePoints, give_points
from palier.flows.points.take_back_gift import GiftExpired, TakeBackGift, UnknownGift, take_back_gift
from palier.flows.points.waive_debt import WaiveDebt, waive_debt
from palier.store.ids import new_public_id
from palier.store.ledger.gifts import find_gift, given_since
from palier.store.members.models import Account, Identity, Profile

REASON_MAX = 500

DAY_LIMITS = {"support": 1_000, "manager": 100_000, "owner": POINTS_MAX - 1}
"""Role → most points that one person of it gives within 24 hours, in this programme."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Person:
    """The member at hand; ``customer`` is None once no shop knows them any more: then nothing can be given."""

    account: Account
    name: str
    shop_id: int
    customer: str | None


@page("store.add_happening", "palier/gift.html")
def gift(request: HttpRequest, viewpoint: Viewpoint, public_id: str) -> dict[str, Any] | HttpResponse:
    """Points and reason are asked for, shown back in full, and given; the form's key makes them count once."""
    person = _person(public_id)
    room = _room(request, viewpoint)
    points, reason = Box("points", _("Points")), Box("reason", _("Reason"))
    form = {"key": new_public_id(), "points": points, "reason": reason, "step": "type"}
    if request.method == "POST" and person.customer is not None:
        points.value, reason.value = cut(request.POST.get("points", "")), cut(request.POST.get("reason", ""))
        form["key"] = request.POST.get("key", "").replace("\0", "")[:36] or form["key"]
        amount = _amount(points, room, viewpoint)
        _check_reason(reason)
        action = request.POST.get("do", "")
        if not points.error and not reason.error and action != "edit":
            assert amount is not None
            form["step"], form["amount"] = "confirm", amount
            if action == "give":
                done = _give(request, viewpoint, person, amount, reason, key=str(form["key"]))
                if isinstance(done, HttpResponse):
                    return done
                form |= {"step": "type", "problem": done}
    return {
        "title": _("Give points"), "person": person, "room": room, "is_limited": _limit(request) is not None,
        "form": form, "reason_max": REASON_MAX,
    }  # fmt: skip


@page("store.add_happening", "palier/decide.html")
def waive(request: HttpRequest, viewpoint: Viewpoint, public_id: str) -> dict[str, Any] | HttpResponse:
    """Let the whole debt go."""
    person, reason = _person(public_id), Box("reason", _("Reason"))
    key = new_public_id()
    if request.method == "POST" and person.customer is not None:
        key = request.POST.get("key", "").replace("\0", "")[:36] or key
        if _reason_of(request, reason):
            command = WaiveDebt(
                person.shop_id, person.customer, reason.value, author=_author(request), key=key
            )
            try:
                points = waive_debt(command, now=viewpoint.now).points
            except NothingOwed:
                messages.info(request, _("This member owes nothing any more."))
            else:
                said = ngettext(
                    "%(points)s point of debt was waived.", "%(points)s points of debt were waived.", points
                )
                messages.success(request, said % {"points": _number(points, viewpoint)})
            return redirect("admin:member", person.account.public_id)
    owed = person.account.debt
    return {
        "title": _("Waive the debt"), "person": person, "reason": reason, "key": key, "reason_max": REASON_MAX,
        "what": "waive" if owed else "nothing", "points": owed,
    }  # fmt: skip


@page("store.add_happening", "palier/decide.html")
def take_back(
    request: HttpRequest, viewpoint: Viewpoint, public_id: str, gift_id: str
) -> dict[str, Any] | HttpResponse:
    """Undo a gift by an opposite one; the gift itself makes it count once."""
    person, reason = _person(public_id), Box("reason", _("Reason"))
    found = find_gift(person.account.pk, gift_id.replace("\0", "")[:30])
    if found is None:
        raise Http404
    if request.method == "POST" and person.customer is not None and _reason_of(request, reason):
        command = TakeBackGift(person.shop_id, person.customer, gift_id, reason.value, _author(request))
        try:
            taken = take_back_gift(command, now=viewpoint.now)
        except (GiftExpired, UnknownGift):
            messages.warning(request, _("There is nothing left of this gift to take back."))
        else:
            said = (
                _("This gift was taken back before: nothing was taken a second time.")
                if taken.is_repeat
                else ngettext(
                    "%(points)s point was taken back.", "%(points)s points were taken back.", taken.points
                )
                % {"points": _number(taken.points, viewpoint)}
            )
            messages.success(request, said)
        return redirect("admin:member", person.account.public_id)
    return {
        "title": _("Take a gift back"), "person": person, "reason": reason, "key": "", "reason_max": REASON_MAX,
        "what": "take_back", "points": found.points - found.expired,
    }  # fmt: skip


def _person(public_id: str) -> Person:
    account = Account.objects.filter(
        public_id=public_id.replace("\0", ""), merged_into=None, erased_at=None
    ).first()
    if account is None:
        raise Http404
    profile = Profile.objects.filter(account=account).first()
    identity = Identity.objects.filter(account=account, closed_at=None).order_by("id").first()
    name = (profile.name or profile.email) if profile else ""
    customer = identity.customer_id if identity else None
    shown = name or (customer and _("Customer %(id)s") % {"id": customer}) or _("Member without a name")
    return Person(account, shown, identity.shop_id if identity else 0, customer)


def _room(request: HttpRequest, viewpoint: Viewpoint) -> int:
    """How many points this colleague may still give today."""
    limit = _limit(request)
    if limit is None:
        return DAY_LIMITS["owner"]
    return max(0, limit - given_since(viewpoint.programme.pk, _author(request), viewpoint.now - DAY))


def _limit(request: HttpRequest) -> int | None:
    """The most that this colleague may give within a day; None for owners."""
    user = request.user
    roles = set(user.groups.values_list("name", flat=True))
    limit = max((DAY_LIMITS.get(role, 0) for role in roles), default=0)
    if user.is_superuser:  # type: ignore[union-attr]
        limit = DAY_LIMITS["owner"]
    return None if limit == DAY_LIMITS["owner"] else limit


def _amount(points: Box, room: int, viewpoint: Viewpoint) -> int | None:
    amount = Numbers(viewpoint.language, viewpoint.programme.currency).whole(points)
    if points.error:
        return None
    if not amount:
        points.error = _("How many points?")
    elif amount > room:
        points.error = _("You may give %(points)s more within these 24 hours.") % {
            "points": _number(room, viewpoint)
        }
    return amount


def _reason_of(request: HttpRequest, reason: Box) -> bool:
    reason.value = cut(request.POST.get("reason", ""))
    _check_reason(reason)
    return not reason.error


def _check_reason(reason: Box) -> None:
    if not reason.value:
        reason.error = _("Say why: somebody will ask.")
    elif len(reason.value) > REASON_MAX:
        reason.error = _("At most %(count)s characters.") % {"count": REASON_MAX}


def _give(
    request: HttpRequest, viewpoint: Viewpoint, person: Person, amount: int, reason: Box, *, key: str
) -> str | HttpResponse:
    """Where to go on, or why nothing was given."""
    assert person.customer is not None
    command = GivePoints(
        person.shop_id,
        person.customer,
        amount,
        reason.value,
        author=_author(request),
        key=f"backoffice:{key}",
        only_known=True,
        day_limit=_limit(request),
    )
    try:
        given = give_points(command, now=viewpoint.now)
    except IdempotencyConflict:
        return _(
            "This form was sent before with another number of points. Look at the member, then begin anew."
        )
    except TooManyPoints:
        return _("You may give %(points)s more within these 24 hours.") % {
            "points": _number(_room(request, viewpoint), viewpoint)
        }
    except Refusal as refusal:
        return _("These points cannot be given: %(reason)s") % {"reason": refusal}
    if given.is_repeat:
        messages.info(request, _("This form was sent before: nothing was given a second time."))
    else:
        said = ngettext("%(points)s point was given.", "%(points)s points were given.", amount)
        messages.success(request, said % {"points": _number(amount, viewpoint)})
    return redirect("admin:member", person.account.public_id)


def _author(request: HttpRequest) -> str:
    return str(request.user.get_username())


def _number(value: int, viewpoint: Viewpoint) -> str:
    return formats.number(value, language=viewpoint.language)
