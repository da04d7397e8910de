"""The check's warnings in English: for each code what is doubtful, and what to do about it."""

from __future__ import annotations

WARNINGS: dict[str, tuple[str, str]] = {
    "remind_without_expiry": (
        "Points never expire, so no reminder is ever sent.",
        "Give points an end, or leave the reminders out.",
    ),
    "expiry_without_valid_for": (
        "Points never expire, so the way they expire means nothing.",
        "Say how long points are valid.",
    ),
    "settle_longer_than_valid_for": (
        "Points end before they become available: they are valid for {valid_for} and wait {after}.",
        "Let them wait less, or live longer.",
    ),
    "reminder_longer_than_valid_for": (
        "The reminder {remind} before the end comes before the points exist: they are valid for {valid_for}.",
        "Remind later.",
    ),
    "expiry_under_36_months": (
        (
            "Points end after {valid_for}. German and Austrian courts have held short expiry clauses void "
            "(BGH X ZR 42/16, OGH 6 Ob 139/16h)."
        ),
        "Let points live 36 months, or ask a lawyer.",
    ),
    "multiplies_nothing": (
        "No rule that is switched on awards points for orders, so there is nothing to multiply.",
        "Add a rule that awards points for orders.",
    ),
    "multiplies_by_one": ("A multiplier of 1 changes nothing.", "Raise it, or leave it out."),
    "cap_of_zero": ("With a cap of 0 nobody earns anything.", "Raise it, or leave it out."),
    "disabled_reference": (
        "{named} is switched off, so what asks for it never holds.",
        "Switch it on, or ask for it no more.",
    ),
    "earn_without_use": (
        "Members earn points, but nothing can be had for them.",
        "Let points buy something, or add a reward.",
    ),
    "use_without_earning": (
        "Points buy something, but no rule awards any: they only come as gifts and through the API.",
        "Add an earning rule.",
    ),
    "no_brackets": ("No bracket is switched on, so points buy nothing.", "Add a bracket."),
    "bracket_gives_nothing": ("This bracket gives nothing.", "Give it a benefit, or leave it out."),
    "brackets_end": (
        "Above {at} nothing is given any more.",
        "Leave the end out, or add a bracket after it.",
    ),
    "brackets_overlap": (
        "From {from} to {to} two brackets hold; the higher one applies.",
        "Let the first end where the second begins.",
    ),
    "brackets_hole": (
        "From {from} to {to} nothing is given.",
        "Let the first end where the second begins.",
    ),
    "discount_drops": (
        "The discount at {at} is smaller than just below it: who buys a little more saves less.",
        "Raise it, or let it begin where it is larger.",
    ),
    "free_shipping_drops": (
        "Delivery that is free below {at} is not free from there on.",
        "Give free delivery here too.",
    ),
    "bracket_above_rewards": (
        "Members never have {points}: at {at} a reward takes them.",
        "Lower the bracket, or raise the reward.",
    ),
    "reward_out_of_reach": (
        "The reward {first} takes the points at {first_at}, before they reach {at}.",
        "Keep one of the two.",
    ),
    "discounts_reach_everything": (
        "Together, {sources} can take the whole price: {percent}%.",
        "Let fewer of them combine, or give a maximum.",
    ),
    "discounts_over_half": (
        "Together, {sources} can take {percent}% of the price.",
        "Let fewer of them combine, or give a maximum.",
    ),
    "ladder_without_zero": (
        "No tier begins at 0, so new members have none.",
        "Let the lowest tier begin at 0, unless that is meant.",
    ),
    "tier_out_of_reach": (
        "No rule awards points, so nobody reaches this tier.",
        "Add an earning rule, or let spend or orders count.",
    ),
    "discount_without_group": (
        "The shop’s customer group gives this tier’s percentage, but the tier names no group.",
        "Name the group, or let the cart give the percentage.",
    ),
    "group_gives_percent_only": (
        "A shop’s customer group gives a percentage on everything; amounts, ceilings and chosen goods need the cart.",
        "Let the cart give the discount.",
    ),
    "tier_discount_drops": (
        "{id} gives a smaller percentage than {below} below it.",
        "Who climbs should not lose: raise it.",
    ),
    "tier_free_shipping_drops": (
        "{id} has no free delivery that {below} below it has.",
        "Who climbs should not lose: give it here too.",
    ),
    "tier_multiplier_drops": (
        "In {id} members earn less than in {below} below it.",
        "Who climbs should not lose: raise the multiplier.",
    ),
    "grace_without_cause": (
        "There is a grace, but nothing demotes by the passing of time: spend counts for ever and there is no season.",
        "Leave the grace out, or choose a window.",
    ),
    "grace_of_nothing": ("There is no grace that refunds could have.", "Give a grace, or leave this out."),
    "season_equal_thresholds": (
        "In this season {id} and {above} both begin at {threshold}; nobody is in {id}.",
        "Keep them apart.",
    ),
    "season_turns_ladder": (
        "In this season {id} asks for more than {above} above it ({threshold}); nobody is in {id}.",
        "Lower it, or raise the tier above.",
    ),
    "seasons_overlap": (
        "Two seasons hold at the same time; where both name a tier, the later one in the list counts.",
        "Let one end before the other begins.",
    ),
    "segment_never_matches": ("No member can ever belong to this segment.", "Ask for less."),
    "segment_out_of_reach": (
        "The segment {first} comes first and has everybody who belongs to this one.",
        "Move this one up.",
    ),
    "segment_gives_nothing": (
        "This segment gives nothing, and no rule asks for it.",
        "Give it a benefit, or leave it out.",
    ),
    "cent_replaces": (
        (
            "From a cart of {cart} on, {kept} ({gives} off) takes the place of {lost} ({gave} off): the cart "
            "then costs {costs} more than with a cent less{case}."
        ),
        "Let them combine, change their priority, or let the best for the member stand.",
    ),
    "cent_shrinks": (
        (
            "From a cart of {cart} on, {lost} gives {gives} instead of {gave}: the cart then costs {costs} more than "
            "with a cent less{case}."
        ),
        "Let what begins there give at least as much.",
    ),
    "cent_first_code": (
        (
            "From a cart of {cart} on, the first code entered is used: {kept} ({gives} off), and not {lost} ({gave} "
            "off). The cart then costs {costs} more than with a cent less{case}."
        ),
        "Give it a smaller minimum, or make it worth more.",
    ),
    "cent_beyond": (
        (
            "Where a cart is just not paid whole, {kept} takes the place of {lost} ({gave} off): such a cart costs "
            "{costs} more than with a cent less{case}."
        ),
        "Let them combine, change their priority, or let the best for the member stand.",
    ),
    "cent_turns": (
        (
            "{kept} may take the place of {lost} in carts with little of the goods that a discount is for; such a "
            "cart may cost more than with a cent less."
        ),
        "Let them combine, change their priority, or let the best for the member stand.",
    ),
    "cent_lessens": (
        (
            "From one bracket of {kept} to the next the discount may shrink, depending on the goods; such a cart "
            "may cost more than with a cent less."
        ),
        "Let the later bracket give at least as much, of the same goods.",
    ),
    "cent_rounds": (
        (
            "A discount before it may leave these goods a cent less when others cost a cent more: such a cart "
            "then costs two cents more."
        ),
        "Nothing to do if a cent does not matter; else let it not combine, or be for the whole cart.",
    ),
    "case_lines": ("when it holds only goods that a discount is for", ""),
    "case_mixed": ("when only some of its goods are what a discount is for", ""),
    "case_tax": ("at prices with tax", ""),
    "case_excluded": ("beside goods that count for nothing", ""),
    "case_tier": ("for members whose tier takes something off", ""),
    "case_delivery": ("with a delivery to pay", ""),
    "case_carrier": ("before a carrier is chosen", ""),
    "a_tier": ("The tier {name}", ""),
    "a_segment": ("The segment {name}", ""),
}
