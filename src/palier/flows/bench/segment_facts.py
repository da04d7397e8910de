"""The facts of one member that segments look at, gathered for an order at hand."""

from __future__ import annotations

from collections.abc import Sequence

from palier.core.book import Book
from palier.core.order import Order
from palier.core.programme.values import Programme
from palier.core.segments import SegmentFacts, groups_held, matching, needed_purchases
from palier.store.members.load import LoadedAccount
from palier.store.orders.load import StoredOrder
from palier.store.orders.purchases import Purchases, load_purchases


def matching_segments(
    book: Book,
    account: LoadedAccount,
    programme: Programme,
    order: Order | None,
    changed: Sequence[StoredOrder] = (),
    purchases: Purchases | None = None,
) -> tuple[str, ...]:
    """The ids of the segments that match, in priority order; reads purchases only if a segment asks for them.

    ``changed`` are orders of the account that a batch has changed and not yet written. ``purchases`` are those known
    already.
    """
    if not programme.segments:
        return ()
    products: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    needed = needed_purchases(programme)
    if needed.products or needed.categories:
        if purchases is None:
            purchases = load_purchases(book.state.id, without=[stored.id for stored in changed])
        products, categories = purchases
        here = [line for o in changed if o.booking.counts for line in o.order.lines or ()]
        products |= {line.product for line in here}
        categories |= {category for line in here for category in line.categories}
    last = book.last_order
    facts = SegmentFacts(
        company=account.is_company,
        delivery_city=(order.delivery.city if order else "") or (last.city if last else ""),
        delivery_country=(order.delivery.country if order else "") or (last.country if last else ""),
        carrier=(order.shipping.carrier if order else "") or (last.carrier if last else ""),
        payment_method=(order.payment_method if order else "") or (last.payment_method if last else ""),
        orders=book.totals["orders"],
        spend_minor=book.totals["spend_minor"],
        points=book.totals["available"],
        last_order=last.at if last else None,
        signed_up=account.signed_up_at,
        bought_products=products,
        bought_categories=categories,
        tier=book.tier,
        groups=groups_held(programme, account.groups, book.tier),
        language=account.language,
        born=account.born,
        tags=frozenset(account.tags),
    )
    return matching(programme, facts, now=book.now)
