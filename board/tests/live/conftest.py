import pytest

from .fakes import FakeClock, FakeStore


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def store():
    return FakeStore()
