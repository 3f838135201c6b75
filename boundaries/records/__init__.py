"""The inspection of one line as a case (联检): what each side answers, the record that both sign, its filing.

Where each side hands in by itself, neither sees the other's before both are in or the day has passed: one
function, `visibility.sides_seen`, says what anybody sees.
"""
