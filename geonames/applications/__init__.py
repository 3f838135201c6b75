"""Naming applications (地名命名、更名申请): by which route a name becomes standard, and what that changes."""
