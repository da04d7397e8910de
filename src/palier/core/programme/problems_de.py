"""The problems of a document in German, by the English reason with its gaps."""

from __future__ import annotations

PROBLEMS: dict[str, str] = {
    "line {}, column {}: {}": "Zeile {}, Spalte {}: {}",
    "expected a day such as 2026-12-05 or an instant with offset; found {}": (
        "ein Tag wie 2026-12-05 oder ein Zeitpunkt mit Zeitverschiebung wird erwartet; gefunden: {}"
    ),
    "a binary float is not exact; read the document's text, or write it in quotes": (
        "eine binäre Kommazahl ist nicht genau; schreiben Sie sie in Anführungszeichen"
    ),
    "expected a number; found one that is none (infinite or undefined)": (
        "eine Zahl wird erwartet; diese ist keine (unendlich oder unbestimmt)"
    ),
    "expected a number; found {}": "eine Zahl wird erwartet; gefunden: {}",
    "this number is too large; the limit is 10^12": "diese Zahl ist zu groß; die Grenze ist 10^12",
    "too many decimals: {} here": "zu viele Nachkommastellen: hier {}",
    "a percentage lies between 0 and 100; found {}": "ein Prozentsatz liegt zwischen 0 und 100; gefunden: {}",
    "a multiplier must be more than 0": "ein Multiplikator muss größer als 0 sein",
    "expected a text; found {}": "ein Text wird erwartet; gefunden: {}",
    "this text must not be empty": "dieser Text darf nicht leer sein",
    "this text is too long; at most {} characters": "dieser Text ist zu lang; höchstens {} Zeichen",
    "this text holds control characters or broken characters": (
        "dieser Text enthält Steuerzeichen oder beschädigte Zeichen"
    ),
    "expected an id; found {}": "eine Kennung wird erwartet; gefunden: {}",
    "an id has letters, digits, - _ . and no spaces, at most 64 characters": (
        "eine Kennung hat Buchstaben, Ziffern, - _ . und keine Leerzeichen, höchstens 64 Zeichen"
    ),
    "expected a language such as fr or de; found {}": (
        "eine Sprache wie fr oder de wird erwartet; gefunden: {}"
    ),
    "this map by language must not be empty": "diese Liste nach Sprachen darf nicht leer sein",
    "expected a whole number; found {}": "eine ganze Zahl wird erwartet; gefunden: {}",
    "expected a whole number from {} to {}; found {}": (
        "eine ganze Zahl von {} bis {} wird erwartet; gefunden: {}"
    ),
    "this amount is too large; the limit is 10^12 minor units": (
        "dieser Betrag ist zu groß; die Grenze ist 10^12 Cent"
    ),
    "this amount must be more than 0": "dieser Betrag muss größer als 0 sein",
    "this amount must not be negative": "dieser Betrag darf nicht negativ sein",
    "expected a duration such as P12M or P14D; found {}": (
        "eine Dauer wie P12M oder P14D wird erwartet; gefunden: {}"
    ),
    "this duration must be longer than nothing": "diese Dauer muss länger als nichts sein",
    "a year lies between 1900 and 2200": "ein Jahr liegt zwischen 1900 und 2200",
    "this list must not be empty; leave the key out to ask for nothing": (
        "diese Liste darf nicht leer sein; lassen Sie den Schlüssel weg, um nichts zu verlangen"
    ),
    "{} is not an ISO 8601 duration such as P12M, P2W, P14D or PT1H": (
        "{} ist keine Dauer nach ISO 8601 wie P12M, P2W, P14D oder PT1H"
    ),
    "{} is longer than a hundred years": "{} ist länger als hundert Jahre",
    "expected a list; found {}": "eine Liste wird erwartet; gefunden: {}",
    "this language is not among the document's languages ({})": (
        "diese Sprache ist nicht unter denen des Dokuments ({})"
    ),
    "{} is no number of JSON": "{} ist keine Zahl in JSON",
    "this text is empty": "dieser Text ist leer",
    "a document is a map that begins with keys such as name: and currency:": (
        "ein Dokument beginnt mit Schlüsseln wie name: und currency:"
    ),
    "this number is too long: {}…": "diese Zahl ist zu lang: {}…",
    "tags such as {} are not read": "Auszeichnungen wie {} werden nicht gelesen",
    "this is not YAML: {}": "das ist kein YAML: {}",
    "{}: this is not JSON": "{}: das ist kein JSON",
    "maps and lists nest too deep": "Listen sind zu tief verschachtelt",
    "the key {} is given twice in one map": "der Schlüssel {} steht zweimal an derselben Stelle",
    "this text holds too many values; at most {}": "dieser Text enthält zu viele Werte; höchstens {}",
    "this number is too long": "diese Zahl ist zu lang",
    "a key must be a plain text": "ein Schlüssel muss ein einfacher Text sein",
    "the alias *{} stands for nothing that is complete": "der Verweis *{} steht für nichts Vollständiges",
    "one text holds one document": "ein Text enthält ein einziges Dokument",
    "only YAML 1.2 is read": "nur YAML 1.2 wird gelesen",
    "expected a current currency by its three letters (ISO 4217), such as EUR; found {}": (
        "eine heutige Währung mit ihren drei Buchstaben (ISO 4217) wie EUR wird erwartet; gefunden: {}"
    ),
    "expected a time zone of the IANA list, such as Europe/Paris; found {}": (
        "eine Zeitzone der IANA-Liste wie Europe/Paris wird erwartet; gefunden: {}"
    ),
    "expected {} or segment:<id>; found {}": "{} oder segment:<id> wird erwartet; gefunden: {}",
    "combine is a list of sets, each a list of sources": (
        "combine ist eine Liste von Mengen, jede eine Liste von Quellen"
    ),
    "this version reads format 1; found {}": "diese Version liest Format 1; gefunden: {}",
    "expected a map by event; found {}": "Schlüssel nach Ereignissen werden erwartet; gefunden: {}",
    "nested too deep": "zu tief verschachtelt",
    "expected a text, a map, a list or a boolean; found {}": (
        "ein Text, Schlüssel, eine Liste oder true/false wird erwartet; gefunden: {}"
    ),
    "this text is too long or holds control characters": "dieser Text ist zu lang oder enthält Steuerzeichen",
    "the tier's discount is a price: it is always given and needs no combine": (
        "der Rabatt der Stufe ist ein Preis: Er wird immer gegeben und braucht kein combine"
    ),
    "free shipping comes with its source and is not named by itself": (
        "die kostenlose Lieferung kommt mit ihrer Quelle und wird nicht einzeln genannt"
    ),
    "{} is already named before": "{} ist vorher schon genannt",
    "unknown event; known: {}": "unbekanntes Ereignis; bekannt: {}",
    "expected true, false, or a map by channel; found {}": (
        "true, false oder Schlüssel nach Kanälen werden erwartet; gefunden: {}"
    ),
    "a key must be a short text; found {}": "ein Schlüssel muss ein kurzer Text sein; gefunden: {}",
    "a reward gives a coupon or a gift": "eine Prämie gibt einen Gutschein oder ein Geschenk",
    "thresholds of the metric {} are no amounts": "Schwellen der Messgröße {} sind keine Beträge",
    "expected a map from tier to threshold; found {}": "Schwellen nach Stufen werden erwartet; gefunden: {}",
    "name at least one tier": "nennen Sie mindestens eine Stufe",
    "a rolling window needs its length": "ein gleitender Zeitraum braucht seine Länge",
    "after over it is open what this bracket costs; state its cost in points": (
        "nach over ist offen, was diese Staffel kostet; geben Sie ihre Kosten in Punkten an (cost)"
    ),
    "the coupon already gives a gift; keep one of them": (
        "der Gutschein gibt schon ein Geschenk; behalten Sie eines davon"
    ),
    "{} has the same threshold as {}; each tier needs its own": (
        "{} hat dieselbe Schwelle wie {}; jede Stufe braucht ihre eigene"
    ),
    "per and per_item contradict each other; keep one of them": (
        "per und per_item widersprechen sich; behalten Sie eines davon"
    ),
    "steps are those of per; there is no per here": "steps gehört zu per; hier steht kein per",
    "expected order, ever or a duration such as P1D; found {}": (
        "order, ever oder eine Dauer wie P1D wird erwartet; gefunden: {}"
    ),
    "a rule has exactly one of award, multiply and cap; found {}": (
        "eine Regel hat genau eines von award, multiply und cap; gefunden: {}"
    ),
    "a rule with on gives an award; multiply and cap are for orders": (
        "eine Regel mit on gibt ein award; multiply und cap sind für Bestellungen"
    ),
    "the event {} has no order to look at": "das Ereignis {} hat keine Bestellung",
    "once is for events; for the first order use when: {{order_number: {{to: 1}}}}": (
        "once ist für Ereignisse; für die erste Bestellung when: {{order_number: {{to: 1}}}}"
    ),
    "a cap limits all that a member earns; it has no lines": (
        "eine Obergrenze begrenzt alles, was ein Mitglied sammelt; sie hat keine lines"
    ),
    "expected all or a list of carriers; leave the key out for no free shipping": (
        "all oder eine Liste von Versanddiensten wird erwartet; ohne kostenlose Lieferung lassen Sie "
        "den Schlüssel weg"
    ),
    "expected all or a list of carriers; found {}": (
        "all oder eine Liste von Versanddiensten wird erwartet; gefunden: {}"
    ),
    "nothing can lie within these bounds: the lower one is above the upper one": (
        "nichts kann in diesen Grenzen liegen: Die untere ist über der oberen"
    ),
    "nothing can lie within these bounds: nothing is less than 0": (
        "nichts kann in diesen Grenzen liegen: Nichts ist kleiner als 0"
    ),
    "no time is given": "keine Zeit ist angegeben",
    "this time is empty: it ends before it begins": "diese Zeit ist leer: Sie endet, bevor sie beginnt",
    "a coupon gives something: discount, free_shipping or gift": (
        "ein Gutschein gibt etwas: discount, free_shipping oder gift"
    ),
    "only of an amount can something be left": "nur von einem Betrag kann etwas übrig bleiben",
    "{} and {} contradict each other; keep one of them": (
        "{} und {} widersprechen sich; behalten Sie eines davon"
    ),
    "no bound is given": "keine Grenze ist angegeben",
    "name at least one product or category": "nennen Sie mindestens ein Produkt oder eine Kategorie",
    "a discount has exactly one of percent and amount": "ein Rabatt hat genau eines von percent und amount",
    "points buy an amount, not a percentage": "Punkte kaufen einen Betrag, keinen Prozentsatz",
    "only points can buy by steps: this belongs to redemption.brackets": (
        "nur Punkte kaufen in Schritten: Das gehört zu redemption.brackets"
    ),
    "only brackets of points (redemption) cost something": (
        "nur Staffeln von Punkten (redemption) kosten etwas"
    ),
    "a bracket needs a lower bound: from (at least) or over (more than)": (
        "eine Staffel braucht eine untere Grenze: from (mindestens) oder over (mehr als)"
    ),
    "a computed discount costs the steps it uses; leave cost out": (
        "ein berechneter Rabatt kostet die genutzten Schritte; lassen Sie cost weg"
    ),
    "begins where {} begins; only one of them can hold": "beginnt, wo {} beginnt; nur eine davon kann gelten",
    "awards and thresholds are in the programme's currency; found {}": (
        "Gutschriften und Schwellen stehen in der Währung des Programms; gefunden: {}"
    ),
    "expected a country by its two letters (ISO 3166), such as FR; found {}": (
        "ein Land mit seinen zwei Buchstaben (ISO 3166) wie FR wird erwartet; gefunden: {}"
    ),
    "a time has exactly one of within and before; write two facts under all for both": (
        "eine Zeit hat genau eines von within und before; für beides schreiben Sie zwei Angaben unter all"
    ),
    "all, any and not nest at most {} deep": "all, any und not lassen sich höchstens {} tief verschachteln",
    "expected a map with facts, all, any or not; found {}": (
        "Angaben, all, any oder not werden erwartet; gefunden: {}"
    ),
    "a key must be a text; found {}": "ein Schlüssel muss ein Text sein; gefunden: {}",
    "unknown fact; known: {}": "unbekannte Angabe; bekannt: {}",
    "unknown key; known here: {}": "unbekannter Schlüssel; hier bekannt: {}",
    "expected true or false; found {}": "true oder false wird erwartet; gefunden: {}",
    "expected a map with {}; found {}": "die Schlüssel {} werden erwartet; gefunden: {}",
    "expected one of {}; found {}": "eines von {} wird erwartet; gefunden: {}",
    "this id is already used at {}; ids are unique": (
        "diese Kennung steht schon bei {}; Kennungen sind eindeutig"
    ),
    "this list must not be empty": "diese Liste darf nicht leer sein",
    "the document is too large: more than 50000 maps and list items": (
        "das Dokument ist zu groß: mehr als 50000 Einträge"
    ),
    "there is no {} with this id": "es gibt kein „{}“ mit dieser Kennung",
    "this key is required": "dieser Schlüssel ist nötig",
    "is {} for the life of the programme": "bleibt {} für die ganze Lebensdauer des Programms",
}
"""Reason → the same in German; ``{}`` is a gap, doubled braces are braces."""

FOUND: dict[str, str] = {
    "nothing": "nichts",
    "a map": "Schlüssel",
    "a list": "eine Liste",
    "the text {}": "der Text {}",
    "the number {}": "die Zahl {}",
    "a huge number": "eine riesige Zahl",
    "the day {}": "der Tag {}",
    "none of them": "keines davon",
    "a whole number, no decimals": "eine ganze Zahl ohne Nachkommastellen",
    "at most {} decimals": "höchstens {} Nachkommastellen",
}
"""What fills the gaps."""
