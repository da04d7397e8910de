"""What a valid programme should make its owner think twice about: holes, drops, dead rules, the law."""

from __future__ import annotations

from collections.abc import Iterator

from palier.core.period import Duration
from palier.core.programme.check_benefits import check_brackets, check_rewards, check_stacking, cost_of
from palier.core.programme.check_members import check_segments, check_tiers
from palier.core.programme.check_warning import Warning
from palier.core.programme.values import EarningRule, Programme

__all__ = ["Warning", "check", "cost_of"]

_GERMAN_LAW_ZONES = ("Europe/Berlin", "Europe/Vienna", "Europe/Busingen")


def check(programme: Programme) -> tuple[Warning, ...]:
    """Every warning about this programme, in the order of its sections; the same programme gives the same ones.

    A warning never stops publishing. ``code`` and ``facts`` let a screen say it in another language.
    """
    return (
        *_check_points(programme),
        *_check_earning(programme),
        *_check_use(programme),
        *check_brackets(programme),
        *check_rewards(programme),
        *check_tiers(programme),
        *check_segments(programme),
        *check_stacking(programme),
    )


def days_about(span: Duration) -> int:
    """How many days a duration has, a month counted as 30 days and a year as 365; to compare, not to calculate."""
    years, months = divmod(span.months, 12)
    return 365 * years + 30 * months + span.days + span.seconds // 86400


def _check_points(programme: Programme) -> Iterator[Warning]:
    points = programme.points
    if points.valid_for is None:
        if points.remind:
            yield Warning(
                "points.remind",
                "remind_without_expiry",
                "points never expire, so no reminder is ever sent",
                "give points.valid_for, or leave remind out",
            )
        if points.expiry != "sliding":
            yield Warning(
                "points.expiry",
                "expiry_without_valid_for",
                "points never expire, so the way they expire means nothing",
                "give points.valid_for",
            )
        return
    lives = days_about(points.valid_for)
    if days_about(points.settle.after) >= lives:
        yield Warning(
            "points.settle.after",
            "settle_longer_than_valid_for",
            "points end before they become available",
            "shorten settle.after or lengthen valid_for",
            {"after": str(points.settle.after), "valid_for": str(points.valid_for)},
        )
    for index, span in enumerate(points.remind):
        if days_about(span) >= lives:
            yield Warning(
                f"points.remind[{index}]",
                "reminder_longer_than_valid_for",
                f"the reminder {span} comes before the points exist: they live {points.valid_for}",
                "shorten the reminder",
                {"remind": str(span), "valid_for": str(points.valid_for)},
            )
    is_german = any(language.split("-")[0] == "de" for language in programme.languages)
    if lives < 3 * 365 and (is_german or programme.timezone in _GERMAN_LAW_ZONES):
        yield Warning(
            "points.valid_for",
            "expiry_under_36_months",
            "German and Austrian courts have held short expiry clauses void (BGH X ZR 42/16, OGH 6 Ob 139/16h)",
            "P36M",
            {"valid_for": str(points.valid_for)},
        )


def _check_earning(programme: Programme) -> Iterator[Warning]:
    order_awards = [rule for rule in programme.earning if rule.enabled and rule.award and rule.on is None]
    tiers = {tier.id for tier in programme.tiers.ladder if not tier.enabled} if programme.tiers else set()
    segments = {segment.id for segment in programme.segments if not segment.enabled}
    for index, rule in enumerate(programme.earning):
        path = f"earning[{index}]"
        if not rule.enabled:
            continue
        if rule.multiply is not None and not order_awards:
            yield Warning(
                f"{path}.multiply",
                "multiplies_nothing",
                "no enabled rule awards points for orders, so there is nothing to multiply",
                "add an award, such as {points: 1, per: 1}",
                {"id": rule.id},
            )
        if rule.multiply == 1:
            yield Warning(f"{path}.multiply", "multiplies_by_one", "a multiplier of 1 changes nothing", "2")
        if rule.cap is not None and rule.cap.points == 0:
            yield Warning(f"{path}.cap.points", "cap_of_zero", "with this cap nobody earns anything", "")
        yield from _disabled_references(path, rule, tiers, segments)


def _disabled_references(
    path: str, rule: EarningRule, tiers: set[str], segments: set[str]
) -> Iterator[Warning]:
    for key, asked, disabled in (("tier", rule.when.tier, tiers), ("segment", rule.when.segment, segments)):
        for id in sorted((asked or frozenset()) & disabled):
            yield Warning(
                f"{path}.when.{key}",
                "disabled_reference",
                f"the {key} {id} is switched off, so this condition never holds for it",
                f"enable the {key} or leave it out",
                {"id": id},
            )


def _check_use(programme: Programme) -> Iterator[Warning]:
    earns = any(rule.enabled and rule.award for rule in programme.earning)
    redeems = programme.redemption is not None and any(each.enabled for each in programme.redemption.brackets)
    rewards = any(reward.enabled for reward in programme.rewards)
    ranks = programme.tiers is not None and programme.tiers.metric == "points"
    if earns and not (redeems or rewards or ranks):
        yield Warning(
            "earning",
            "earn_without_use",
            "members earn points, but nothing can be had for them",
            "add redemption or rewards",
        )
    for section, uses in (("redemption", redeems), ("rewards", rewards)):
        if uses and not earns:
            yield Warning(
                section,
                "use_without_earning",
                "points buy something, but no rule awards any (only gifts by hand and through the API)",
                "add an earning rule",
            )
    if programme.redemption is not None and not redeems:
        yield Warning("redemption.brackets", "no_brackets", "no enabled bracket: points buy nothing", "")
