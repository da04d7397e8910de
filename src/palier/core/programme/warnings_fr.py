"""The check's warnings in French."""

from __future__ import annotations

WARNINGS: dict[str, tuple[str, str]] = {
    "remind_without_expiry": (
        "Les points n’expirent jamais, aucun rappel n’est donc envoyé.",
        "Donnez une validité aux points, ou retirez les rappels.",
    ),
    "expiry_without_valid_for": (
        "Les points n’expirent jamais, leur mode d’expiration ne veut donc rien dire.",
        "Indiquez combien de temps les points sont valables.",
    ),
    "settle_longer_than_valid_for": (
        "Les points expirent avant d’être disponibles : ils sont valables {valid_for} et restent en attente {after}.",
        "Raccourcissez l’attente ou allongez la validité.",
    ),
    "reminder_longer_than_valid_for": (
        "Le rappel {remind} avant l’expiration tombe avant l’existence des points : ils sont valables {valid_for}.",
        "Rappelez plus tard.",
    ),
    "expiry_under_36_months": (
        (
            "Les points expirent après {valid_for}. Des tribunaux allemands et autrichiens ont jugé nulles les "
            "expirations courtes (BGH X ZR 42/16, OGH 6 Ob 139/16h)."
        ),
        "Laissez vivre les points 36 mois, ou consultez un juriste.",
    ),
    "multiplies_nothing": (
        "Aucune règle active n’attribue de points pour les commandes : il n’y a rien à multiplier.",
        "Ajoutez une règle qui attribue des points pour les commandes.",
    ),
    "multiplies_by_one": (
        "Un multiplicateur de 1 ne change rien.",
        "Augmentez-le ou retirez-le.",
    ),
    "cap_of_zero": ("Avec un plafond de 0, personne ne gagne rien.", "Augmentez-le ou retirez-le."),
    "disabled_reference": (
        "{named} est désactivé, ce qui le demande n’est donc jamais rempli.",
        "Activez-le, ou ne le demandez plus.",
    ),
    "earn_without_use": (
        "Les membres gagnent des points, mais ne peuvent rien en faire.",
        "Donnez un usage aux points, ou ajoutez une récompense.",
    ),
    "use_without_earning": (
        (
            "Les points servent à quelque chose, mais aucune règle n’en attribue : ils ne viennent que des gestes "
            "commerciaux et de l’API."
        ),
        "Ajoutez une règle de gain.",
    ),
    "no_brackets": ("Aucune tranche n’est active : les points n’achètent rien.", "Ajoutez une tranche."),
    "bracket_gives_nothing": (
        "Cette tranche ne donne rien.",
        "Donnez-lui un avantage, ou retirez-la.",
    ),
    "brackets_end": (
        "Au-delà de {at}, plus rien n’est donné.",
        "Retirez la limite, ou ajoutez une tranche à la suite.",
    ),
    "brackets_overlap": (
        "De {from} à {to}, deux tranches s’appliquent ; la plus haute l’emporte.",
        "Terminez la première où la seconde commence.",
    ),
    "brackets_hole": (
        "De {from} à {to}, rien n’est donné.",
        "Terminez la première où la seconde commence.",
    ),
    "discount_drops": (
        "La remise à {at} est plus petite que juste en dessous : qui achète un peu plus économise moins.",
        "Augmentez-la, ou faites-la commencer là où elle est plus grande.",
    ),
    "free_shipping_drops": (
        "La livraison, offerte en dessous de {at}, ne l’est plus à partir de là.",
        "Offrez-la ici aussi.",
    ),
    "bracket_above_rewards": (
        "Les membres n’ont jamais {points} : à {at}, une récompense les prend.",
        "Abaissez la tranche, ou relevez la récompense.",
    ),
    "reward_out_of_reach": (
        "La récompense {first} prend les points à {first_at}, avant qu’ils n’atteignent {at}.",
        "Gardez l’une des deux.",
    ),
    "discounts_reach_everything": (
        "Ensemble, {sources} peuvent prendre tout le prix : {percent} %.",
        "Cumulez moins, ou fixez un maximum.",
    ),
    "discounts_over_half": (
        "Ensemble, {sources} peuvent prendre {percent} % du prix.",
        "Cumulez moins, ou fixez un maximum.",
    ),
    "ladder_without_zero": (
        "Aucun palier ne commence à 0 : les nouveaux membres n’en ont pas.",
        "Faites commencer le premier palier à 0, sauf si c’est voulu.",
    ),
    "tier_out_of_reach": (
        "Aucune règle n’attribue de points : personne n’atteint ce palier.",
        "Ajoutez une règle de gain, ou comptez les dépenses ou les commandes.",
    ),
    "discount_without_group": (
        "Le groupe de clients de la boutique donne le pourcentage de ce palier, mais le palier ne nomme aucun groupe.",
        "Nommez le groupe, ou laissez le panier donner le pourcentage.",
    ),
    "group_gives_percent_only": (
        "Un groupe de clients donne un pourcentage sur tout ; montants, plafonds et articles choisis vont au panier.",
        "Laissez le panier donner la remise.",
    ),
    "tier_discount_drops": (
        "{id} donne un pourcentage plus petit que {below}, en dessous.",
        "Qui monte ne devrait pas perdre : augmentez-le.",
    ),
    "tier_free_shipping_drops": (
        "{id} n’a pas la livraison offerte que {below}, en dessous, possède.",
        "Qui monte ne devrait pas perdre : offrez-la ici aussi.",
    ),
    "tier_multiplier_drops": (
        "Dans {id}, les membres gagnent moins que dans {below}, en dessous.",
        "Qui monte ne devrait pas perdre : augmentez le multiplicateur.",
    ),
    "grace_without_cause": (
        (
            "Il y a un sursis, mais rien ne rétrograde avec le temps : les dépenses comptent toujours et il n’y a pas "
            "de saison."
        ),
        "Retirez le sursis, ou choisissez une période de calcul.",
    ),
    "grace_of_nothing": (
        "Il n’y a pas de sursis dont les remboursements pourraient bénéficier.",
        "Accordez un sursis, ou retirez ce réglage.",
    ),
    "season_equal_thresholds": (
        "Pendant cette saison, {id} et {above} commencent tous deux à {threshold} ; personne n’est dans {id}.",
        "Écartez-les.",
    ),
    "season_turns_ladder": (
        "Pendant cette saison, {id} demande plus que {above}, au-dessus ({threshold}) ; personne n’est dans {id}.",
        "Abaissez-le, ou relevez le palier du dessus.",
    ),
    "seasons_overlap": (
        "Deux saisons ont lieu en même temps ; si les deux nomment un palier, la dernière de la liste compte.",
        "Terminez l’une avant que l’autre ne commence.",
    ),
    "segment_never_matches": ("Aucun membre ne peut appartenir à ce segment.", "Demandez moins."),
    "segment_out_of_reach": (
        "Le segment {first} vient avant et contient tous les membres de celui-ci.",
        "Placez celui-ci plus haut.",
    ),
    "segment_gives_nothing": (
        "Ce segment ne donne rien, et aucune règle ne le demande.",
        "Donnez-lui un avantage, ou retirez-le.",
    ),
    "cent_replaces": (
        (
            "À partir d’un panier de {cart}, {kept} ({gives} de remise) prend la place de {lost} ({gave} de remise) : "
            "le panier coûte alors {costs} de plus qu’avec un centime de moins{case}."
        ),
        "Permettez leur cumul, changez leur priorité, ou choisissez le meilleur pour le membre.",
    ),
    "cent_shrinks": (
        (
            "À partir d’un panier de {cart}, {lost} donne {gives} au lieu de {gave} : le panier coûte alors {costs} "
            "de plus qu’avec un centime de moins{case}."
        ),
        "Que ce qui commence là donne au moins autant.",
    ),
    "cent_first_code": (
        (
            "À partir d’un panier de {cart}, le premier code saisi s’applique : {kept} ({gives} de remise), et non "
            "{lost} ({gave} de remise). Le panier coûte alors {costs} de plus qu’avec un centime de moins{case}."
        ),
        "Baissez son minimum, ou augmentez sa valeur.",
    ),
    "cent_beyond": (
        (
            "Quand un panier n’est tout juste plus payé en entier, {kept} prend la place de {lost} ({gave} de "
            "remise) : il coûte alors {costs} de plus qu’avec un centime de moins{case}."
        ),
        "Permettez leur cumul, changez leur priorité, ou choisissez le meilleur pour le membre.",
    ),
    "cent_turns": (
        (
            "{kept} peut remplacer {lost} dans un panier qui contient peu d’articles visés par une remise ; un "
            "tel panier peut coûter plus qu’avec un centime de moins."
        ),
        "Cumulez-les, changez leur priorité, ou laissez jouer le meilleur pour le membre.",
    ),
    "cent_lessens": (
        (
            "D’une tranche de {kept} à la suivante, la remise peut diminuer, selon les articles ; un tel panier "
            "peut coûter plus qu’avec un centime de moins."
        ),
        "Donnez au moins autant dans la tranche suivante, sur les mêmes articles.",
    ),
    "cent_rounds": (
        (
            "Une remise qui la précède peut laisser un centime de moins à ces articles quand d’autres coûtent un "
            "centime de plus : un tel panier coûte alors deux centimes de plus."
        ),
        "Rien à faire si un centime n’importe pas ; sinon, ne la cumulez pas, ou étendez-la à tout le panier.",
    ),
    "case_lines": ("quand il ne contient que des articles visés par une remise", ""),
    "case_mixed": ("s’il ne contient qu’en partie des articles visés par une remise", ""),
    "case_tax": ("à des prix taxes comprises", ""),
    "case_excluded": ("à côté d’articles qui ne comptent pas", ""),
    "case_tier": ("pour les membres dont le palier donne une remise", ""),
    "case_delivery": ("avec une livraison à payer", ""),
    "case_carrier": ("avant le choix du transporteur", ""),
    "a_tier": ("Le palier {name}", ""),
    "a_segment": ("Le segment {name}", ""),
}
