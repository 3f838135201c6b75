"""Disagreements of neighbours (边界争议), each on the route that the law lays down for it.

`reading`: the line was agreed, and ground and paper are read differently (Order 353 Art. 15); the line stays.
`unclear`: the line was never clear (Order 26 of 1989). `transfer`: land is to change hands (Order 353 Art. 9).
Each is a procedure of cases; the document that ends it changes the register, or leaves it, in one transaction.
"""
