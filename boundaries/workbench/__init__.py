"""The workbench of one boundary line (界线工作台): everything that its page and its sheets draw, read together.

Nothing here changes anything. What a line is, how it changes and who may see
its course is said in `boundaries.network`; this subject puts versions, markers
and neighbours beside each other for looking at.
"""
