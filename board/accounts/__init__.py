"""People: Django's user is the account, `Profile` adds the other fields, and `actions` has every write.

The role is `is_staff` (admin), `Profile.is_viewer` (viewer) or member. `PersonMiddleware` refuses every unsafe request
and every form of a viewer, unless the view is marked `allow_viewers`, so a new route is closed to viewers. Pages leave
out what viewers can't do; shared components are hidden by CSS.

A link that sets a password is a signed token over user, password hash, last log-in and expiration, so a used one no
longer matches.

`backends.Backend` checks every password, from pages, Basic authentication and `/api/token/` alike. It takes an attempt
from the counters (`LoginThrottle`, one atomic upsert each) before hashing, and returns it if the password was right.
Counters belong to (account, address), to the address, or, in a known browser, to (account, browser).

`LanguageMiddleware` starts each request in English and activates the profile's or the browser's language for pages of
the board. The API, pictures and the manual are always English.
"""
