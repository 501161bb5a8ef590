"""The keys that REST framework's own table held: they go on opening what they opened."""

from importlib import import_module

from django.apps import apps
from django.db import connection

from api.models import Token

migration = import_module("api.migrations.0002_keep_old_tokens")
OLD_KEY = "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b"


def keep_old_tokens():
    with connection.schema_editor() as editor:
        migration.keep_old_tokens(apps, editor)


def test_an_old_key_still_signs_in_and_is_not_kept_in_clear(transactional_db, ada, stranger):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE authtoken_token (key varchar(40) PRIMARY KEY, created timestamp, user_id integer)"
        )
        cursor.execute("INSERT INTO authtoken_token (key, user_id) VALUES (%s, %s)", [OLD_KEY, ada.pk])
    keep_old_tokens()
    assert stranger.get("/api/users", headers={"authorization": f"Token {OLD_KEY}"}).status_code == 200
    assert Token.objects.get().may_write
    assert "authtoken_token" not in connection.introspection.table_names()


def test_without_the_old_table_there_is_nothing_to_keep(transactional_db):
    keep_old_tokens()
    assert not Token.objects.exists()
