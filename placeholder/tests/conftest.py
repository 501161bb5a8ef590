import pytest

from placeholder import fonts


@pytest.fixture
def no_fonts(monkeypatch):
    """A machine on which no fonts are installed."""
    monkeypatch.setattr(fonts, "families", dict)
    fonts.file_of.cache_clear()
    yield
    fonts.file_of.cache_clear()
