"""Several installations (平台) of one register: who keeps which record, and pages of changes that are signed.

Pure: `ownership` (who keeps a record), `page` (a signed page). `store` is the SQL, `guard` refuses to write what
another installation keeps. Who names installations, tells them of changes and applies theirs: geonames/installations.
"""
