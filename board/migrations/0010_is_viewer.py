from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("board", "0009_standard_names")]

    operations = [migrations.RenameField("profile", "is_reader", "is_viewer")]
