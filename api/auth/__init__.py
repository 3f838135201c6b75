"""Who is asking. Accounts come with the first procedures; until then there are the public and, in a
demonstration on one machine, its user as staff."""
