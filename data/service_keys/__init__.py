"""Keys (服务密钥) with which map services ask: made, rotated, revoked, given a plan; and what each has asked.

A key gives no right: who shows one gets the public's answers. It says who asks, so that more may be asked.
"""
