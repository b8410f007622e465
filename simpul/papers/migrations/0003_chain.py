"""Papers get their place in a chain, and their bytes a table of their own."""

import django.db.models.deletion
from django.db import migrations, models

import simpul.lib.clock


class Migration(migrations.Migration):
    dependencies = [
        ("papers", "0002_initial"),
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Chain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("length", models.PositiveIntegerField(default=0)),
                ("head", models.CharField(blank=True, max_length=64)),
                ("workshop", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.workshop")),
            ],
        ),
        migrations.CreateModel(
            name="Rendering",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sheet", models.CharField(choices=[("a4", "A4"), ("roll", "80 mm")], max_length=4)),
                ("path", models.CharField(max_length=120)),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField(default=simpul.lib.clock.now, editable=False)),
                ("paper", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="renderings", to="papers.paper")),
            ],
        ),
        migrations.AddConstraint(
            model_name="rendering",
            constraint=models.UniqueConstraint(fields=("paper", "sheet"), name="paper_rendered_once"),
        ),
        migrations.AddField(model_name="paper", name="position", field=models.PositiveIntegerField(editable=False, null=True)),
        migrations.AddField(model_name="paper", name="previous", field=models.CharField(blank=True, default="", editable=False, max_length=64)),
        migrations.AddField(model_name="paper", name="digest", field=models.CharField(default="", editable=False, max_length=64)),
    ]
