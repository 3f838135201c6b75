"""Places that are not units: settlements and whatever else has a name; and the further names of units.

`source` reads the rows of GeoNames, `matching` decides (pure) what each row is,
`load` writes them, `past_points` gives past units a point, `service` answers
questions.
"""
