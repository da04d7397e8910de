"""What carts cost and what people read of them, of members and of documents, as it was when it was last looked at.

A change of any of it is seen in review: ``python -m tests.core.approved`` writes the files anew.
"""
