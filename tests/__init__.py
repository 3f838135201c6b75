"""Tests by kind: unit, properties, integration, contract, browser, features; benches apart."""
