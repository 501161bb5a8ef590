"""A slice of what `make fuzz` sends."""

from e2e.lab import fuzz

COUNT = 60


def test_hostile_input_is_refused_and_harms_nobody(tmp_path, monkeypatch):
    # How long an answer takes is for `make fuzz` to say.
    monkeypatch.setattr(fuzz, "HANG", 20)
    with fuzz.target_of(tmp_path, seed=4) as target:
        for surface in fuzz.SURFACES:
            fuzz.fire(surface, COUNT, target)
    assert target.failures == []
