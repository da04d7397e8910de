"""The problems of a document in French, by the English reason with its gaps."""

from __future__ import annotations

PROBLEMS: dict[str, str] = {
    "line {}, column {}: {}": "ligne {}, colonne {} : {}",
    "expected a day such as 2026-12-05 or an instant with offset; found {}": (
        "un jour tel que 2026-12-05 ou un instant avec décalage est attendu ; trouvé {}"
    ),
    "a binary float is not exact; read the document's text, or write it in quotes": (
        "un nombre binaire n’est pas exact ; écrivez-le entre guillemets"
    ),
    "expected a number; found one that is none (infinite or undefined)": (
        "un nombre est attendu ; celui-ci n’en est pas un (infini ou indéfini)"
    ),
    "expected a number; found {}": "un nombre est attendu ; trouvé {}",
    "this number is too large; the limit is 10^12": "ce nombre est trop grand ; la limite est 10^12",
    "too many decimals: {} here": "trop de décimales : ici {}",
    "a percentage lies between 0 and 100; found {}": "un pourcentage est compris entre 0 et 100 ; trouvé {}",
    "a multiplier must be more than 0": "un multiplicateur doit être supérieur à 0",
    "expected a text; found {}": "un texte est attendu ; trouvé {}",
    "this text must not be empty": "ce texte ne doit pas être vide",
    "this text is too long; at most {} characters": "ce texte est trop long ; au plus {} caractères",
    "this text holds control characters or broken characters": (
        "ce texte contient des caractères de contrôle ou abîmés"
    ),
    "expected an id; found {}": "un identifiant est attendu ; trouvé {}",
    "an id has letters, digits, - _ . and no spaces, at most 64 characters": (
        "un identifiant a des lettres, des chiffres, - _ . et pas d’espaces, au plus 64 caractères"
    ),
    "expected a language such as fr or de; found {}": (
        "une langue telle que fr ou de est attendue ; trouvé {}"
    ),
    "this map by language must not be empty": "cette liste par langue ne doit pas être vide",
    "expected a whole number; found {}": "un nombre entier est attendu ; trouvé {}",
    "expected a whole number from {} to {}; found {}": "un nombre entier de {} à {} est attendu ; trouvé {}",
    "this amount is too large; the limit is 10^12 minor units": (
        "ce montant est trop grand ; la limite est 10^12 centimes"
    ),
    "this amount must be more than 0": "ce montant doit être supérieur à 0",
    "this amount must not be negative": "ce montant ne doit pas être négatif",
    "expected a duration such as P12M or P14D; found {}": (
        "une durée telle que P12M ou P14D est attendue ; trouvé {}"
    ),
    "this duration must be longer than nothing": "cette durée doit être plus longue que rien",
    "a year lies between 1900 and 2200": "une année est comprise entre 1900 et 2200",
    "this list must not be empty; leave the key out to ask for nothing": (
        "cette liste ne doit pas être vide ; retirez la clé pour ne rien demander"
    ),
    "{} is not an ISO 8601 duration such as P12M, P2W, P14D or PT1H": (
        "{} n’est pas une durée ISO 8601 telle que P12M, P2W, P14D ou PT1H"
    ),
    "{} is longer than a hundred years": "{} dure plus de cent ans",
    "expected a list; found {}": "une liste est attendue ; trouvé {}",
    "this language is not among the document's languages ({})": (
        "cette langue n’est pas parmi celles du document ({})"
    ),
    "{} is no number of JSON": "{} n’est pas un nombre en JSON",
    "this text is empty": "ce texte est vide",
    "a document is a map that begins with keys such as name: and currency:": (
        "un document commence par des clés telles que name: et currency:"
    ),
    "this number is too long: {}…": "ce nombre est trop long : {}…",
    "tags such as {} are not read": "les étiquettes telles que {} ne sont pas lues",
    "this is not YAML: {}": "ce n’est pas du YAML : {}",
    "{}: this is not JSON": "{} : ce n’est pas du JSON",
    "maps and lists nest too deep": "les listes sont imbriquées trop profondément",
    "the key {} is given twice in one map": "la clé {} est donnée deux fois au même endroit",
    "this text holds too many values; at most {}": "ce texte contient trop de valeurs ; au plus {}",
    "this number is too long": "ce nombre est trop long",
    "a key must be a plain text": "une clé doit être un simple texte",
    "the alias *{} stands for nothing that is complete": "l’alias *{} ne désigne rien de complet",
    "one text holds one document": "un texte contient un seul document",
    "only YAML 1.2 is read": "seul YAML 1.2 est lu",
    "expected a current currency by its three letters (ISO 4217), such as EUR; found {}": (
        "une monnaie actuelle par ses trois lettres (ISO 4217), telle que EUR, est attendue ; trouvé {}"
    ),
    "expected a time zone of the IANA list, such as Europe/Paris; found {}": (
        "un fuseau horaire de la liste IANA, tel que Europe/Paris, est attendu ; trouvé {}"
    ),
    "expected {} or segment:<id>; found {}": "{} ou segment:<id> est attendu ; trouvé {}",
    "combine is a list of sets, each a list of sources": (
        "combine est une liste d’ensembles, chacun une liste de sources"
    ),
    "this version reads format 1; found {}": "cette version lit le format 1 ; trouvé {}",
    "expected a map by event; found {}": "des clés par événement sont attendues ; trouvé {}",
    "nested too deep": "imbriqué trop profondément",
    "expected a text, a map, a list or a boolean; found {}": (
        "un texte, des clés, une liste ou true/false est attendu ; trouvé {}"
    ),
    "this text is too long or holds control characters": (
        "ce texte est trop long ou contient des caractères de contrôle"
    ),
    "the tier's discount is a price: it is always given and needs no combine": (
        "la remise du palier est un prix : elle est toujours donnée, sans combine"
    ),
    "free shipping comes with its source and is not named by itself": (
        "la livraison offerte vient avec sa source et n’est pas nommée seule"
    ),
    "{} is already named before": "{} est déjà nommé avant",
    "unknown event; known: {}": "événement inconnu ; connus : {}",
    "expected true, false, or a map by channel; found {}": (
        "true, false ou des clés par canal sont attendus ; trouvé {}"
    ),
    "a key must be a short text; found {}": "une clé doit être un texte court ; trouvé {}",
    "a reward gives a coupon or a gift": "une récompense donne un bon ou un cadeau",
    "thresholds of the metric {} are no amounts": "les seuils de la mesure {} ne sont pas des montants",
    "expected a map from tier to threshold; found {}": "des seuils par palier sont attendus ; trouvé {}",
    "name at least one tier": "nommez au moins un palier",
    "a rolling window needs its length": "une période glissante a besoin de sa durée",
    "after over it is open what this bracket costs; state its cost in points": (
        "après over, le coût de cette tranche est indéterminé ; indiquez-le en points (cost)"
    ),
    "the coupon already gives a gift; keep one of them": "le bon donne déjà un cadeau ; gardez l’un des deux",
    "{} has the same threshold as {}; each tier needs its own": (
        "{} a le même seuil que {} ; chaque palier a besoin du sien"
    ),
    "per and per_item contradict each other; keep one of them": (
        "per et per_item se contredisent ; gardez l’un des deux"
    ),
    "steps are those of per; there is no per here": "steps se rapporte à per ; il n’y a pas de per ici",
    "expected order, ever or a duration such as P1D; found {}": (
        "order, ever ou une durée telle que P1D est attendu ; trouvé {}"
    ),
    "a rule has exactly one of award, multiply and cap; found {}": (
        "une règle a exactement l’un de award, multiply et cap ; trouvé {}"
    ),
    "a rule with on gives an award; multiply and cap are for orders": (
        "une règle avec on donne un award ; multiply et cap sont pour les commandes"
    ),
    "the event {} has no order to look at": "l’événement {} n’a pas de commande à regarder",
    "once is for events; for the first order use when: {{order_number: {{to: 1}}}}": (
        "once est pour les événements ; pour la première commande, when: {{order_number: {{to: 1}}}}"
    ),
    "a cap limits all that a member earns; it has no lines": (
        "un plafond limite tout ce qu’un membre gagne ; il n’a pas de lines"
    ),
    "expected all or a list of carriers; leave the key out for no free shipping": (
        "all ou une liste de transporteurs est attendu ; retirez la clé s’il n’y a pas de livraison offerte"
    ),
    "expected all or a list of carriers; found {}": (
        "all ou une liste de transporteurs est attendu ; trouvé {}"
    ),
    "nothing can lie within these bounds: the lower one is above the upper one": (
        "rien ne peut être entre ces bornes : la basse dépasse la haute"
    ),
    "nothing can lie within these bounds: nothing is less than 0": (
        "rien ne peut être entre ces bornes : rien n’est inférieur à 0"
    ),
    "no time is given": "aucune date n’est donnée",
    "this time is empty: it ends before it begins": "cette période est vide : elle finit avant de commencer",
    "a coupon gives something: discount, free_shipping or gift": (
        "un bon donne quelque chose : discount, free_shipping ou gift"
    ),
    "only of an amount can something be left": "seul un montant peut laisser un reste",
    "{} and {} contradict each other; keep one of them": "{} et {} se contredisent ; gardez l’un des deux",
    "no bound is given": "aucune borne n’est donnée",
    "name at least one product or category": "nommez au moins un produit ou une catégorie",
    "a discount has exactly one of percent and amount": "une remise a exactement l’un de percent et amount",
    "points buy an amount, not a percentage": "les points achètent un montant, pas un pourcentage",
    "only points can buy by steps: this belongs to redemption.brackets": (
        "seuls les points achètent par pas : ceci va dans redemption.brackets"
    ),
    "only brackets of points (redemption) cost something": (
        "seules les tranches de points (redemption) coûtent quelque chose"
    ),
    "a bracket needs a lower bound: from (at least) or over (more than)": (
        "une tranche a besoin d’une borne basse : from (au moins) ou over (plus de)"
    ),
    "a computed discount costs the steps it uses; leave cost out": (
        "une remise calculée coûte les pas qu’elle utilise ; retirez cost"
    ),
    "begins where {} begins; only one of them can hold": (
        "commence où {} commence ; une seule peut s’appliquer"
    ),
    "awards and thresholds are in the programme's currency; found {}": (
        "les gains et les seuils sont dans la monnaie du programme ; trouvé {}"
    ),
    "expected a country by its two letters (ISO 3166), such as FR; found {}": (
        "un pays par ses deux lettres (ISO 3166), tel que FR, est attendu ; trouvé {}"
    ),
    "a time has exactly one of within and before; write two facts under all for both": (
        "une date a exactement l’un de within et before ; pour les deux, écrivez deux faits sous all"
    ),
    "all, any and not nest at most {} deep": "all, any et not s’imbriquent au plus {} fois",
    "expected a map with facts, all, any or not; found {}": (
        "des faits, all, any ou not sont attendus ; trouvé {}"
    ),
    "a key must be a text; found {}": "une clé doit être un texte ; trouvé {}",
    "unknown fact; known: {}": "fait inconnu ; connus : {}",
    "unknown key; known here: {}": "clé inconnue ; connues ici : {}",
    "expected true or false; found {}": "true ou false est attendu ; trouvé {}",
    "expected a map with {}; found {}": "les clés {} sont attendues ; trouvé {}",
    "expected one of {}; found {}": "l’un de {} est attendu ; trouvé {}",
    "this id is already used at {}; ids are unique": (
        "cet identifiant est déjà utilisé à {} ; ils sont uniques"
    ),
    "this list must not be empty": "cette liste ne doit pas être vide",
    "the document is too large: more than 50000 maps and list items": (
        "le document est trop grand : plus de 50000 éléments"
    ),
    "there is no {} with this id": "aucun {} n’a cet identifiant",
    "this key is required": "cette clé est obligatoire",
    "is {} for the life of the programme": "reste {} pendant toute la vie du programme",
}
"""Reason → the same in French; ``{}`` is a gap, doubled braces are braces."""

FOUND: dict[str, str] = {
    "nothing": "rien",
    "a map": "des clés",
    "a list": "une liste",
    "the text {}": "le texte {}",
    "the number {}": "le nombre {}",
    "a huge number": "un nombre immense",
    "the day {}": "le jour {}",
    "none of them": "aucun d’eux",
    "a whole number, no decimals": "un nombre entier, sans décimales",
    "at most {} decimals": "au plus {} décimales",
}
"""What fills the gaps."""
