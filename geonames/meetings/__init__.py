"""Joint meetings (联席会议) of offices that take part in naming: called, held with minutes, their tasks followed."""
