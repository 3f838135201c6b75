"""Sources with links: links become links, everything else is escaped."""

from __future__ import annotations

from api.web.rendering import linked


def test_a_named_link_becomes_a_link() -> None:
    made = linked("[维基文库](https://example.org/a_b) · diff:42")
    assert made == '<a href="https://example.org/a_b" rel="noreferrer">维基文库</a> · diff:42'


def test_nothing_else_becomes_markup() -> None:
    assert linked("<b>[x](javascript:alert(1))</b>") == "&lt;b&gt;[x](javascript:alert(1))&lt;/b&gt;"
    assert '"><script>' not in linked('[x](https://e.org/"><script>)')
