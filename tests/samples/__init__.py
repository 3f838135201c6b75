"""A sample procedure of an office that does not exist, for tests and the guide."""

from pathlib import Path

SAMPLE_PROCEDURE = Path(__file__).with_name("procedure.toml")
SAMPLE_DOCUMENTS = Path(__file__).parent / "documents"
