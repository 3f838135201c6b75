"""Drawings made on the server: pure geometry of the page, values in, values out."""
