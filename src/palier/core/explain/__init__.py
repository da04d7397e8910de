"""Why a member has what they have: movements of an account, in words."""
