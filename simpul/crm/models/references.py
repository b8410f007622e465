"""All that points at a party, found in the models themselves, and what becomes of each in a merging.

Whatever has a key to Party moves, whichever app it is of. What would then stand there twice stays
with the party that it is of and comes back with it; `TOGETHER` says of what that must not be. A test
holds that every key to Party stands in one of the three lists below: whoever adds one decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from simpul.parties.models import Party

MOVES = {
    "conversations.Conversation.party",  # with its subject, where that is the party: see Merging
    "conversations.Ticket.party",
    "crm.BulletinReader.party",  # of news for both, what the kept one did with it counts
    "crm.Dealing.dealer",  # of two distributors the kept one's stays
    "crm.Dealing.distributor",
    "crm.Lead.party",
    "crm.LeadOffer.distributor",  # who was asked as both was asked once: the rest stays
    "crm.PointLot.party",
    "crm.PollAnswer.party",  # who answered as both counts once
    "crm.Post.party",
    "crm.Rating.party",
    "crm.Recipient.party",  # of a campaign to both, what was sent to the kept one counts
    "crm.Recommender.party",  # of two codes each leads on to whom it was given
    "crm.Referral.friend",
    "crm.SegmentMember.party",
    "crm.Territory.party",
    "crm.Visit.party",
    "crm.Voucher.party",
    "crm.VoucherUse.party",  # a voucher that both have used stays used by each
    "crm.Wish.party",
    "crm.WishVote.party",  # who wishes the same as both counts once
    "delivery.CourierOffer.courier",
    "delivery.Shipment.buyer",
    "delivery.Shipment.courier",
    "insight.MorningTask.party",
    "orders.Order.buyer",
    "papers.Paper.seen_by",
    "papers.Upload.party",
    "parties.Address.party",
    "parties.Party.merged_into",
    "parties.Person.party",
    "payments.CashHanding.courier",
    "payments.Collection.courier",
    "payments.CreditNote.party",
    "payments.Forfeit.party",
    "payments.Payer.party",  # an account that both pay from stays known of both
    "payments.Purpose.party",
    "payments.Receipt.party",
    "payments.Refund.party",
    "payments.Tick.party",
    "procurement.Bid.supplier",
    "procurement.PurchaseOrder.supplier",
    "procurement.SupplierBill.supplier",
    "procurement.SupplierPrice.supplier",  # of a material that both have, the kept one's price holds
}

# What says whom it was issued to, and is sealed; what tells of the merging itself, or of a list.
STAYS = {
    "crm.Duplicate.one",
    "crm.Duplicate.other",
    "crm.ListRow.known",
    "crm.ListRow.party",
    "crm.Merging.absorbed",
    "crm.Merging.kept",
    "insight.BuyerFact.buyer",  # told anew after each merging
    "insight.BuyerOutlook.buyer",  # judged anew each night
    "insight.GroupedBuyer.buyer",  # told anew each night
    "insight.OrderFact.buyer",  # told anew after each merging
    "insight.Working.party",  # reckoned anew each night
    "insight.MaterialForecast.supplier",  # reckoned anew each night
    "insight.PayingBuyer.buyer",  # told anew each night
    "papers.Paper.party",
}

# Where both have the same, somebody has to decide first: what it is, and what to do.
TOGETHER: dict[str, tuple[Q, str | Promise]] = {
    "delivery.CourierOffer.courier": (
        Q(),
        _("Both were asked to drive the same shipment: withdraw one of the offers first."),
    ),
    "procurement.Bid.supplier": (
        Q(inquiry__status="asked"),
        _("Both were asked for a price in the same inquiry: close it first."),
    ),
    "procurement.SupplierBill.supplier": (
        Q(),
        _("Both have a bill with the same number: void the one that was recorded twice first."),
    ),
}

UNMOVED = {"workflow.Entry", "papers.Paper"}  # the journal and sealed papers say what happened then


class Key(NamedTuple):
    """A column that holds the key of a party; a generic one only where it is about a party."""

    model: type[models.Model]
    field: str  # as it is written in a row: `buyer_id`, `subject_id`
    type_field: str = ""  # of a generic one: where its kind stands

    @property
    def label(self) -> str:
        return f"{self.model._meta.label}.{self.field.removesuffix('_id')}"

    def rows(self, party: int) -> models.QuerySet[Any]:
        found = self.model._base_manager.filter(**{self.field: party})
        return found.filter(**{self.type_field: _parties()}) if self.type_field else found


@cache
def keys() -> tuple[Key, ...]:
    """Return every column that moves, the apps from above to below, as locks are taken."""
    return tuple(key for key in _all() if key.label not in STAYS)


def anything_late(parties: Collection[int]) -> set[int]:
    """Return which of these (absorbed) parties something that moves still points at: one question
    for each key, however many there are."""
    found: set[int] = set()
    for key in keys():
        rows = key.model._base_manager.filter(**{f"{key.field}__in": parties})
        if key.type_field:
            rows = rows.filter(**{key.type_field: _parties()})
        found.update(rows.order_by().values_list(key.field, flat=True).distinct())
    return found


def named() -> set[str]:
    """Return every foreign key to Party by its name."""
    return {key.label for key in _all() if not key.type_field}


def standing_twice(key: Key, kept: int, absorbed: int) -> set[Any]:
    """Return the rows of the absorbed that would stand twice if they were moved, by their keys."""
    found: set[Any] = set()
    name = key.field if key.type_field else key.field.removesuffix("_id")
    for fields, condition in _unique(key.model):
        if name not in fields:
            continue
        others = [field for field in fields if field != name]
        theirs = {row[1:] for row in key.rows(kept).filter(condition).values_list("pk", *others)}
        mine = key.rows(absorbed).filter(condition).values_list("pk", *others)
        found |= {row[0] for row in mine if row[1:] in theirs}
    return found


def _unique(model: type[models.Model]) -> Iterator[tuple[tuple[str, ...], Q]]:
    """Yield what may stand once: a column (one to one), or several where a condition holds."""
    for field in model._meta.concrete_fields:
        if field.unique:
            yield (field.name,), Q()
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            yield tuple(constraint.fields), constraint.condition or Q()


def _all() -> Iterator[Key]:
    for model in reversed(apps.get_models()):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.remote_field.model is Party:
                yield Key(model, field.attname)
        for generic in model._meta.private_fields:
            if isinstance(generic, GenericForeignKey) and model._meta.label not in UNMOVED:
                yield Key(model, generic.fk_field, f"{generic.ct_field}_id")


def _parties() -> int:
    return ContentType.objects.get_for_model(Party).pk
