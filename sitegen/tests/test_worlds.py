"""Sites in the manner of five other generators come out as their authors mean them."""

import pytest

from .worlds.dump import HERE, WORLDS, dump


@pytest.mark.parametrize("world", WORLDS)
def test_a_site_of_another_world_is_published_as_it_was_meant(world, tmp_path):
    assert dump(world, tmp_path / "out") == (HERE / f"{world}.txt").read_text()
