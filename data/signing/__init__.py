"""Signed packages (签名文件包): a document with its files, its decision and the head of the audit chain.

Pure: `package` (the format), `verifying` (against public keys). `keys` are the
private keys, files outside the database; `service` signs, keeps and verifies,
`store` is its SQL. docs/guide/signing.md describes the format for others.
"""
