"""`./diming bench security`: every operation asked in bad faith, parsers fuzzed, injections tried."""
