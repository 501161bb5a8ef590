from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("board", "0008_signed_out_at"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameField("event", "at", "created_at"),
        migrations.RenameField("event", "by", "actor"),
        migrations.RenameField("event", "left", "from_sprint"),
        migrations.RenameModel("Tries", "LoginThrottle"),
        migrations.RenameField("loginthrottle", "until", "expires_at"),
        migrations.RemoveConstraint("answer", "one_answer_a_key"),
        migrations.RenameModel("Answer", "IdempotencyRecord"),
        migrations.RenameField("idempotencyrecord", "by", "actor"),
        migrations.RenameField("idempotencyrecord", "asked", "request_hash"),
        migrations.RenameField("idempotencyrecord", "answer", "response"),
        migrations.RenameField("idempotencyrecord", "at", "created_at"),
        migrations.AddConstraint(
            "idempotencyrecord",
            models.UniqueConstraint(name="one_response_a_key", fields=["actor", "key"]),
        ),
    ]
