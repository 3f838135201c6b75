"""Measurements that `./diming bench` runs; every ratio is against a baseline of the same run."""
