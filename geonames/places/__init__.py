"""Places that are not units: settlements and whatever else has a name; and the further names of units.

`source` reads the rows of GeoNames, `matching` decides (pure) what each row is,
`load` writes them, `past_points` gives past units a point, `service` answers
questions. `classes` is the tree of classes and types (pure), `types` the office's
own; `pieces`, `alternatives` and `parsing` divide names (pure); `codes` and `coding`
are the twenty digits; `scripts` and `assertions` enter names in other scripts.
"""
