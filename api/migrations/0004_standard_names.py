from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("api", "0003_webhooks")]

    operations = [
        migrations.RenameField("token", "made_at", "created_at"),
        migrations.RenameField("webhook", "made_at", "created_at"),
        migrations.RenameField("webhook", "switched_off_at", "disabled_at"),
        migrations.RenameField("webhook", "switched_off_why", "disabled_reason"),
        migrations.RemoveIndex("delivery", "delivery_made"),
        migrations.RenameField("delivery", "made_at", "created_at"),
        migrations.RenameField("delivery", "tried_at", "attempted_at"),
        migrations.RenameField("delivery", "answer", "response"),
        migrations.AddIndex("delivery", models.Index(fields=["created_at"], name="delivery_created")),
    ]
