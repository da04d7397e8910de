"""The widgets' API: what a member's own browser may read, with a token that the shop has signed."""
