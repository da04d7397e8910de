"""All tables, gathered for Django; each noun's folder defines its own."""

from palier.store.access.models import Answer, ApiKey, WidgetSecret
from palier.store.catalogue.models import KeptCart, Product
from palier.store.holds.models import Hold
from palier.store.imports.models import ImportBatch, ImportProblem
from palier.store.ledger.models import CouponRow, Draw, Entry, EntryNote, Lot, Renewal
from palier.store.members.models import Account, Identity, Profile
from palier.store.orders.models import Happening, Order, OrderLine, Refund
from palier.store.outbox.models import Inbox, Intent
from palier.store.programmes.models import Programme, ProgrammeVersion, Shop

__all__ = [
    "Account", "Answer", "ApiKey", "CouponRow", "Draw", "Entry", "EntryNote", "Happening", "Hold", "Identity",
    "ImportBatch", "ImportProblem", "Inbox", "Intent", "KeptCart", "Lot", "Order", "OrderLine", "Product", "Profile",
    "Programme", "ProgrammeVersion", "Refund", "Renewal", "Shop", "WidgetSecret",
]  # fmt: skip
