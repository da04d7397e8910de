"""The form of a tier: fields from the tier, and the tier from the fields, with what is wrong beside each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from palier.backoffice.boxes import Box, Numbers, cut, read_names, read_word
from palier.backoffice.ladder_words import language_name, names_by_language
from palier.core.money import LIMIT
from palier.core.period import Duration
from palier.core.programme.ladder import ladder_of
from palier.core.programme.say import sayer
from palier.core.programme.values import CouponTerms, Discount, FreeShipping, Gift, Text, Tier
from palier.core.programme.values import Programme as Rules

PERKS_MAX = 20
TEXT_MAX = 2000
KINDS = ("none", "percent", "amount")


@dataclass(slots=True)
class TierForm:
    """The fields of one tier. ``original`` is the tier as it is; parts of it that have no field stay."""

    rules: Rules
    language: str
    original: Tier | None
    boxes: dict[str, Box]
    kept: dict[str, str] = field(default_factory=dict)
    """What stays as it is and has no field, in words, by the field that it stands beside."""

    @property
    def errors(self) -> list[Box]:
        """The fields with an error, in the order of the page."""
        return [box for box in self.boxes.values() if box.error]

    @property
    def names(self) -> list[Box]:
        """The fields of the name, one for each language."""
        return [self.boxes[f"name_{language}"] for language in self.rules.languages]

    @property
    def perks(self) -> list[Box]:
        """The fields of the perks, one for each language."""
        return [self.boxes[f"perks_{language}"] for language in self.rules.languages]

    @property
    def values(self) -> list[tuple[str, str]]:
        """Every field as the browser sends it."""
        return [(box.name, box.value) for box in self.boxes.values()]


def form_of(rules: Rules, tier: Tier | None, *, language: str) -> TierForm:
    """The form as it first stands: the tier's own values, or those of a new one."""
    numbers = Numbers(language, rules.currency)
    filled = _filled(rules, tier or Tier("", 0), numbers, is_new=tier is None)
    return _form(rules, tier, language, lambda name: filled.get(name, ""))


def typed_form(rules: Rules, tier: Tier | None, post: QueryDict, *, language: str) -> TierForm:
    """The form as it was typed, not read yet."""
    return _form(rules, tier, language, lambda name: cut(post.get(name, "")))


def _form(rules: Rules, tier: Tier | None, language: str, value: Callable[[str], str]) -> TierForm:
    labels: dict[str, Any] = {
        **{f"name_{code}": language_name(code, language) for code in rules.languages},
        "threshold": _("Threshold"),
        "enabled": _("Switched on"),
        "group": _("Customer group of the shop"),
        "discount_kind": _("Discount"),
        "discount_value": _("How much"),
        "shipping": _("Free delivery"),
        "carriers": _("Carriers"),
        "multiply": _("Points are multiplied by"),
        "gift_product": _("Product given for nothing"),
        "gift_quantity": _("Quantity"),
        "coupon_kind": _("It takes off"),
        "coupon_value": _("How much"),
        "coupon_min_total": _("From a purchase of"),
        "coupon_count": _("Valid for"),
        "coupon_unit": _("Unit"),
        "coupon_kept": _("What is left of an amount stays on the coupon"),
        **{f"perks_{code}": language_name(code, language) for code in rules.languages},
    }
    boxes = {name: Box(name, label, value(name)) for name, label in labels.items()}
    return TierForm(rules, language, tier, boxes, _kept(rules, tier, language))


def _filled(rules: Rules, tier: Tier, numbers: Numbers, *, is_new: bool) -> dict[str, Any]:
    is_money = ladder_of(rules).metric == "spend"
    at = numbers.write_minor(tier.threshold) if is_money else numbers.write(tier.threshold)
    coupon = tier.coupon
    span = _span_of(coupon.valid_for) if coupon else ("", "months")
    gift = tier.gift
    perks = dict(tier.perks)
    carriers = tier.free_shipping if isinstance(tier.free_shipping, frozenset) else frozenset()
    return {
        **{f"name_{code}": name for code, name in names_by_language(tier, rules).items()},
        "threshold": "" if is_new else at,
        "enabled": "on" if tier.enabled else "",
        "group": tier.group or "",
        **_filled_discount("discount", tier.discount, numbers),
        "shipping": "some" if carriers else tier.free_shipping or "none",
        "carriers": ", ".join(sorted(carriers)),
        "multiply": numbers.write(_decimal(tier.multiply)) if tier.multiply is not None else "",
        "gift_product": gift.product if gift else "",
        "gift_quantity": numbers.write(gift.quantity) if gift else "",
        **_filled_discount("coupon", coupon.discount if coupon else None, numbers),
        **({"coupon_kind": "other"} if coupon is not None and coupon.discount is None else {}),
        "coupon_min_total": numbers.write_minor(coupon.min_total_minor)
        if coupon and coupon.min_total_minor is not None
        else "",
        "coupon_count": span[0],
        "coupon_unit": span[1],
        "coupon_kept": "on" if coupon and coupon.remainder_kept else "",
        **{f"perks_{code}": "\n".join(perks.get(code, perks.get("", ()))) for code in rules.languages},
    }


