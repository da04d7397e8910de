"""Imports of files: begun, gone on with, taken back."""
