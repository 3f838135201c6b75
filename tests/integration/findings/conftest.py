"""The invented counties with the network of their boundaries, one copy for each test."""

from tests.integration.network.conftest import counties_template, counties_url, office, public

__all__ = ["counties_template", "counties_url", "office", "public"]
