"""Patrols of boundary markers (界桩巡查): who keeps which markers, what is planned, what was seen in the field.

What a keeper sees is an observation: it is kept as it came, exactly once, and
opens findings; it changes nothing of the register. A phone's position alone
never says that a marker has moved (`judging`). What is sent twice is kept once
and answered alike, because the phone makes the ids.
"""
