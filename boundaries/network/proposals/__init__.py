"""Proposals: amendments that are no law yet. Kept, put on a newer state, merged, withdrawn; enacted by a document.

Nothing of a proposal is public.
"""
