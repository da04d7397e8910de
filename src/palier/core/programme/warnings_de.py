"""The check's warnings in German."""

from __future__ import annotations

WARNINGS: dict[str, tuple[str, str]] = {
    "remind_without_expiry": (
        "Punkte verfallen nie, also wird auch nie erinnert.",
        "Geben Sie den Punkten eine Gültigkeit oder lassen Sie die Erinnerungen weg.",
    ),
    "expiry_without_valid_for": (
        "Punkte verfallen nie, also bedeutet die Art des Verfalls nichts.",
        "Legen Sie fest, wie lange Punkte gültig sind.",
    ),
    "settle_longer_than_valid_for": (
        "Punkte verfallen, bevor sie verfügbar werden: Sie gelten {valid_for} und bleiben {after} vorgemerkt.",
        "Kürzen Sie die Wartezeit oder verlängern Sie die Gültigkeit.",
    ),
    "reminder_longer_than_valid_for": (
        "Die Erinnerung {remind} vor dem Verfall käme, bevor es die Punkte gibt: Sie gelten {valid_for}.",
        "Erinnern Sie später.",
    ),
    "expiry_under_36_months": (
        (
            "Punkte gelten nur {valid_for}. Deutsche und österreichische Gerichte haben kurze Verfallsklauseln für "
            "unwirksam erklärt (BGH X ZR 42/16, OGH 6 Ob 139/16h)."
        ),
        "Lassen Sie Punkte 36 Monate gelten oder fragen Sie einen Anwalt.",
    ),
    "multiplies_nothing": (
        "Keine eingeschaltete Regel gibt Punkte für Bestellungen, also gibt es nichts zu vervielfachen.",
        "Fügen Sie eine Regel hinzu, die Punkte für Bestellungen gibt.",
    ),
    "multiplies_by_one": (
        "Ein Multiplikator von 1 ändert nichts.",
        "Erhöhen Sie ihn oder lassen Sie ihn weg.",
    ),
    "cap_of_zero": (
        "Bei einer Obergrenze von 0 sammelt niemand etwas.",
        "Erhöhen Sie sie oder lassen Sie sie weg.",
    ),
    "disabled_reference": (
        "{named} ist ausgeschaltet; was danach fragt, trifft nie zu.",
        "Schalten Sie ein, was gefragt ist, oder fragen Sie nicht mehr danach.",
    ),
    "earn_without_use": (
        "Mitglieder sammeln Punkte, bekommen aber nichts dafür.",
        "Lassen Sie Punkte einlösen oder fügen Sie eine Prämie hinzu.",
    ),
    "use_without_earning": (
        "Punkte lassen sich einlösen, aber keine Regel gibt welche: Sie kommen nur aus Kulanz und über die API.",
        "Fügen Sie eine Sammelregel hinzu.",
    ),
    "no_brackets": (
        "Keine Staffel ist eingeschaltet, also ist für Punkte nichts zu haben.",
        "Fügen Sie eine Staffel hinzu.",
    ),
    "bracket_gives_nothing": (
        "Diese Staffel gibt nichts.",
        "Geben Sie ihr einen Vorteil oder lassen Sie sie weg.",
    ),
    "brackets_end": (
        "Über {at} gibt es nichts mehr.",
        "Lassen Sie das Ende weg oder fügen Sie danach eine Staffel an.",
    ),
    "brackets_overlap": (
        "Von {from} bis {to} gelten zwei Staffeln; die höhere wird angewandt.",
        "Lassen Sie die erste enden, wo die zweite beginnt.",
    ),
    "brackets_hole": (
        "Von {from} bis {to} gibt es nichts.",
        "Lassen Sie die erste enden, wo die zweite beginnt.",
    ),
    "discount_drops": (
        "Der Rabatt ist bei {at} kleiner als knapp darunter: Wer etwas mehr kauft, spart weniger.",
        "Erhöhen Sie ihn oder lassen Sie ihn dort beginnen, wo er größer ist.",
    ),
    "free_shipping_drops": (
        "Unter {at} ist die Lieferung kostenlos, ab da nicht mehr.",
        "Geben Sie sie auch hier kostenlos.",
    ),
    "bracket_above_rewards": (
        "Mitglieder haben nie {points}: Bei {at} nimmt sie eine Prämie.",
        "Senken Sie die Staffel oder heben Sie die Prämie an.",
    ),
    "reward_out_of_reach": (
        "Die Prämie {first} nimmt die Punkte bei {first_at}, bevor {at} erreicht sind.",
        "Behalten Sie eine der beiden.",
    ),
    "discounts_reach_everything": (
        "Zusammen können {sources} den ganzen Preis nehmen: {percent} %.",
        "Lassen Sie weniger kombinieren oder geben Sie einen Höchstbetrag an.",
    ),
    "discounts_over_half": (
        "Zusammen können {sources} {percent} % des Preises nehmen.",
        "Lassen Sie weniger kombinieren oder geben Sie einen Höchstbetrag an.",
    ),
    "ladder_without_zero": (
        "Keine Stufe beginnt bei 0, neue Mitglieder haben also keine.",
        "Lassen Sie die unterste Stufe bei 0 beginnen, wenn das nicht so gewollt ist.",
    ),
    "tier_out_of_reach": (
        "Keine Regel gibt Punkte, also erreicht niemand diese Stufe.",
        "Fügen Sie eine Sammelregel hinzu oder lassen Sie Umsatz oder Bestellungen zählen.",
    ),
    "discount_without_group": (
        "Die Kundengruppe des Shops gibt den Prozentsatz dieser Stufe, aber die Stufe nennt keine Gruppe.",
        "Nennen Sie die Gruppe oder lassen Sie den Warenkorb den Prozentsatz geben.",
    ),
    "group_gives_percent_only": (
        (
            "Eine Kundengruppe gibt einen Prozentsatz auf alles; Beträge, Höchstbeträge und einzelne Waren brauchen "
            "den Warenkorb."
        ),
        "Lassen Sie den Warenkorb den Rabatt geben.",
    ),
    "tier_discount_drops": (
        "{id} gibt einen kleineren Prozentsatz als {below} darunter.",
        "Wer aufsteigt, sollte nichts verlieren: Erhöhen Sie ihn.",
    ),
    "tier_free_shipping_drops": (
        "{id} fehlt die kostenlose Lieferung, die {below} darunter hat.",
        "Wer aufsteigt, sollte nichts verlieren: Geben Sie sie auch hier.",
    ),
    "tier_multiplier_drops": (
        "In {id} sammeln Mitglieder weniger als in {below} darunter.",
        "Wer aufsteigt, sollte nichts verlieren: Erhöhen Sie den Multiplikator.",
    ),
    "grace_without_cause": (
        (
            "Es gibt eine Schonfrist, aber durch Zeitablauf steigt niemand ab: Der Umsatz zählt für immer, und es gibt "
            "keine Saison."
        ),
        "Lassen Sie die Schonfrist weg oder wählen Sie einen Bemessungszeitraum.",
    ),
    "grace_of_nothing": (
        "Es gibt keine Schonfrist, die für Erstattungen gelten könnte.",
        "Geben Sie eine Schonfrist an oder lassen Sie dies weg.",
    ),
    "season_equal_thresholds": (
        "In dieser Saison beginnen {id} und {above} beide bei {threshold}; in {id} ist niemand.",
        "Halten Sie die beiden auseinander.",
    ),
    "season_turns_ladder": (
        "In dieser Saison verlangt {id} mehr als {above} darüber ({threshold}); in {id} ist niemand.",
        "Senken Sie die Schwelle oder heben Sie die darüber an.",
    ),
    "seasons_overlap": (
        "Zwei Saisons gelten zur selben Zeit; nennen beide eine Stufe, zählt die spätere der Liste.",
        "Lassen Sie die eine enden, bevor die andere beginnt.",
    ),
    "segment_never_matches": (
        "Zu diesem Segment kann niemand gehören.",
        "Verlangen Sie weniger.",
    ),
    "segment_out_of_reach": (
        "Das Segment {first} kommt zuerst und hat alle, die zu diesem gehören.",
        "Stellen Sie dieses weiter nach oben.",
    ),
    "segment_gives_nothing": (
        "Dieses Segment gibt nichts, und keine Regel fragt danach.",
        "Geben Sie ihm einen Vorteil oder lassen Sie es weg.",
    ),
    "cent_replaces": (
        (
            "Ab einem Warenkorb von {cart} tritt {kept} ({gives} Rabatt) an die Stelle von {lost} ({gave} Rabatt): "
            "Der Korb kostet dann {costs} mehr als mit einem Cent weniger{case}."
        ),
        "Lassen Sie beides kombinieren, ändern Sie die Reihenfolge oder lassen Sie das Beste für das Mitglied gelten.",
    ),
    "cent_shrinks": (
        (
            "Ab einem Warenkorb von {cart} gibt {lost} {gives} statt {gave}: Der Korb kostet dann {costs} mehr als mit "
            "einem Cent weniger{case}."
        ),
        "Lassen Sie, was dort beginnt, mindestens so viel geben.",
    ),
    "cent_first_code": (
        (
            "Ab einem Warenkorb von {cart} gilt der zuerst eingegebene Code: {kept} ({gives} Rabatt), nicht {lost} "
            "({gave} Rabatt). Der Korb kostet dann {costs} mehr als mit einem Cent weniger{case}."
        ),
        "Senken Sie seinen Mindestwert, oder lassen Sie ihn mehr wert sein.",
    ),
    "cent_beyond": (
        (
            "Wo ein Warenkorb gerade nicht mehr ganz bezahlt ist, tritt {kept} an die Stelle von {lost} ({gave} "
            "Rabatt): Er kostet dann {costs} mehr als mit einem Cent weniger{case}."
        ),
        "Lassen Sie beides kombinieren, ändern Sie die Reihenfolge oder lassen Sie das Beste für das Mitglied gelten.",
    ),
    "cent_turns": (
        (
            "{kept} kann {lost} verdrängen, wenn wenig von den Waren im Warenkorb liegt, für die ein Rabatt gilt; "
            "er kann dann mehr kosten als mit einem Cent weniger."
        ),
        "Kombinieren, die Priorität ändern oder das Beste für das Mitglied gelten lassen.",
    ),
    "cent_lessens": (
        (
            "Von einer Staffel von {kept} zur nächsten kann der Rabatt kleiner werden, je nach Waren; ein solcher "
            "Korb kann mehr kosten als mit einem Cent weniger."
        ),
        "Geben Sie in der nächsten Staffel mindestens so viel, auf dieselben Waren.",
    ),
    "cent_rounds": (
        (
            "Ein Rabatt davor kann diesen Waren einen Cent weniger lassen, wenn andere einen Cent mehr kosten: "
            "Ein solcher Warenkorb kostet dann zwei Cent mehr."
        ),
        (
            "Nichts zu tun, wenn es auf einen Cent nicht ankommt; sonst nicht kombinieren oder für den ganzen "
            "Warenkorb gelten lassen."
        ),
    ),
    "case_lines": ("wenn nur Waren darin liegen, für die ein Rabatt gilt", ""),
    "case_mixed": ("wenn nur ein Teil der Waren darin zu einem Rabatt gehört", ""),
    "case_tax": ("bei Preisen mit Steuer", ""),
    "case_excluded": ("neben Waren, die nicht zählen", ""),
    "case_tier": ("für Mitglieder, deren Stufe einen Rabatt gibt", ""),
    "case_delivery": ("mit einer Lieferung, die etwas kostet", ""),
    "case_carrier": ("bevor ein Versand gewählt ist", ""),
    "a_tier": ("Die Stufe {name}", ""),
    "a_segment": ("Das Segment {name}", ""),
}
