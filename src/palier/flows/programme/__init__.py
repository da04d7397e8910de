"""The programme document, its drafts and versions, its shops and its clock."""
