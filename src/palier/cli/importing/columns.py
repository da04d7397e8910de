"""What the columns of a file mean, guessed from their names in English, French and German, and from what they hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from palier.cli.importing.values import guess_date_format
from palier.core.member import folded

NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "orders": {
        "order": (
            "order id", "order", "order number", "order no", "order reference", "reference", "invoice",
            "invoice no", "invoice number", "commande", "numero de commande", "no commande", "id commande",
            "reference commande", "facture", "bestellung", "bestellnummer", "auftrag", "auftragsnummer",
            "rechnung", "rechnungsnummer", "belegnummer",
        ),
        "date": (
            "invoice date", "order date", "date", "paid at", "created at", "placed at", "date add", "date de commande",
            "date commande", "date de facture", "bestelldatum", "datum", "rechnungsdatum", "auftragsdatum",
        ),
        "customer": (
            "customer id", "customer", "customer number", "client id", "id client", "client", "no client",
            "numero client", "kunde", "kundennummer", "kunden id", "kundennr", "member", "member id",
        ),
        "email": ("email", "e mail", "mail", "customer email", "courriel", "adresse email", "mailadresse"),
        "product": (
            "stock code", "sku", "product", "product id", "product reference", "item", "article", "produit",
            "reference produit", "code article", "artikel", "artikelnummer", "produkt", "produktnummer",
        ),
        "quantity": ("quantity", "qty", "quantite", "qte", "menge", "anzahl", "stuck", "stueck"),
        "price": ("price", "unit price", "prix", "prix unitaire", "preis", "einzelpreis", "stuckpreis"),
        "total": (
            "line total", "total", "amount", "total price", "total paid", "montant", "total ttc", "montant ttc",
            "summe", "betrag", "gesamtpreis", "gesamtbetrag", "zeilensumme",
        ),
        "currency": ("currency", "devise", "monnaie", "wahrung", "waehrung"),
        "rate": ("rate", "exchange rate", "taux de change", "wechselkurs"),
        "status": ("status", "state", "order status", "statut", "etat", "bestellstatus"),
        "category": ("category", "categories", "categorie", "rayon", "kategorie", "warengruppe"),
        "tax_rate": ("tax rate", "vat", "vat rate", "tva", "taux tva", "mwst", "steuersatz", "ust"),
        "shipping": ("shipping", "shipping cost", "frais de port", "livraison", "versand", "versandkosten"),
        "discount": ("discount", "order discount", "remise", "reduction", "rabatt", "nachlass"),
        "carrier": ("carrier", "transporteur", "versandart", "lieferdienst"),
        "payment": ("payment", "payment method", "paiement", "mode de paiement", "zahlungsart", "zahlung"),
        "city": ("city", "delivery city", "ville", "ort", "stadt"),
        "country": ("country", "delivery country", "pays", "land"),
        "name": ("description", "product name", "designation", "libelle", "bezeichnung", "artikelname"),
    },
    "members": {
        "customer": (
            "customer id", "customer", "id", "customer number", "client", "id client", "numero client", "kunde",
            "kundennummer", "kunden id", "member", "member id",
        ),
        "name": ("name", "full name", "nom complet", "nom et prenom"),
        "first_name": ("first name", "firstname", "prenom", "vorname"),
        "last_name": ("last name", "lastname", "surname", "nom", "nachname", "familienname"),
        "email": ("email", "e mail", "mail", "courriel", "adresse email", "mailadresse"),
        "language": ("language", "lang", "langue", "sprache", "locale"),
        "company": ("company", "is company", "societe", "entreprise", "professionnel", "pro", "firma", "b2b"),
        "groups": ("group", "groups", "groupe", "groupes", "gruppe", "gruppen", "customer group"),
        "tags": ("tags", "tag", "etiquettes", "schlagworte"),
        "born": (
            "born", "birthday", "birth date", "date of birth", "date de naissance", "naissance", "anniversaire",
            "geburtsdatum", "geburtstag",
        ),
        "signed_up": (
            "signed up", "sign up", "created at", "registered", "date add", "inscription", "date d inscription",
            "registriert", "registrierungsdatum", "angemeldet", "kunde seit",
        ),
        "prices": ("prices", "price display", "affichage des prix", "preisanzeige"),
    },
    "balances": {
        "customer": (
            "customer id", "customer", "id", "customer number", "client", "id client", "numero client", "kunde",
            "kundennummer", "kunden id", "member", "member id",
        ),
        "points": ("points", "balance", "solde", "solde de points", "punkte", "punktestand", "guthaben"),
        "expires": (
            "expires", "expiry", "expiry date", "expiration", "valid until", "date d expiration", "expire le",
            "valable jusqu au", "ablauf", "ablaufdatum", "gultig bis", "verfallt am",
        ),
        "reason": ("reason", "note", "comment", "motif", "commentaire", "grund", "bemerkung"),
        "spend": ("spend", "lifetime spend", "total spent", "depenses", "total depense", "umsatz"),
    },
}  # fmt: skip
"""For each kind of import: meaning → the names that columns of it have, the most certain first."""

NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "orders": (("order",), ("date",), ("price", "total")),
    "members": (("customer",),),
    "balances": (("customer",), ("points", "spend")),
}
"""Meanings without which nothing can be imported; one of each group."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def plain(name: str) -> str:
    """A column's name for comparing: no case, no accents, words apart ("InvoiceDate", "invoice_date" are one)."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", folded(spaced)).split())


def guess(kind: str, header: Sequence[str], sample: Sequence[Sequence[str]]) -> dict[str, str]:
    """Meaning → column, each column at most once. Names come first; what the samples hold settles dates and e-mails."""
    by_plain: dict[str, str] = {}
    for name in header:
        by_plain.setdefault(plain(name), name)
    found: dict[str, str] = {}
    for meaning, names in NAMES[kind].items():
        column = next(
            (by_plain[n] for n in names if n in by_plain and by_plain[n] not in found.values()), None
        )
        if column is not None:
            found[meaning] = column
    for i, name in enumerate(header):
        if name in found.values():
            continue
        values = [row[i] for row in sample[:50] if row[i].strip()]
        if not values:
            continue
        if (
            "email" in NAMES[kind]
            and "email" not in found
            and all(_EMAIL.fullmatch(v.strip()) for v in values)
        ):
            found["email"] = name
        elif (
            kind == "orders"
            and "date" not in found
            and len(values[0].strip()) >= 8
            and guess_date_format(values)
        ):
            found["date"] = name
    return found


def missing(kind: str, columns: Mapping[str, str]) -> list[str]:
    """Which needed meanings have no column."""
    return [" or ".join(group) for group in NEEDED[kind] if not any(meaning in columns for meaning in group)]
