"""Every movement in words: a title and sentences that a member can read, in the member's language."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, datetime

from palier.core import tiers
from palier.core.account import Entry, Timeline
from palier.core.explain import earned
from palier.core.explain.movement import Movement, Shown, Step
from palier.core.explain.speech import Speech, whole, word
from palier.core.formats import Formats
from palier.core.programme.values import Programme


def title(movement: Movement, timeline: Timeline, language: str, formats: Formats) -> str:
    """What caused the movement, in a few words: "Order A1", "A gift from us"."""
    last = movement.last.entry
    speech = Speech(language, _rules(timeline, last), formats)
    kind = movement.cause.kind
    if kind == "event":
        name = next((word(shown.entry.facts, "event") for shown in movement.shown), "")
        return _capital(speech, name) if name else speech.say("title.event_unnamed")
    if kind == "order":
        return (
            speech.say("title.order", order=movement.order)
            if movement.order
            else speech.say("title.order_unnamed")
        )
    if kind == "refund":
        return _refund_title(speech, movement)
    if kind in ("coupon", "reward"):
        code = movement.coupon
        return speech.say("title.coupon", code=code) if code else speech.say("title.coupon_unnamed")
    if kind == "gift":
        return speech.say("title.gift" if movement.change.total >= 0 else "title.correction")
    if kind == "time":
        return speech.say({"expire": "title.expiry", "tier": "title.tier"}.get(last.kind, "title.time"))
    return speech.say(f"title.{kind}" if speech.knows(f"title.{kind}") else "title.time")


def sentences(
    movement: Movement, timeline: Timeline, language: str, formats: Formats, *, for_staff: bool = False
) -> tuple[str, ...]:
    """Why the movement moved what it moved. When it lasted over several days, each step says its day first.

    Rules are explained by the version of the programme that each entry was booked with. Names and ids are put in
    as they are: whoever shows the sentences escapes them. ``for_staff`` adds who wrote what about it.
    """
    is_long = len({formats.day(step.when) for step in movement.steps}) > 1
    told: list[str] = []
    for step in movement.steps:
        lines = step_sentences(movement, step, timeline, language, formats, for_staff=for_staff)
        if is_long and lines:
            speech = Speech(language, _rules(timeline, step.shown[0].entry), formats)
            first = speech.say("dated", date=formats.day(step.when), sentence=lines[0])
            lines = (first, *lines[1:])
        told.extend(lines)
    return tuple(told)


def step_sentences(
    movement: Movement,
    step: Step,
    timeline: Timeline,
    language: str,
    formats: Formats,
    *,
    for_staff: bool = False,
) -> tuple[str, ...]:
    """What one step of the movement moved, and why."""
    settled = {lot for shown in movement.shown if (lot := _settled_lot(shown.entry)) is not None}
    lines: list[str] = []
    for shown in step.shown:
        speech = Speech(language, _rules(timeline, shown.entry), formats)
        lines.extend(_told(speech, movement, shown, settled) or _changed(speech, shown))
        if shown.entry.debt < 0 and shown.entry.kind not in ("waive", "merge_out", "merge_in"):
            paid = -shown.entry.debt
            lines.append(speech.say("debt_paid", paid, points=speech.points(paid)))
        if for_staff and shown.reason:
            lines.append(speech.say("staff.reason", reason=shown.reason))
        if for_staff and shown.author:
            lines.append(speech.say("staff.author", author=shown.author))
    return tuple(lines)


def _told(speech: Speech, movement: Movement, shown: Shown, settled: Set[int]) -> list[str]:
    entry = shown.entry
    match entry.kind:
        case "earn":
            return earned.credited(speech, shown, settled)
        case "take_back":
            return earned.taken_back(speech, entry)
        case "spend":
            return earned.spent(speech, entry)
        case "event":
            return earned.happened(speech, shown, settled)
        case "hold" | "capture" | "release" | "use" | "return":
            return _used(speech, shown)
        case "reward" | "withdraw" | "reissue":
            return _bought(speech, movement, shown)
        case "settle":
            return [_points(speech, "settled", -entry.pending)]
        case "expire":
            return [_expired(speech, entry)]
        case "tier":
            return _moved(speech, entry)
        case "gift":
            key = "gift" if entry.amount >= 0 else "gift_minus"
            return [_points(speech, key, entry.amount), *earned.waiting(speech, shown, settled)]
        case "merge_in" | "merge_out":
            owes = (entry.amount < 0) == (entry.kind == "merge_in") and entry.amount != 0
            return [_points(speech, "merge_debt" if owes else entry.kind, entry.amount)]
        case "opening":
            key = "opening_undone" if "undone" in entry.facts else "opening"
            is_spend = entry.spend_minor != 0 and speech.programme.tiers is not None
            return [_points(speech, key, entry.amount), *(earned.counting(speech, entry) if is_spend else ())]
        case "lapse":
            return [_points(speech, "lapse", entry.amount)]
        case "waive":
            return [_points(speech, "waive", entry.debt)]


def _points(speech: Speech, key: str, points: int, **values: str) -> str:
    n = abs(points)
    return speech.say(key, n, points=speech.points(n), **values)


def _changed(speech: Speech, shown: Shown) -> list[str]:
    """The last resort: what nothing better can be said of is still told."""
    return [speech.say("other", points=speech.points(shown.change.total))]


def _used(speech: Speech, shown: Shown) -> list[str]:
    entry = shown.entry
    if entry.kind == "hold":
        return [_points(speech, "held.cart" if entry.cause.kind == "hold" else "held", entry.held)]
    if entry.kind == "capture":
        return [_points(speech, "captured", entry.held)]
    if entry.kind == "use":
        short = max(0, entry.debt)
        lines = [_points(speech, "used", -entry.amount)]
        return [*lines, _points(speech, "used_short", short)] if short else lines
    if entry.kind == "release":
        back = _points(speech, "released", entry.held)
    else:
        back = _points(speech, "returned", entry.amount)
    return [back, *earned.returned(speech, shown.credits, is_restored=entry.points > 0)]


def _bought(speech: Speech, movement: Movement, shown: Shown) -> list[str]:
    entry = shown.entry
    key = {"reward": "reward", "withdraw": "withdrawn", "reissue": "reissued"}[entry.kind]
    said = whole(entry.facts, "at")
    points = abs(entry.amount) if said is None else said
    if movement.coupon:
        lines = [_points(speech, f"{key}.code", points, code=movement.coupon)]
    else:
        lines = [_points(speech, key, points)]
    if entry.kind == "withdraw":
        lines += earned.returned(speech, shown.credits, is_restored=False)
    return lines


def _expired(speech: Speech, entry: Entry) -> str:
    if entry.amount > 0:
        return _points(speech, "unexpired", entry.amount)
    try:
        day = date.fromisoformat(word(entry.facts, "last_day"))
    except ValueError:
        return _points(speech, "expired", entry.amount)
    return _points(speech, "expired.day", entry.amount, date=speech.formats.day(day))


def _moved(speech: Speech, entry: Entry) -> list[str]:
    """A change of tier; when it leads down, why: nobody is blamed."""
    before, after = word(entry.facts, "from"), word(entry.facts, "to") or entry.tier or ""
    chosen = entry.facts.get("override")
    if chosen is True:
        return [_given(speech, entry, after)]
    if chosen is False:
        over = speech.say("tier.given.over")
        if before == after:
            return [over, speech.say("tier.stays", after=speech.tier(after))] if after else [over]
        return [over, *_changed_tier(speech, entry, before, after)[:1]]
    return _changed_tier(speech, entry, before, after)


def _given(speech: Speech, entry: Entry, after: str) -> str:
    """A tier that staff gave, with its last day if it has one."""
    try:
        until = datetime.fromisoformat(word(entry.facts, "until"))
        return speech.say("tier.given.until", after=speech.tier(after), date=speech.last_day(until))
    except (ValueError, OverflowError):
        return speech.say("tier.given", after=speech.tier(after))


def _changed_tier(speech: Speech, entry: Entry, before: str, after: str) -> list[str]:
    ladder = speech.programme.tiers
    steps = [tier.id for _, tier in tiers.thresholds_at(ladder, entry.effective_at)] if ladder else []
    rank = {"": -1} | {tier: i for i, tier in enumerate(steps)}
    is_known = before in rank and after in rank
    is_down = is_known and rank[after] < rank[before]
    if not after:
        key = "tier.left" if before else "tier.none"
    elif not before:
        key = "tier.reached"
    elif not is_known:
        key = "tier.changed"
    else:
        key = "tier.down" if is_down else "tier.up"
    lines = [speech.say(key, before=speech.tier(before), after=speech.tier(after))]
    why = f"tier.why.{entry.cause.kind}"
    if speech.knows(why) and (is_down or entry.cause.kind == "publish"):
        lines.append(speech.say(why))
    return lines


def _settled_lot(entry: Entry) -> int | None:
    return whole(entry.facts, "lot") if entry.kind == "settle" else None


def _rules(timeline: Timeline, entry: Entry) -> Programme:
    """The version that the entry was booked with, or the one of its time when it names none that is known."""
    try:
        return timeline.by_id(entry.version or 0).programme
    except KeyError:
        return timeline.at(entry.effective_at).programme


def _refund_title(speech: Speech, movement: Movement) -> str:
    if not movement.order:
        return speech.say("title.refund_unnamed")
    if not movement.refund:
        return speech.say("title.refund_of", order=movement.order)
    return speech.say("title.refund", refund=movement.refund, order=movement.order)


def _capital(speech: Speech, event: str) -> str:
    """An event that Palier has a word for starts a title with a capital; a shop's own name stays as it is."""
    said = speech.event(event)
    return said[:1].upper() + said[1:] if said != event or speech.knows(f"event.{event}") else said
