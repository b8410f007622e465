"""The surat jalan: what is frozen on the paper that travels with the goods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from simpul.delivery.models.package import weight_of
from simpul.delivery.papers import (
    Addressed,
    DeliveryNoteFacts,
    PackageFacts,
    delivery_note_words,
)
from simpul.lib import clock, phones
from simpul.papers import issuing
from simpul.papers.models import LANGUAGE, Draft, Paper
from simpul.parties.models import Person
from simpul.ui.jinja import day

if TYPE_CHECKING:
    from simpul.delivery.models import Package, Shipment

TEMPLATE = "delivery/papers/surat_jalan.typ"


def issue(shipment: Shipment, *, by: Person) -> Paper:
    """Issue the delivery note of a shipment; called by its step."""
    with override(LANGUAGE):
        facts = _facts(shipment, by)
    draft = Draft(
        kind=Paper.Kind.DELIVERY_NOTE,
        subject=shipment,
        party=shipment.buyer,
        template=TEMPLATE,
        facts=facts,
        mentions=tuple(shipment.orders),
    )
    return issuing.issue(draft, by=by)


def _facts(shipment: Shipment, by: Person) -> DeliveryNoteFacts:
    facts = _plain_facts(shipment, by)
    if shipment.first_order.in_buyers_name:  # nothing on it leads to the workshop (decision 40)
        sender = facts["sender"]
        facts["letterhead"] = {"name": sender["name"], "lines": sender["lines"]}
        facts["check_url"] = ""
        facts["remarks"] = ""
        facts["signatures"]["sender"] = ""
    return facts


def _plain_facts(shipment: Shipment, by: Person) -> DeliveryNoteFacts:
    packages = list(shipment.packages.for_list())
    count = len(packages)
    courier = shipment.courier
    return {
        "words": delivery_note_words(),
        "sender": sender_of(shipment),
        "receiver": receiver_of(shipment),
        "details": _details(shipment, weight_of(packages)),
        "packages": [_package(package, head) for package, head in by_order(packages)],
        "total_packages": ngettext("%(n)s package", "%(n)s packages", count) % {"n": count},
        "total_pairs": str(sum(package.pairs for package in packages)),
        "remarks": shipment.remarks,
        "signatures": {
            "sender": by.name,
            "courier": courier.name if courier else "",
            "receiver": "",
        },
    }


def sender_of(shipment: Shipment) -> Addressed:
    """Return who sends it, with address and telephone; of a distributor in whose name it goes,
    the telephone alone."""
    buyer = shipment.buyer
    if shipment.first_order.in_buyers_name:
        number = buyer.telephone()
        return {"name": buyer.name, "lines": [phones.national(number)] if number else []}
    workshop = shipment.workshop
    telephone = phones.national(workshop.telephone) if workshop.telephone else ""
    place = " ".join(filter(None, [workshop.area, workshop.postcode]))
    return {
        "name": workshop.name,
        "lines": [line for line in (workshop.street, place, telephone) if line],
    }


def receiver_of(shipment: Shipment) -> Addressed:
    """Return who gets it, with address and telephone, or telephones."""
    order, buyer = shipment.first_order, shipment.buyer
    telephones = [phones.national(number) for number in shipment.telephones]
    is_named = buyer.name == order.receiver or order.in_buyers_name
    lines = ["" if is_named else buyer.name]
    lines += [*order.address.splitlines(), *telephones]
    return {"name": order.receiver, "lines": [line for line in lines if line]}


def _details(shipment: Shipment, weight: str) -> list[tuple[str, str]]:
    courier = shipment.courier
    rows = [
        (_("Date"), day(clock.today())),
        (_("Order"), shipment.known_as),
        (_("Shipment"), f"{shipment} · {shipment.get_mode_display()}"),
    ]
    if courier is not None:
        rows.append((_("Courier"), " · ".join(filter(None, [courier.name, courier.vehicle]))))
    elif shipment.route:
        rows.append((_("Route"), shipment.route))
    if weight:
        rows.append((_("Weight"), weight))
    return rows


def by_order(packages: list[Package]) -> list[tuple[Package, str]]:
    """Return each package with what stands above it: the order's number where another one begins, and
    nothing where all are of one order."""
    if len({package.order_id for package in packages}) < 2:
        return [(package, "") for package in packages]
    before = [0, *(package.order_id for package in packages)]
    return [
        (
            package,
            "" if package.order_id == last else _("Order %(number)s") % {"number": package.order},
        )
        for package, last in zip(packages, before, strict=False)
    ]


def _package(package: Package, head: str) -> PackageFacts:
    return {
        "head": head,
        "number": str(package.number),
        "contents": package.contents,
        "pairs": str(package.pairs),
        "weight": " · ".join(filter(None, [package.weighs, package.measures])),
    }
