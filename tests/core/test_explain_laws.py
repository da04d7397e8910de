"""Whatever is quoted can be told, in every language, to shoppers and to staff."""

import re

from hypothesis import given
from hypothesis import strategies as st

from palier.core.explain.quotes import explain_quote
from palier.core.formats import formats_for
from palier.core.plan import compile_plan
from palier.core.quote import quote
from tests.core.kit import few
from tests.core.quote_carts import buyers, carts, programmes

LEFT_OPEN = re.compile(r"\{|\}|  |\bNone\b|\[\]")


@few(80)
@given(programmes(), carts(), buyers(), st.sampled_from(["en", "fr", "de"]), st.booleans())
def test_every_part_of_a_quote_has_its_sentence(programme, cart, buyer, language, for_staff):
    quoted = quote(compile_plan(programme), cart, buyer)
    formats = formats_for(language, "EUR", "UTC")
    told = explain_quote(quoted, programme, buyer, language, formats, for_staff=for_staff)
    pairs = ("discounts", "promo_codes", "gifts", "refused", "hints")
    assert [len(getattr(told, part)) for part in pairs] == [len(getattr(quoted, part)) for part in pairs]
    assert len(told.applied) == len(told.discounts) + len(told.promo_codes)
    assert all(told.lines())
    assert not [line for line in told.lines() if LEFT_OPEN.search(line) or not line.endswith((".", "]"))]
    assert all(line[0].isupper() or not line[0].isalpha() for line in told.lines())


@few(60)
@given(programmes(), carts(), buyers())
def test_a_shopper_never_learns_of_codes_that_are_not_theirs(programme, cart, buyer):
    """R-VOU-5: only what belongs to the buyer, or was entered and exists for nobody, is told apart."""
    own = {coupon.code for coupon in buyer.coupons} if buyer.is_member else set()
    quoted = quote(compile_plan(programme), cart, buyer)
    told = explain_quote(quoted, programme, buyer, "en", formats_for("en", "EUR", "UTC"))
    for refusal, words in zip(quoted.refused, told.refused, strict=True):
        if refusal.source == "coupon" and refusal.code not in own:
            assert words == f"The code {refusal.code} cannot be used."
