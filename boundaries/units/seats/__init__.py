"""Seats of governments (人民政府驻地) as a dated attribute of administrative units."""
