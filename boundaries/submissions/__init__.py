"""The counter (提交窗口): what surveyors hand in is kept byte for byte, checked against the legal line, and answered.

A submission is a proposal: it changes nothing in the register. Pure: `model`,
`matching`. On the database: `store`. Use cases: `service` (handing in, asking),
`checking` (the work of the job).
"""
