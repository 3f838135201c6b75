"""Addresses in free text (省市县乡村路门牌): which units and places they name, and what of them is not understood."""
