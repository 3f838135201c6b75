"""Who is asking: the public, somebody with a session or a token, in a demonstration the user of this machine."""