def _filled_discount(name: str, discount: Discount | None, numbers: Numbers) -> dict[str, str]:
    if discount is None:
        return {f"{name}_kind": "none", f"{name}_value": ""}
    if discount.percent_bp is not None:
        value = numbers.write(Decimal(discount.percent_bp).scaleb(-2).normalize() + 0)
        return {f"{name}_kind": "percent", f"{name}_value": value}
    return {f"{name}_kind": "amount", f"{name}_value": numbers.write_minor(discount.amount_minor or 0)}


def _decimal(value: Fraction) -> Decimal:
    """A multiplier, which has at most 12 decimals, exactly."""
    return Decimal(value.numerator * 10**12 // value.denominator).scaleb(-12).normalize() + 0


def _span_of(span: Duration | None) -> tuple[str, str]:
    """How many of which unit; a span of several units has a field of its own that keeps it."""
    if span is None:
        return "", "months"
    if span.months and not span.days and not span.seconds:
        return str(span.months), "months"
    return (str(span.days), "days") if span.days and not span.months and not span.seconds else ("", "kept")


def _kept(rules: Rules, tier: Tier | None, language: str) -> dict[str, str]:
    if tier is None:
        return {}
    say, found = sayer(rules, language), {}
    discounts = {"discount": tier.discount, "coupon": tier.coupon.discount if tier.coupon else None}
    for name, discount in discounts.items():
        if discount is not None and (discount.max_minor is not None or discount.lines is not None):
            found[name] = say.discount(discount)
    coupon = tier.coupon
    if coupon is not None and (coupon.gift is not None or coupon.free_shipping is not None):
        found["coupon"] = say.coupon(coupon)
    if coupon is not None and coupon.valid_for is not None and _span_of(coupon.valid_for)[1] == "kept":
        found["span"] = say.span(coupon.valid_for)
    return found


def read_tier(form: TierForm) -> Tier | None:
    """The tier that the fields mean; None when something is wrong, which then stands beside its field."""
    reader = _Reader(form)
    tier = reader.tier()
    if not form.errors:
        reader.check_place(tier)
    return None if form.errors else tier


@dataclass(frozen=True, slots=True)
class _Reader:
    form: TierForm

    @property
    def numbers(self) -> Numbers:
        return Numbers(self.form.language, self.form.rules.currency)

    def tier(self) -> Tier:
        boxes, original = self.form.boxes, self.form.original
        name = self.name(original)
        base = original or Tier(new_id(name, self.form.rules), 0)
        return replace(
            base,
            threshold=self.threshold(),
            name=name,
            group=read_word(boxes["group"]) or None,
            discount=self.discount("discount", base.discount),
            coupon=self.coupon(base.coupon),
            free_shipping=self.shipping(),
            multiply=self.multiply(),
            perks=self.perks(base.perks),
            gift=self.gift(),
            enabled=boxes["enabled"].is_on,
        )

    def name(self, original: Tier | None) -> Text | None:
        typed = {code: read_word(self.form.boxes[f"name_{code}"]) for code in self.form.rules.languages}
        if not any(typed.values()):
            self.form.names[0].error = _("What is it called?")
            return None
        if original is not None and typed == names_by_language(original, self.form.rules):
            return original.name
        given = tuple((code, text) for code, text in typed.items() if text)
        return Text(given if len(self.form.rules.languages) > 1 else (("", given[0][1]),))

    def threshold(self) -> int:
        box = self.form.boxes["threshold"]
        is_money = ladder_of(self.form.rules).metric == "spend"
        value = self.numbers.minor(box) if is_money else self.numbers.whole(box)
        if value is None and not box.error:
            box.error = _("From how much on? 0 for everybody.")
        return value or 0

    def check_place(self, tier: Tier) -> None:
        """Each tier that is on begins at a threshold of its own."""
        ladder = ladder_of(self.form.rules).ladder
        twin = next(
            (t for t in ladder if t.enabled and t.id != tier.id and t.threshold == tier.threshold), None
        )
        if tier.enabled and twin is not None:
            name = (
                twin.name.read(self.form.language, fallback=self.form.rules.languages[0])
                if twin.name
                else twin.id
            )
            self.form.boxes["threshold"].error = _("%(tier)s begins there already.") % {"tier": name}

    def discount(self, name: str, base: Discount | None) -> Discount | None:
        kind, box = self.form.boxes[f"{name}_kind"], self.form.boxes[f"{name}_value"]
        if kind.value not in ("percent", "amount"):
            return None
        if not box.value:
            box.error = _("How much?")
            return None
        if kind.value == "percent":
            percent = self.numbers.number(box, decimals=2)
            if percent is not None and percent > 100:
                box.error = _("A percentage is at most 100.")
            return replace(base or Discount(), percent_bp=int((percent or 0) * 100), amount_minor=None)
        amount = self.numbers.minor(box)
        if amount == 0:
            box.error = _("More than 0, please.")
        return replace(base or Discount(), amount_minor=amount or 0, percent_bp=None)

    def coupon(self, base: CouponTerms | None) -> CouponTerms | None:
        boxes = self.form.boxes
        kind = boxes["coupon_kind"].value
        if kind not in ("percent", "amount", "other") or (kind == "other" and base is None):
            return None
        terms = base or CouponTerms()
        min_total = self.numbers.minor(boxes["coupon_min_total"])
        return replace(
            terms,
            discount=self.discount("coupon", terms.discount),
            min_total_minor=min_total,
            valid_for=self.span(terms.valid_for),
            remainder_kept=boxes["coupon_kept"].is_on and kind == "amount",
        )

    def span(self, base: Duration | None) -> Duration | None:
        count, unit = self.form.boxes["coupon_count"], self.form.boxes["coupon_unit"].value
        if unit == "kept":
            return base
        number = self.numbers.whole(count, most=1200 if unit == "months" else 36525)
        if number == 0:
            count.error = _("More than 0, please.")
        if not number:
            return None
        return Duration(months=number) if unit == "months" else Duration(days=number)

    def shipping(self) -> FreeShipping:
        kind, box = self.form.boxes["shipping"].value, self.form.boxes["carriers"]
        if kind == "all":
            return "all"
        if kind != "some":
            return None
        names = frozenset(read_names(box))
        if not names and not box.error:
            box.error = _("Which carriers?")
        return names or None

    def multiply(self) -> Fraction | None:
        box = self.form.boxes["multiply"]
        number = self.numbers.number(box, decimals=12)
        if number == 0:
            box.error = _("More than 0, please.")
        if number is not None and number > LIMIT:
            box.error = _("This is too much.")
        return Fraction(number) if number else None

    def gift(self) -> Gift | None:
        boxes = self.form.boxes
        product = read_word(boxes["gift_product"])
        quantity = self.numbers.whole(boxes["gift_quantity"], most=10_000)
        if not product:
            return None
        if quantity == 0:
            boxes["gift_quantity"].error = _("At least 1.")
        return Gift(product, quantity or 1)

    def perks(self, base: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        known = dict(base)
        typed = {}
        for code in self.form.rules.languages:
            box = self.form.boxes[f"perks_{code}"]
            lines = tuple(line.strip() for line in box.value.splitlines() if line.strip())
            if len(lines) > PERKS_MAX or any(len(line) > WORD_LINE_MAX for line in lines):
                box.error = _("This is too long.")
            if any(not line.isprintable() for line in lines):
                box.error = _("This holds characters that cannot be shown.")
            typed[code] = lines
        if typed == {code: known.get(code, known.get("", ())) for code in self.form.rules.languages}:
            return base
        given = tuple((code, lines) for code, lines in typed.items() if lines)
        is_alone = len(self.form.rules.languages) == 1
        return (("", given[0][1]),) if given and is_alone else given


WORD_LINE_MAX = 300


def new_id(name: Text | None, rules: Rules) -> str:
    """An id made of the name's letters and digits, that no tier has."""
    text = name.by_language[0][1] if name else ""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    slug = re.sub(r"[^a-z0-9]+", "-", bare.casefold()).strip("-")[:40] or "tier"
    taken = {tier.id for tier in ladder_of(rules).ladder}
    return next(id for id in (slug, *(f"{slug}-{n}" for n in range(2, 10_000))) if id not in taken)
