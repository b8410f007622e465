"""Prospects that are offered to the distributor who serves where they are, one after the other."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple, Self

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.crm.models.dealing import Dealing
from simpul.crm.models.lead import STAGES, Lead, Status, WhyLost
from simpul.crm.models.lead_rules import LeadRules
from simpul.crm.models.service import Service
from simpul.crm.models.territory import Territory
from simpul.lib import clock
from simpul.lib.places import Spot, metres
from simpul.lib.regions import Region, read_place
from simpul.lib.workhours import WorkHours
from simpul.parties.models import AccessLink, Party, Person, Workshop
from simpul.production.models import calendar_of
from simpul.workflow.steps import WrongState, creation, step

_NUMBERS = re.compile(r"\S+@\S+|\+?\d[\d\s().-]{4,}\d")  # what one could reach somebody by


class NobodyNear(WrongState):
    """No distributor serves where they are, or each was asked already."""


class Near(NamedTuple):
    """A distributor who serves where a prospect is, by which area, and how far away he is."""

    party: Party
    territory: Territory
    metres: int | None  # as the crow flies; None: one of the two is not on the map


class OfferStatus(models.TextChoices):
    OFFERED = "offered", _("waiting for an answer")
    TAKEN = "taken", _("with the distributor")
    PASSED = "passed", _("passed on")
    EXPIRED = "expired", _("not answered in time")
    WITHDRAWN = "withdrawn", _("taken back")
    WON = "won", _("won")
    LOST = "lost", _("lost")


OPEN = (OfferStatus.OFFERED, OfferStatus.TAKEN)
HIS = (OfferStatus.TAKEN, OfferStatus.WON)  # he may know who it is
UNTAKEN = (OfferStatus.PASSED, OfferStatus.EXPIRED)


class LeadOfferQuerySet(models.QuerySet["LeadOffer"]):
    def visible_to(self, person: Person) -> Self:
        """A distributor sees what he was asked, and never who else was."""
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff else ours.filter(distributor_id=person.party_id)

    def waiting(self) -> Self:
        """Those that can be taken now."""
        return self.filter(
            status=OfferStatus.OFFERED, expires_at__gt=clock.now(), lead__status__in=STAGES
        )

    def his_turn(self) -> Self:
        """Those that wait for the distributor's word: whether he takes them, and what became of those
        that he has taken."""
        asked = Q(status=OfferStatus.OFFERED, expires_at__gt=clock.now())
        return self.filter(asked | Q(status=OfferStatus.TAKEN), lead__status__in=STAGES)

    def for_list(self) -> Self:
        return self.select_related("lead__party", "distributor", "territory")

    def for_page(self) -> Self:
        return self.for_list().prefetch_related("lead__person__identities")

    def needs_tending(self) -> Self:
        """Those that nobody answered in time, and those whose prospect came to an end elsewhere."""
        late = Q(status=OfferStatus.OFFERED, expires_at__lte=clock.now())
        return self.filter(late | (Q(status__in=OPEN) & ~Q(lead__status__in=STAGES)))


class LeadOffer(models.Model):
    """That a distributor is asked to look after a prospect, until a moment, and what he answered."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="offers", db_index=False)
    distributor = models.ForeignKey(Party, models.PROTECT, related_name="offered_leads")
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="+", db_index=False)
    status = models.CharField(
        max_length=9, choices=OfferStatus, default=OfferStatus.OFFERED, editable=False
    )
    at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    why = models.CharField(max_length=10, choices=WhyLost, blank=True, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)
    was_last = models.BooleanField(default=False, editable=False)  # nobody was left to ask

    objects = LeadOfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "distributor"], name="lead_offered_once"),
            models.UniqueConstraint(
                fields=["lead"],
                condition=Q(status__in=["offered", "taken"]),
                name="lead_offered_to_one_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["workshop", "status", "expires_at"])]

    def __str__(self) -> str:
        return self.shown_name

    # Steps

    @classmethod
    @creation("crm.hand_on_lead")
    def hand_on(cls, *, by: Person, lead: Lead, agreed: bool) -> LeadOffer:
        """Offer a prospect to the nearest distributor who serves where they are.

        `agreed`: they know that somebody near them will call. Raises NobodyNear; WrongState where
        a distributor has it already, or nothing is to come of it any more.
        """
        held = Lead.objects.select_for_update(of=("self",), no_key=True).get(pk=lead.pk)
        if held.status not in STAGES:
            raise WrongState(_now("This prospect is closed: look at it again."))
        if not agreed:
            raise WrongState(_now("Ask them first whether somebody near them may call."))
        if cls.objects.filter(lead=held, status__in=OPEN).exists():
            raise WrongState(_now("A distributor has it already."))
        return cls._ask(held)

    @classmethod
    @creation("crm.ask_next_distributor")
    def ask_next(cls, *, by: Person, lead: Lead) -> LeadOffer:
        """Offer it to the next one. Raises NobodyNear."""
        return cls._ask(lead)

    @step("crm.take_lead", source=OfferStatus.OFFERED, target=OfferStatus.TAKEN)
    def take(self, *, by: Person) -> None:
        """Look after them; from now on the distributor knows their name and number."""
        if not self.is_open:
            raise WrongState(_now("This prospect is no longer open."))
        self.answered_at = clock.now()
        if self.lead.status == Status.NEW:
            self.lead.move(by=self.workshop.machine, stage=Status.TALKING)

    @step("crm.pass_lead", source=OfferStatus.OFFERED, target=OfferStatus.PASSED)
    def pass_on(self, *, by: Person) -> None:
        """Say no; whoever comes next is asked, see `handing`."""
        self.answered_at = clock.now()

    @step("crm.lapse_lead_offer", source=OfferStatus.OFFERED, target=OfferStatus.EXPIRED)
    def lapse(self, *, by: Person) -> None:
        """Note that nobody answered in time."""
        if self.expires_at > clock.now():
            raise WrongState(_now("There is still time to answer."))

    @step("crm.bring_lead_back", source=UNTAKEN)
    def bring_back(self, *, by: Person) -> None:
        """Give the prospect back to the workshop: nobody is left to ask."""
        if self.was_last:
            raise WrongState(_now("It came back already."))
        self.was_last = True

    @step("crm.recall_lead", source=OPEN, target=OfferStatus.WITHDRAWN)
    def recall(self, *, by: Person) -> None:
        """Take it back from the distributor."""

    @step("crm.report_lead_won", source=OfferStatus.TAKEN, target=OfferStatus.WON)
    def report_won(self, *, by: Person) -> None:
        """Say that they buy; they are the distributor's dealer from now on, if they are nobody's."""
        machine, dealer = self.workshop.machine, self.lead.party
        self.lead.win_through(by=machine)
        is_free = not Dealing.objects.active().filter(dealer=dealer).exists()
        if is_free and dealer.buys_as:
            Dealing.begin(by=machine, distributor=self.distributor, dealer=dealer)

    @step("crm.report_lead_lost", source=OfferStatus.TAKEN, target=OfferStatus.LOST)
    def report_lost(self, *, by: Person, why: str, reason: str = "") -> None:
        """Say that nothing came of it, and why; from now on the distributor knows neither name nor
        number any more, and no link shows them."""
        self.why, self.reason = why, reason
        kind = ContentType.objects.get_for_model(self)
        links = AccessLink.objects.filter(subject_type=kind, subject_id=self.pk)
        for link in links.alive(clock.now()).order_by("pk"):
            link.revoke()
        self.lead.lose(by=self.workshop.machine, why=why, reason=reason)

    # Questions

    @property
    def buyer_id(self) -> int:
        """Who answers: the distributor."""
        return self.distributor_id

    @property
    def is_open(self) -> bool:
        """Tell whether it can be taken now; reads the lead."""
        is_in_time = self.status == OfferStatus.OFFERED and self.expires_at > clock.now()
        return is_in_time and self.lead.status in STAGES

    @property
    def is_his(self) -> bool:
        """Tell whether the distributor looks after them, or sells to them, and may know who it is."""
        return self.status in HIS

    @property
    def shown_name(self) -> str:
        """The name as whoever has not taken it may read it: without numbers and addresses."""
        return without_numbers(self.lead.party.name)

    @property
    def shown_message(self) -> str:
        """What they want, as whoever has not taken it may read it."""
        return without_numbers(self.lead.message)

    # Inside

    @classmethod
    def _ask(cls, lead: Lead) -> LeadOffer:
        near = next(iter(nearest(lead)), None)
        if near is None:
            raise NobodyNear(_now("No distributor is left who serves where they are."))
        offer = cls.objects.create(
            workshop_id=lead.workshop_id,
            lead=lead,
            distributor=near.party,
            territory=near.territory,
            expires_at=_answer_by(lead.workshop),
        )
        for person in Person.objects.active().filter(party=near.party, user=None):
            AccessLink.issue(person, offer, days=30)
        return offer


def nearest(lead: Lead) -> list[Near]:
    """Return the distributors who serve where a prospect is and were not asked yet: those of the
    regency before those of the province, then by the way, then whoever holds the area longest.

    Four or five questions.
    """
    places = list(lead.party.addresses.order_by("pk"))
    texts = [lead.party.area, *(f"{one.area}, {one.province}" for one in places)]
    regions = _regions(texts, lead.workshop_id)
    held = (
        Territory.objects.filter(workshop_id=lead.workshop_id, since__lte=clock.today())
        .held()
        .filter(party__is_welcome=True, party__merged_into=None)
        .filter(party__in=Person.objects.active().exclude(party=None).values("party"))
        .exclude(party=lead.party_id)
        .exclude(party__in=lead.offers.values("distributor"))
    )
    here = [one.spot for one in places if one.spot]
    found: dict[int, tuple[tuple[bool, float, int], Near]] = {}
    for one in held.select_related("party").prefetch_related("party__addresses").order_by("pk"):
        if not any(one.region.meets(region) for region in regions):
            continue
        away = _way(here, [there.spot for there in one.party.addresses.all() if there.spot])
        began = one.since.toordinal() if one.since else 0
        rank = (not one.regency, float("inf") if away is None else away, began)
        if one.party_id not in found or rank < found[one.party_id][0]:
            found[one.party_id] = rank, Near(one.party, one, away)
    return [near for _rank, near in sorted(found.values(), key=lambda pair: pair[0])]


def without_numbers(text: str) -> str:
    """Return a text without what one could reach somebody by."""
    return _NUMBERS.sub("…", text)


def _regions(texts: list[str], workshop: int) -> list[Region]:
    """Return the regions that some addresses name, with the province that an area of the same
    regency was given in: whoever writes `Kab. Bogor` does not say where that lies."""
    found = [region for text in texts for region in read_place(text)]
    if all(region.province for region in found):
        return found
    known = Territory.objects.filter(workshop_id=workshop).exclude(regency="").exclude(province="")
    regencies = {one.region for one in known}
    for place, region in enumerate(found):
        lies_in = {one.province for one in regencies if one.meets(region)}
        if not region.province and len(lies_in) == 1:
            found[place] = Region(region.regency, lies_in.pop())
    return found


def _way(here: list[Spot], there: list[Spot]) -> int | None:
    return min((metres(one, other) for one in here for other in there), default=None)


def _answer_by(workshop: Workshop) -> datetime:
    """Return until when whoever is asked now has time, in the hours of the workshop."""
    service = Service.of(workshop)
    hours = WorkHours(calendar_of(workshop), service.opens, service.closes)
    return hours.after(clock.now(), LeadRules.of(workshop).answer_hours * 60)
