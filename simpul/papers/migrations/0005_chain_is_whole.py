"""From here on every paper has its place, and none is issued twice."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("papers", "0004_chain_what_was_issued")]

    operations = [
        migrations.AlterField(model_name="paper", name="position", field=models.PositiveIntegerField(editable=False)),
        migrations.AlterField(model_name="paper", name="previous", field=models.CharField(blank=True, editable=False, max_length=64)),
        migrations.AlterField(model_name="paper", name="digest", field=models.CharField(editable=False, max_length=64)),
        migrations.RemoveField(model_name="paper", name="path"),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.UniqueConstraint(fields=("workshop", "position"), name="paper_place_once"),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "SJ"), _negated=True),
                fields=("kind", "subject_type", "subject_id"),
                name="paper_issued_once",
            ),
        ),
    ]
