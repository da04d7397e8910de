"""All tables, gathered for Django; each noun's folder defines its own."""

from palier.store.access.models import Answer, ApiKey, WidgetSecret
from palier.store.catalogue.models import KeptCart, Product
from palier.store.concerns.models import SeenConcern
from palier.store.holds.models import Hold
from palier.store.hooks.models import Hook
from palier.store.imports.models import ImportBatch, ImportProblem
from palier.store.jobs.models import Beat, Mark, Schedule
from palier.store.ledger.models import CouponRow, Draw, Entry, EntryNote, Lot, Renewal
from palier.store.members.models import Account, Identity, Profile
from palier.store.orders.models import Happening, Order, OrderLine, Refund
from palier.store.outbox.models import Inbox, Intent
from palier.store.programmes.models import Programme, ProgrammeVersion, Shop
from palier.store.seals.models import Seal
from palier.store.webhooks.models import Attempt, Delivery, WebhookEndpoint

__all__ = [
    "Account", "Answer", "ApiKey", "Attempt", "Beat", "CouponRow", "Delivery", "Draw", "Entry", "EntryNote",
    "Happening", "Hold", "Hook", "Identity", "ImportBatch", "ImportProblem", "Inbox", "Intent", "KeptCart", "Lot",
    "Mark", "Order", "OrderLine", "Product", "Profile", "Programme", "ProgrammeVersion", "Refund", "Renewal",
    "Schedule", "Seal", "SeenConcern", "Shop", "WebhookEndpoint", "WidgetSecret",
]  # fmt: skip
