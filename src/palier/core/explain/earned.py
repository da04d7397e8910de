"""Sentences about what an order or an event earns: awards, multiplier, limit, and why there is nothing."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from palier.core.account import Entry
from palier.core.explain.movement import Credit, Shown
from palier.core.explain.speech import Speech, multiplier_of, whole, word
from palier.core.programme.values import Award, Conditions, EarningRule

Facts = Mapping[str, Any]


def credited(speech: Speech, shown: Shown, settled: Set[int]) -> list[str]:
    """What an order earned, or earned more. ``settled`` are the lots of which it is already told that they settled."""
    entry = shown.entry
    points = entry.amount
    worth = _worth(speech, entry.facts)
    reasons = _reasons(speech, entry.facts, points if worth is None else worth)
    if worth is not None and worth != points:
        lines = [
            speech.say("earned", points, points=speech.points(points)),
            speech.say("worth", worth, points=speech.points(worth)),
            *reasons,
        ]
    elif len(reasons) == 1 and _sum_of_awards(entry.facts) == points:
        lines = reasons
    else:
        lines = [speech.say("earned", points, points=speech.points(points)), *reasons]
    return lines + waiting(speech, shown, settled)


def taken_back(speech: Speech, entry: Entry) -> list[str]:
    """What was taken back, what is owed for it, and what the order is still worth."""
    points = -entry.amount
    why_not = word(entry.facts, "why_not")
    if entry.cause.kind == "refund" or why_not == "refunded":
        why = "refund"
    else:
        why = "cancelled" if why_not == "cancelled" else "changed"
    lines = [speech.say(f"taken.{why}", points, points=speech.points(points))]
    if entry.debt > 0:
        lines.append(speech.say("owed", entry.debt, points=speech.points(entry.debt)))
    if why_not in ("discount", "first_order", "segment", "placed"):
        lines.append(speech.say(f"nothing.{why_not}"))
    worth = _worth(speech, entry.facts)
    if worth:
        lines.append(speech.say("worth", worth, points=speech.points(worth)))
        lines.extend(_reasons(speech, entry.facts, worth))
    return lines


def spent(speech: Speech, entry: Entry) -> list[str]:
    """What an order changes that moves no points: why it earns nothing, and what counts towards the tier."""
    why_not = word(entry.facts, "why_not")
    lines = [speech.say(f"nothing.{why_not}")] if why_not and speech.knows(f"nothing.{why_not}") else []
    return lines + counting(speech, entry)


def counting(speech: Speech, entry: Entry) -> list[str]:
    """What counts towards the tier, or no longer does."""
    tiers = speech.programme.tiers
    amount = speech.formats.money(abs(entry.spend_minor))
    if entry.spend_minor and tiers is not None and tiers.metric == "spend":
        return [speech.say("counts" if entry.spend_minor > 0 else "counts_less", amount=amount)]
    if entry.orders:
        return [speech.say("counted" if entry.orders > 0 else "uncounted")]
    if entry.spend_minor:
        return [speech.say("spend_more" if entry.spend_minor > 0 else "spend_less", amount=amount)]
    return []


def happened(speech: Speech, shown: Shown, settled: Set[int]) -> list[str]:
    """What an event earned."""
    entry = shown.entry
    name = word(entry.facts, "event")
    if name:
        said = speech.say("event", entry.amount, points=speech.points(entry.amount), event=speech.event(name))
    else:
        said = speech.say("earned", entry.amount, points=speech.points(entry.amount))
    awards = _awards(entry.facts)
    reasons = [line for award in awards if (line := _award(speech, award))] if len(awards) > 1 else []
    return [said, *reasons, *_cut(speech, entry.facts, entry.amount), *waiting(speech, shown, settled)]


def waiting(speech: Speech, shown: Shown, settled: Set[int]) -> list[str]:
    """When pending points become available, as far as it was known when they were credited."""
    if shown.entry.pending <= 0:
        return []
    lines = []
    for credit in shown.credits:
        if credit.number in settled:
            continue
        if credit.available_at is None:
            lines.append(_once_reached(speech))
        elif credit.available_at > shown.entry.effective_at:
            lines.append(
                speech.say("pending.from", credit.points, date=speech.formats.day(credit.available_at))
            )
    return list(dict.fromkeys(lines))


def _once_reached(speech: Speech) -> str:
    settle = speech.programme.points.settle
    days = settle.after.days
    if days and not settle.after.months and not settle.after.seconds:
        return speech.say(f"pending.days.{settle.on}", days, count=speech.formats.number(days))
    return speech.say(f"pending.{settle.on}")


def _worth(speech: Speech, facts: Facts) -> int | None:
    """What the order is worth altogether; older entries do not say it, and not all of those let it be computed."""
    worth = whole(facts, "worth")
    if worth is not None:
        return worth
    by_line = any(rule.multiply is not None and rule.lines is not None for rule in speech.programme.earning)
    if "multiplier" in facts or "uncapped" in facts or by_line or not _awards(facts):
        return None
    return _sum_of_awards(facts)


def _reasons(speech: Speech, facts: Facts, worth: int) -> list[str]:
    """The awards one by one, then what multiplied and what cut their sum."""
    lines = [line for award in _awards(facts) if (line := _award(speech, award))]
    multiplier = multiplier_of(facts)
    if multiplier is not None:
        source = _source(speech, facts)
        times = speech.times(multiplier)
        if source:
            lines.append(speech.say("multiplied.by", times=times, name=source))
        else:
            lines.append(speech.say("multiplied", times=times))
    return lines + _cut(speech, facts, worth)


def _award(speech: Speech, facts: Facts) -> str:
    rule = next((r for r in speech.programme.earning if r.id == facts.get("rule")), None)
    award = rule.award if rule is not None else None
    n, base, pieces = whole(facts, "points") or 0, whole(facts, "base"), whole(facts, "pieces")
    points = speech.points(n)
    if pieces is not None:
        counted = speech.formats.number(pieces)
        if award is None or not award.per_item:
            return speech.say("award.pieces", pieces, points=points, pieces=counted)
        rate = speech.points(award.points)
        return speech.say("award.items", pieces, points=points, pieces=counted, rate=rate)
    if base is not None:
        return _by_amount(speech, award, points=points, base=speech.formats.money(base))
    least = _least_total(rule)
    if least is not None:
        return speech.say("award.total", n, points=points, least=speech.formats.price(least))
    named = word(facts, "rule")
    return speech.say("award.flat", n, points=points, rule=named) if named else ""


def _least_total(rule: EarningRule | None) -> int | None:
    """From which amount on an order gets a flat award, when the rule asks for nothing else."""
    total = rule.when.total if rule is not None and rule.lines is None else None
    if rule is None or total is None or total.at_most is not None or rule.when != Conditions(total=total):
        return None
    return total.at_least


def _by_amount(speech: Speech, award: Award | None, *, points: str, base: str) -> str:
    if award is None or award.per_minor is None:
        return speech.say("award.base", points=points, base=base)
    key = "award.steps" if award.whole_steps else "award.rate"
    per = speech.formats.price(award.per_minor)
    return speech.say(key, points=points, base=base, rate=speech.points(award.points), per=per)


def _source(speech: Speech, facts: Facts) -> str:
    """What multiplied: a tier by its name, a rule by its id; empty when several might have."""
    named = facts.get("multiplied_by")
    if isinstance(named, Mapping):
        tier, rule = word(named, "tier"), word(named, "rule")
        return speech.tier(tier) if tier else rule
    multiplier = multiplier_of(facts)
    programme = speech.programme
    ladder = programme.tiers.ladder if programme.tiers else ()
    sources = [speech.tier(tier.id) for tier in ladder if tier.enabled and tier.multiply == multiplier]
    sources += [rule.id for rule in programme.earning if _is_general(rule) and rule.multiply == multiplier]
    return sources[0] if len(sources) == 1 else ""


def _is_general(rule: EarningRule) -> bool:
    return rule.enabled and rule.multiply is not None and rule.lines is None and rule.on is None


def _cut(speech: Speech, facts: Facts, worth: int) -> list[str]:
    uncapped = whole(facts, "uncapped")
    if uncapped is None or uncapped <= worth:
        return []
    values = {"uncapped": speech.formats.number(uncapped), "points": speech.points(worth)}
    caps = [rule.cap for rule in speech.programme.earning if rule.enabled and rule.cap is not None]
    every = speech.every(caps[0].every) if len(caps) == 1 else ""
    if not every:
        return [speech.say("capped", worth, **values)]
    return [speech.say("capped.at", worth, **values, limit=speech.points(caps[0].points), every=every)]


def _awards(facts: Facts) -> list[Facts]:
    awards = facts.get("awards")
    return (
        [award for award in awards if isinstance(award, Mapping)] if isinstance(awards, list | tuple) else []
    )


def _sum_of_awards(facts: Facts) -> int:
    return sum(whole(award, "points") or 0 for award in _awards(facts))


def returned(speech: Speech, credits: tuple[Credit, ...], *, is_restored: bool) -> list[str]:
    """Until when points that came back live: to their old end, or a while longer because that had passed."""
    late = [credit.ends_at for credit in credits if credit.is_return and credit.ends_at is not None]
    if late:
        return [speech.say("returned.later", date=speech.last_day(max(late)))]
    if is_restored and not credits and speech.programme.points.valid_for is not None:
        return [speech.say("returned.kept")]
    return []
