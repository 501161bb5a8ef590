"""Sessions that expire after 14 days without use, and 30 days after the log-in. The database enforces this."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

MAX_IDLE = timedelta(days=14)
MAX_AGE = timedelta(days=30)
RENEW_EVERY = timedelta(hours=1)
BEGAN = "began"


class SessionStore(db.SessionStore):
    expires_at: datetime | None = None

    def begin(self) -> None:
        """Start the maximum age now. Called at log-in."""
        self[BEGAN] = timezone.now().timestamp()

    def renew(self) -> bool:
        """Extend the expiry of a session that is in use, at most once an hour. Returns whether it was extended."""
        expires_at = self.get_expiry_date()
        if self.expires_at is None or expires_at - self.expires_at < RENEW_EVERY:
            return False
        self.model.objects.filter(session_key=self.session_key).update(expire_date=expires_at)
        return True

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        now = timezone.now()
        age = timedelta(seconds=now.timestamp() - self.get(BEGAN, now.timestamp()))
        return now + min(MAX_IDLE, MAX_AGE - age)

    def _get_session_from_db(self) -> Session | None:
        session: Session | None = super()._get_session_from_db()  # type: ignore[misc]  # not in the stubs
        if session:
            self.expires_at = session.expire_date
        return session
