"""Who a bulletin is for: the members of its segment, less those who waved such news off."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from simpul.catalog.models import Category, Product
from simpul.crm.models import Bulletin, BulletinReader, Segment
from simpul.crm.segmenting import Bought, members_of
from simpul.parties.models import Party, PartyQuerySet, Person


def readers_of(bulletin: Bulletin) -> PartyQuerySet:
    """Return who would read it if it were published now."""
    parties = Party.objects.filter(workshop=bulletin.workshop_id)
    if bulletin.segment is not None:
        parties = members_of(bulletin.segment, parties)
    return parties.buyers().exclude(pk__in=waved_off(bulletin))


def waved_off(bulletin: Bulletin) -> QuerySet[BulletinReader, int]:
    """Return the keys of the parties that do not want this one, or any about such models."""
    unwanted = BulletinReader.objects.exclude(unwanted_at=None)
    if bulletin.product is None:
        found = unwanted.filter(bulletin=bulletin.pk)
    else:
        found = unwanted.filter(bulletin__product__category=bulletin.product.category_id)
    return found.values_list("party", flat=True)


def publish(bulletin: Bulletin, *, by: Person) -> None:
    """Publish it for those whom its segment fits today, with what they are told of the reason."""
    bulletin.publish(
        by=by, readers=list(readers_of(bulletin).order_by("pk")), because=_because(bulletin.segment)
    )


def draft_for_model(product: Product) -> Bulletin | None:
    """Draft the news that there is a new model, for those who bought of its category.

    It is drafted once and never published by itself. None where it was drafted before.
    """
    if Bulletin.objects.filter(product=product).exists():
        return None
    told = {"model": product.name, "story": product.story}
    told_en = {"model": product.name_en or product.name, "story": product.story_en}
    return Bulletin.draft(
        by=product.workshop.machine,
        title=f"Model baru: {told['model']}",
        body="\n\n".join(filter(None, (told["story"], _ORDER_IT))),
        title_en=f"New model: {told_en['model']}",
        body_en="\n\n".join(filter(None, (told_en["story"], _ORDER_IT_EN))),
        product=product,
        segment=_buyers_of(product.category),
        is_public=True,
    )


def _buyers_of(category: Category) -> Segment:
    """Return the segment of those who bought of a category; it is kept as any other."""
    conditions = {"bought": Bought.DID.value, "category": category.pk}
    for segment in Segment.objects.filter(workshop=category.workshop_id).kept().order_by("pk"):
        if segment.conditions == conditions:
            return segment
    name = _("Has bought %(category)s") % {"category": category}
    return Segment.objects.create(
        workshop_id=category.workshop_id, name=name[:80], conditions=conditions
    )


def _because(segment: Segment | None) -> dict[str, Any]:
    """Return what of a segment's conditions its readers may be told."""
    conditions = segment.conditions if segment and not segment.is_list else {}
    has_bought = conditions.get("bought") == Bought.DID
    return {
        "product": _row(Product, conditions.get("product")) if has_bought else None,
        "category": _row(Category, conditions.get("category")) if has_bought else None,
        "areas": conditions.get("areas", ""),
    }


def _row(model: Any, pk: int | None) -> Any:
    return model._default_manager.filter(pk=pk).first() if pk else None


# what the workshop may write otherwise; both languages stand in one draft
_ORDER_IT = "Sudah bisa dipesan."
_ORDER_IT_EN = "You can order it now."
