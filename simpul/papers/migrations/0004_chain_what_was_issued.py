"""Lay the papers that were issued before there was a chain into it, in the order they were issued.

The digest is computed as `Paper.digest_now` did when this was written; it must not follow later
changes of that method. A file that was rendered goes into `Rendering` with the hash in its name.
"""

import hashlib
import json
from datetime import UTC
from pathlib import PurePath

from django.db import migrations


def chain(apps, schema_editor):
    Paper, Chain, Rendering = (apps.get_model("papers", name) for name in ("Paper", "Chain", "Rendering"))
    for workshop in Paper.objects.order_by("workshop_id").values_list("workshop_id", flat=True).distinct():
        length, head = 0, ""
        for paper in Paper.objects.filter(workshop_id=workshop).order_by("pk").iterator(500):
            length += 1
            paper.position, paper.previous = length, head
            paper.digest = head = _digest(paper)
            paper.save(update_fields=["position", "previous", "digest"])
            if paper.path:
                Rendering.objects.create(
                    paper=paper, sheet="a4", path=paper.path, sha256=PurePath(paper.path).stem, at=paper.issued_at
                )
        Chain.objects.create(workshop_id=workshop, length=length, head=head)


def _digest(paper):
    content = {
        "position": paper.position,
        "previous": paper.previous,
        "number": paper.number,
        "kind": paper.kind,
        "code": paper.code,
        "party": paper.party_id,
        "template": paper.template,
        "issued_at": paper.issued_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "facts": paper.facts,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


class Migration(migrations.Migration):
    dependencies = [("papers", "0003_chain")]
    operations = [migrations.RunPython(chain, migrations.RunPython.noop)]
