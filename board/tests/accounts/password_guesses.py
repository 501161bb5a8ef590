"""Guess a password forty times concurrently and print how many guesses were checked and refused, as JSON.

`DATABASE_URL=… python -m board.tests.accounts.password_guesses` on an empty database. test_throttling.py runs
this and checks the output.
"""

import json
import threading
from collections import Counter

import django

GUESSES = 40


def main():
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    get_user_model().objects.create_user("ana", password="right")
    # Appending is atomic, incrementing a counter is not.
    results = []
    start = threading.Barrier(GUESSES)
    threads = [threading.Thread(target=guess, args=(start, results)) for _ in range(GUESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(results)


def guess(start, results):
    from django.contrib.auth import authenticate
    from django.db import connection
    from django.test import RequestFactory

    from board.accounts.throttling import LoginRefused

    request = RequestFactory().post("/login/")
    start.wait()
    try:
        assert authenticate(request, username="ana", password="wrong") is None
        results.append("checked")
    except LoginRefused:
        results.append("refused")
    finally:
        connection.close()


if __name__ == "__main__":
    django.setup()
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    print(json.dumps(main()))
