"""Changes that change nothing that anyone could notice, each with its reason.

Named by file, function, the text of the line, and what was changed.
"""

_END_WITH = "end_with(lot, tuple((replace(r, undone_at=None) for r in known)), at)"

_MORE, _ANSWERED = "sum((each is not None for each in others))", "(1 if is_answered else 0)"

_MOVES = "not moves and post.tier is None and (not post.born)"

EQUIVALENT: dict[tuple[str, str, str, str], str] = {
    (
        "rebuild.py", "_last_order", "accepted = [",
        "for … if order.order_at is not None and order.last is not None => for … if True",
    ): "orders that were never accepted have neither an instant nor facts: they are never the newest, or all there is",
    (
        "benefits.py", "apply", "if grant is not None:", "if grant is not None => if True",
    ): "what is freed united with nothing is what was freed",
    (
        "ago.py", "_edges", "for day in days[1:]:", "1: => :",
    ): "edges that are no edges part a span in two that are joined again",
    (
        "probes.py", "_tiers",
        "given = [tier for tier in ladder if (offer := plan.tiers.get(tier.id)) and offer.discount]",
        "(offer := plan.tiers.get(tier.id)) and offer.discount => (offer := plan.tiers.get(tier.id)) or offer.discount",
    ): "a tier without discount takes nothing off, and what takes nothing off is not kept",
    (
        "explain/quotes.py", "_applied", 'elif discount.source == "points" and discount.points:',
        "discount.source == 'points' and discount.points => discount.points",
    ): "only discounts of points use points",
    (
        "webhook_address.py", "parse_webhook_address", "if not 0 < address.port < 65536:",
        "0 < address.port < 65536 => 0 < address.port <= 65536",
    ): "the library refuses ports above 65535 before",
    (
        "offers.py", "conversion",
        "rate = (order.rate if order.rate is not None else Fraction(1)) * rescaled(order, plan.programme)", "1 => 0",
    ): "a cart in another currency without a rate was refused before",
    (
        "quote.py", "_refused", "elif bit == COUPON and basket.cart.coupons:",
        "bit == COUPON and basket.cart.coupons => bit == COUPON",
    ): "without entered codes there is no offer of a coupon",
    (
        "order_case.py", "", "is_net: bool = False", "False => True",
    ): "whoever values an order says it; the default serves where it is not looked at",
    (
        "renewals.py", "end_at",
        "new = end_with(lot, tuple(replace(r, undone_at=None) for r in known), at) or end",
        " => ".join((f"{_END_WITH} or end", _END_WITH)),
    ): "a lot with an end of its own always has one",
    (
        "book.py", "commit", "if not moves and post.tier is None and not post.born and not post.draws:",
        f"{_MOVES} and (not post.draws) => {_MOVES}",
    ): "what is drawn from a lot always moves points",
    (
        "cart_quick.py", "quick_cart", "if asked.promo_codes:", "if asked.promo_codes => if True",
    ): "no codes make an empty tuple either way",
    (
        "tiers.py", "thresholds_at", "if len(_steps) >= _STEPS_MAX:",
        "len(_steps) >= _STEPS_MAX => len(_steps) < _STEPS_MAX",
    ): "how much is remembered changes the time it takes and nothing else",
    (
        "messages_quick.py", "_words", "if type(value) is not list or len(value) > CATEGORIES_MAX:",
        "len(value) > CATEGORIES_MAX => len(value) >= CATEGORIES_MAX",
    ): "what the quick reader leaves alone the strict one reads the same",
    (
        "offers.py", "conversion",
        "rate = (order.rate if order.rate is not None else Fraction(1)) * rescaled(order, plan.programme)", "1 => 2",
    ): "a cart in another currency without a rate was refused before",
    (
        "order.py", "", 'STATUS_ORDER = {"placed": 0, "paid": 1, "shipped": 2, "delivered": 3}', "0 => -1",
    ): "points settle from paid on: that placed comes before is all that is asked",
    (
        "tiers.py", "end_override",
        "up, silent = aim > held and not is_gone, silent or is_gone",
        "aim > held => aim >= held",
    ): "the same step is no move: nobody is told and no coupon comes",
    (
        "earning_plan.py", "compile_earning",
        "tier.id: tier.multiply for tier in tiers if tier.enabled and tier.multiply is not None",
        "tier.enabled and tier.multiply is not None => tier.enabled",
    ): "a tier that multiplies by nothing is looked up as one that is not there",
    (
        "earning.py", "rescaled", "if programme.currency == order.currency:",
        "if programme.currency == order.currency => if False",
    ): "the same currency has the same decimals: the quotient is one",
    (
        "earning.py", "counted_lines", "if factor is ONE or factor == 1:", "1 => 0",
    ): "an amount times one is the amount",
    (
        "period.py", "last_day", "return local_day(ends_at - timedelta(microseconds=1), tz)", "1 => 2",
    ): "points end at midnights: a microsecond or two before lie on the same day",
    (
        "catch_up.py", "_climb_new_ladder", "return True", "return True => return False",
    ): "after a new ladder everyone is where they deserve to be: looking once more moves nobody",
    (
        "webhook_address.py", "parse_webhook_address", "if not 0 < address.port < 65536:", "65536 => 65537",
    ): "the library refuses ports above 65535 before",
    (
        "programme/text.py", "of", "if known and value.keys() <= known.keys():",
        "known and value.keys() <= known.keys() => known or value.keys() <= known.keys()",
    ): "a document that is written out has known keys only, and a map without any is written the same",
    (
        "member.py", "folded", "if text.isascii():", "if text.isascii() => if False",
    ): "the long way folds plain letters to the same",
    (
        "offers.py", "_first_order", "if basket.buyer.orders or not basket.plan.first_order:",
        "basket.buyer.orders or not basket.plan.first_order => basket.buyer.orders",
    ): "a programme without a first order has no bracket to reach",
    (
        "probes.py", "_points", "least = max(1, bracket.bounds.at_least or 0, bracket.cost or 0)",
        "bracket.bounds.at_least or 0 => bracket.bounds.at_least",
    ): "a bracket of points always has a lower bound",
    (
        "edges.py", "_covered",
        "return discount.amount_minor + 1 if discount and discount.amount_minor and not discount.points else 0",
        "0 => -1",
    ): "edges at nothing and below are left out alike",
    (
        "rebuild.py", "_tier",
        'moves = [e for e in told if (e.facts.get("from") or "") != (e.tier or "")]', "e.tier or '' => e.tier",
    ): "the entry of a tier always says one, an empty one for none",
    (
        "probes.py", "_points", "least = max(1, bracket.bounds.at_least or 0, bracket.cost or 0)", "0 => 1",
    ): "nobody is tried with less than one point",
    (
        "programme/check_benefits.py", "_worth_of_cart", "worth = min(discount.amount_minor or 0, goods)", "0 => -1",
    ): "what is no percentage is an amount, of a cent at least",
    (
        "ago.py", "_changes", "instant = start_of_day(day, tz) - timedelta(hours=3)", "3 => 4",
    ): "an hour before the day belongs to the day before, which is looked at too",
    (
        "tiers.py", "requalify", "held = rank.get(book.tier, -1) if book.tier else -1", "if book.tier => if True",
    ): "nobody without a tier stands on a step of the ladder",
    (
        "explain/movement.py", "movements_of", 'if entry.kind == "settle":', "if entry.kind == 'settle' => if True",
    ): "no entry but a settlement says a lot among its facts",
    (
        "earning_plan.py", "_indexed", "more = sum(each is not None for each in others) > (1 if is_answered else 0)",
        " => ".join((f"{_MORE} > {_ANSWERED}", f"{_MORE} >= {_ANSWERED}")),
    ): "a condition that is answered already is asked once more",
    (
        "programme/say.py", "discount", "said = self.amount(discount.amount_minor or 0)",
        "discount.amount_minor or 0 => discount.amount_minor",
    ): "what is no percentage is an amount",
    (
        "messages_kinds.py", "_currency_meant", "upper = text.strip().upper()[:10]", "10 => 9",
    ): "a currency has three letters: what is longer is none, wherever it is cut",
    (
        "programme/check_benefits.py", "check_stacking", "worst: tuple[Fraction, list[str]] = (Fraction(0), [])",
        "0 => -1",
    ): "a set that takes nothing off is doubted as little as none",
}  # fmt: skip
