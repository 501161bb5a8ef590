"""Keys that REST framework's own table held in clear go on opening what they opened; only their hash stays."""

import hashlib

from django.db import migrations
from django.db.migrations.recorder import MigrationRecorder

OLD_TABLE = "authtoken_token"


def keep_old_tokens(apps, schema_editor):
    connection = schema_editor.connection
    if OLD_TABLE not in connection.introspection.table_names():
        return
    token = apps.get_model("api", "Token")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key, user_id FROM {OLD_TABLE}")
        token.objects.using(connection.alias).bulk_create(
            token(
                owner_id=owner,
                name="From before tokens had names",
                scope="write",
                digest=hashlib.sha256(key.encode()).hexdigest(),
            )
            for key, owner in cursor.fetchall()
        )
        cursor.execute(f"DROP TABLE {OLD_TABLE}")
    MigrationRecorder(connection).migration_qs.filter(app="authtoken").delete()


class Migration(migrations.Migration):
    dependencies = [("api", "0001_tokens")]
    operations = [migrations.RunPython(keep_old_tokens, migrations.RunPython.noop)]
