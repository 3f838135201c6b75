"""Alembic: forward only, importing no models; `sql/` holds what is created anew after each migration."""
