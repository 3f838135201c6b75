"""Version 1 of the HTTP API: one module for each subject, each route one question to one service.

The shapes that must hold are in docs/api/; parameters are in `params`, answers in `answers`.
"""
