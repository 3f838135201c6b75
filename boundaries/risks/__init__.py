"""What may become a disagreement (隐患), and what belongs to a line: cooperation agreements, monuments, covenants.

For the offices beside a line and above it; nothing of it is published.
"""
