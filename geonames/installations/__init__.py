"""Exchange with other installations: what they are told, what of theirs is applied here, and what stays open.

Pure: `judging` (what a record that comes does to what stands here). `rows` is the SQL of records as they travel,
`outgoing` tells, `incoming` applies, `conflicts` shows and decides, `service` names this installation and its peers.
"""
