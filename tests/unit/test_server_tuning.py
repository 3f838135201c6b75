"""Settings follow the machine and stay within bounds."""

from __future__ import annotations

import pytest

from data.server.tuning import GIB, MIB, machine_cores, machine_memory_bytes, settings


def megabytes(value: str) -> int:
    assert value.endswith("MB")
    return int(value.removesuffix("MB"))


@pytest.mark.parametrize("memory", [256 * MIB, GIB, 24 * GIB, 512 * GIB])
def test_shared_buffers_leave_most_of_the_memory(memory: int) -> None:
    assert 128 <= megabytes(settings(memory, 2)["shared_buffers"]) <= max(128, memory // MIB // 8)


def test_a_machine_of_24_gigabytes_gets_3_for_shared_buffers() -> None:
    assert settings(24 * GIB, 2)["shared_buffers"] == "3072MB"


def test_parallel_workers_follow_the_cores() -> None:
    assert settings(24 * GIB, 16)["max_parallel_workers"] == "16"
    assert settings(24 * GIB, 1)["max_parallel_workers_per_gather"] == "1"


def test_the_database_logs_what_is_slow_and_not_what_people_wrote() -> None:
    found = settings(GIB, 2)
    assert found["log_min_duration_statement"] == "500ms"
    assert (found["log_parameter_max_length"], found["log_parameter_max_length_on_error"]) == ("0", "0")
    assert found["log_error_verbosity"] == "terse"


def test_this_machine_has_some_of_both() -> None:
    assert machine_memory_bytes() > 100 * MIB
    assert machine_cores() >= 1
