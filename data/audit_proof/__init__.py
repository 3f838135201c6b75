"""Signed heads (签名树头) of the audit log, and proofs that an entry is in it.

The entries' hashes are the leaves of a Merkle tree as RFC 9162 (Certificate
Transparency 2.0) makes it. Every night its root is signed with a key that is
not in the database: whoever kept such a head can tell later that nothing
before it was changed, also not by somebody who rewrote the whole chain. One
entry is proven by its text and some twenty hashes, without the other entries.
Pure: `merkle`, `note` (the form of a signed head). `service` signs, checks
and proves; `store` is its SQL.
"""
