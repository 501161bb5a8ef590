"""How long a log-in lasts: 14 days after it was last used, 30 days in all. The database says so, not the cookie."""

from datetime import datetime, timedelta
from typing import Any, cast

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

IDLE = timedelta(days=14)
IN_ALL = timedelta(days=30)
RENEW_EVERY = timedelta(hours=1)
BEGAN = "began"
# Every request asks this, see backends.USER.
SESSION = "SELECT * FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    ends: datetime | None = None

    def begin(self) -> None:
        """Count the days in all from now: somebody just logged in."""
        self[BEGAN] = timezone.now().timestamp()

    def renew(self) -> bool:
        """Put off the end, since the session is in use. Writes at most once an hour; tells whether it did."""
        ends = self.get_expiry_date()
        if self.ends is None or ends - self.ends < RENEW_EVERY:
            return False
        self.model.objects.filter(session_key=self.session_key).update(expire_date=ends)
        return True

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        now = timezone.now()
        age = timedelta(seconds=now.timestamp() - self.get(BEGAN, now.timestamp()))
        return now + min(IDLE, IN_ALL - age)

    def _get_session_from_db(self) -> Session | None:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        session = next(iter(self.model.objects.raw(SESSION, [self.session_key, now])), None)
        if session is None:
            self._session_key = None
            return None
        self.ends = session.expire_date
        return cast(Session, session)
