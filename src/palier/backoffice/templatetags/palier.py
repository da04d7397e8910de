"""Tags that write values as the page's viewer reads them. All need ``viewpoint`` in the context."""

from datetime import datetime
from typing import Any

from django import template
from django.template import Context
from django.utils.http import urlencode

from palier.backoffice import formats
from palier.core.money import from_minor
from palier.core.period import last_day as _last_day

register = template.Library()


@register.simple_tag(takes_context=True)
def number(context: Context, value: int) -> str:
    return formats.number(value, language=context["viewpoint"].language)


@register.simple_tag(takes_context=True)
def gain(context: Context, value: int) -> str:
    """A number that carries its sign."""
    return formats.number(value, language=context["viewpoint"].language, signed=True)


@register.simple_tag(takes_context=True)
def money(context: Context, amount_minor: int, currency: str = "") -> str:
    viewpoint = context["viewpoint"]
    return formats.money(
        amount_minor, currency=currency or viewpoint.programme.currency, language=viewpoint.language
    )


@register.simple_tag(takes_context=True)
def plain_amount(context: Context, amount_minor: int, currency: str = "") -> str:
    """The amount as programs read it: ``1234.50``."""
    return str(from_minor(amount_minor, currency or context["viewpoint"].programme.currency))


@register.simple_tag(takes_context=True)
def taken(context: Context, amount_minor: int) -> str:
    """An amount that is taken off: with a true minus, none at all for nothing."""
    written = money(context, amount_minor)
    return f"\N{MINUS SIGN}{written}" if amount_minor else str(written)


@register.simple_tag(takes_context=True)
def day(context: Context, value: datetime) -> str:
    return formats.day(value, tz=context["viewpoint"].tz, language=context["viewpoint"].language)


@register.simple_tag(takes_context=True)
def last_day(context: Context, ends_at: datetime) -> str:
    """The last day on which something that ends then is still good."""
    tz = context["viewpoint"].tz
    return formats.day(_last_day(ends_at, tz), tz=tz, language=context["viewpoint"].language)


@register.simple_tag(takes_context=True)
def moment(context: Context, value: datetime) -> str:
    return formats.moment(value, tz=context["viewpoint"].tz, language=context["viewpoint"].language)


@register.simple_tag(takes_context=True)
def tier_name(context: Context, tier_id: str) -> str:
    return context["viewpoint"].tier_name(tier_id)


@register.simple_tag(takes_context=True)
def page_address(context: Context, parameter: str, page: int) -> str:
    """This page's address with another page of one of its lists."""
    return address_with(context, **{parameter: page})


@register.simple_tag(takes_context=True)
def address_with(context: Context, **changes: Any) -> str:
    """This page's address with some of its parameters changed; an empty value leaves one out."""
    parameters = {**context["request"].GET.dict(), **changes}
    return "?" + urlencode({name: value for name, value in parameters.items() if value not in ("", None)})
