"""The archive of a line (界线档案): everything that its inspections left, as one package with manifest and hashes.

`bag` is pure and writes the package (BagIt, RFC 8493); `contents` says what is in it; `service` makes it for
whoever asks, and nobody finds in it what he may not see.
"""
