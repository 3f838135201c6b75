"""Campaigns for the names of villages (乡村著名行动): targets by division, and what the register says was done."""
