class IdConverter:
    """An id in an address: digits that fit a 64-bit key, so that nothing else reaches the database."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)
