import logging


class WithoutTraceback(logging.Filter):
    """Reduces records to their message."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        return True
