"""A slice of what `make fuzz` sends."""

import pytest

from e2e.lab import fuzz


@pytest.mark.parametrize("surface", fuzz.SURFACES)
def test_hostile_input_is_refused_and_harms_nobody(surface, tmp_path, monkeypatch):
    # How long an answer takes is for `make fuzz` to say.
    monkeypatch.setattr(fuzz, "HANG", 20)
    assert fuzz.fire(surface, 300, 4, tmp_path).failures == []
