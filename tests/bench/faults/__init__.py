"""A real installation under mixed work while what it is made of is killed: what was acknowledged must be there."""
