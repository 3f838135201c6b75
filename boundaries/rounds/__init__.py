"""Rounds of joint inspection (联合检查): which lines are due, who leads, what has to be looked at, how far it is.

`model` and `rules` are pure; `store` holds the SQL; `planning` writes, `service` answers. The inspection itself is
a case (`boundaries.records`).
"""
