"""Keeping what people gave so as to be reached: sealed from the first, erased when its purpose is served.

`rules` reads how long (`data/rules/personal/retention.toml`), `store` is the
SQL, `service` is what the worker does every night.
"""
