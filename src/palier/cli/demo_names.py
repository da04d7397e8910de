"""Invented people for the demo: the same for the same number, of no real person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from palier.core.member import folded

_FIRST = {
    "en": "Amelia Oliver Isla Noah Freya Arthur Poppy Leo Imogen Rhys Niamh Callum Saoirse Ewan Beatrice Hugo Zoë "
    "Seán Maisie Alistair",
    "fr": "Élodie Loïc Anaïs Théo Chloé Jérôme Maëlle Gaël Noémie Rémi Aïcha Étienne Zoé François Héloïse Benoît "
    "Solène Cédric Inès Jean-Baptiste",
    "de": "Jürgen Käthe Björn Annelie Sören Mareike Günther Ronja Tilo Jördis Matthäus Lieselotte Götz Friederike "
    "Kåre Ömer Zita Änne Volker Hannelore",
}
_LAST = {
    "en": "Ashworth Blackwood O’Connell Featherstonehaugh Hargreaves MacGillivray Pemberton Thistlethwaite "
    "Whitlock "
    "Winterbourne Llewellyn Cholmondeley Fairweather Okonkwo Patel Quigley Ravenscroft Silverdale Underhill Yarborough",
    "fr": "Lefèvre Beauséjour Delacroix-Fontaine Garçon Hébert Ménard Noël Poincaré Rousselière Saint-Exupère "
    "Têtedoie Vallée Chaînay Dubœuf N’Diaye Bourguignon Courtemanche Évrard Lacarrière Montfleury",
    "de": "Müller-Lüdenscheidt Groß Schäfer Weißenböck Köhler Jäger Böttcher Größmann Freudenreich Hölzenbein "
    "Krähenbühl Oberhuber Pfannenstiel Rüdesheimer Schüßler Überacker Vögtli Wüstenhagen Zwölfer Kesselring",
}
_COMPANIES = {
    "en": "{} & Daughters Ltd",
    "fr": "Établissements {} et Fils",
    "de": "{} Geschenkartikel GmbH",
}
_LONG = (
    "Maria Alexandra Philippine Charlotte von Hohenstein-Wackernagel zu Unterpfaffenhofen",
    "Jean-Christophe Maximilien Bartholomé de La Rochefontaine-Beauséjour d’Outremer",
    "Wilhelmina Featherstonehaugh-Cholmondeley of the Upper Thistlethwaite Estate",
)
_LANGUAGE_OF = {"France": "fr", "Belgium": "fr", "Germany": "de", "Austria": "de", "Switzerland": "de"}


@dataclass(frozen=True, slots=True)
class Person:
    """What the demo says about a customer."""

    name: str
    email: str
    language: str
    born: date
    is_company: bool


def invent(customer: str, country: str) -> Person:
    """The person behind a customer number; a third of those at home write French or German, so that all three show."""
    dice = sha256(f"maison-lune:{customer}".encode()).digest()
    language = _LANGUAGE_OF.get(country) or ("fr" if dice[0] < 40 else "de" if dice[0] < 80 else "en")
    first = _pick(_FIRST[language], dice[1])
    last = _pick(_LAST[language], dice[2])
    is_company = dice[3] < 24
    name = _COMPANIES[language].format(last) if is_company else f"{first} {last}"
    if dice[4] < 4:
        name, is_company = _LONG[dice[4] % len(_LONG)], False
    local = "".join(c if c.isascii() and c.isalnum() else "." for c in folded(f"{first} {last}"))
    email = f"{local}.{customer}@example.{('com', 'net', 'org')[dice[5] % 3]}"
    born = date(1945 + dice[6] % 58, 1 + dice[7] % 12, 1 + dice[8] % 28)
    return Person(name, email, language, born, is_company)


def _pick(words: str, die: int) -> str:
    choice = words.split()
    return choice[die % len(choice)]
