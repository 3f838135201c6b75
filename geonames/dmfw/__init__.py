"""The answers of the interface of the national place-name database (中国·国家地名信息库, dmfw), from this register.

What each field is taken from, and what of the interface is not known: docs/api/dmfw.md.
"""
