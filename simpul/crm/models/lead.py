"""A lead is somebody who showed interest, kept from the first word on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, Subquery, Sum, Window
from django.db.models.functions import RowNumber
from django.utils.text import Truncator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.conversations.models import Conversation, FollowUp, GuestEntry, Message
from simpul.crm.models.consent import Consent
from simpul.crm.models.territory import ask_for
from simpul.lib import clock
from simpul.lib.phones import national
from simpul.lib.regions import Region
from simpul.lib.uploads import Handed
from simpul.orders.models import Order
from simpul.parties.models import Address, Identity, Party, Person, User, Workshop
from simpul.workflow.steps import WrongState, creation, step

LONGEST_WORDS = 1000


class Status(models.TextChoices):
    """How far it has come: the stages of the board, and its two ends."""

    NEW = "new", _("new")
    TALKING = "talking", _("in talk")
    QUOTED = "quoted", _("quoted")
    SAMPLE = "sample", _("sample sent")
    WON = "won", _("won")
    LOST = "lost", _("lost")


STAGES = (Status.NEW, Status.TALKING, Status.QUOTED, Status.SAMPLE)
MOVES = (Status.TALKING, Status.QUOTED, Status.SAMPLE)  # where it can be put by hand


class Source(models.TextChoices):
    """How it first came to us; kept for good."""

    REGISTRATION = "registration", _("registered")
    GUESTBOOK = "guestbook", _("wrote in the guest book")
    MAIL = "mail", _("wrote an e-mail")
    WHATSAPP = "whatsapp", _("wrote by WhatsApp")
    PHONE = "phone", _("telephoned")
    FAIR = "fair", _("met at a fair")
    VISIT = "visit", _("visited")
    RECOMMENDED = "recommended", _("recommended")


WRITTEN = (Source.MAIL, Source.WHATSAPP)
# how somebody of ours meets a prospect; the others come by themselves
MET = (Source.FAIR, Source.VISIT, Source.PHONE, Source.RECOMMENDED)


class WhyLost(models.TextChoices):
    """Why nothing came of it."""

    PRICE = "price", _("too expensive")
    TIME = "time", _("not soon enough")
    RANGE = "range", _("we do not make it")
    RIVAL = "rival", _("buys elsewhere")
    SILENT = "silent", _("does not answer")
    AREA = "area", _("outside of our area")
    NONSENSE = "nonsense", _("no prospect at all: advertising, a joke")
    OTHER = "other", _("something else")


class LeadQuerySet(models.QuerySet["Lead"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def waiting(self) -> Self:
        return self.filter(status=Status.NEW)

    def open(self) -> Self:
        return self.filter(status__in=STAGES)

    def search(self, words: str) -> Self:
        """Find by the party: its name, town, people, or what somebody types of a number."""
        return self.filter(party__in=Party.objects.search(words).values("pk"))

    def due(self, today: date) -> Self:
        """Those whose next step should be done by now; reads what `with_next` annotates."""
        return self.filter(next_on__lte=today)

    def with_next(self) -> Self:
        """Annotate the next step that somebody of ours has set with the party: day and words."""
        steps = FollowUp.objects.open().filter(conversation__party=OuterRef("party"))
        first = steps.order_by("due_on", "pk")
        return self.annotate(
            next_on=Subquery(first.values("due_on")[:1]),
            next_words=Subquery(first.values("words")[:1]),
        )

    def with_keeper(self) -> Self:
        """Annotate which distributor has taken it, if one has."""
        taken = FilteredRelation("offers", condition=Q(offers__status="taken"))
        return self.annotate(taken=taken).annotate(kept_by=F("taken__distributor__name"))

    def soonest(self) -> Self:
        """What is overdue first, then by the day of the next step, then the newest."""
        return self.order_by(F("next_on").asc(nulls_last=True), "-pk")

    def for_board(self, most: int) -> Self:
        """The first of each stage, in the order of `soonest`; no more than `most` of a stage."""
        place = Window(
            RowNumber(),
            partition_by=F("status"),
            order_by=[F("next_on").asc(nulls_last=True), F("pk").desc()],
        )
        rows = self.with_next().with_keeper().annotate(place=place).filter(place__lte=most)
        return rows.select_related("party", "owner").soonest()

    def for_list(self) -> Self:
        return self.with_next().with_keeper().select_related("party", "owner").soonest()

    def for_page(self) -> Self:
        known = self.with_next().select_related(
            "party", "person", "wrote_as", "owner", "order", "guest"
        )
        return known.prefetch_related("person__identities", "wrote_as__identities")

    def stages(self) -> dict[str, tuple[int, int]]:
        """Return of each status how many there are, and how many rupiah they may bring."""
        rows = self.order_by().values_list("status").annotate(n=Count("pk"), sum=Sum("worth"))
        return {status: (count, worth) for status, count, worth in rows}


class Lead(models.Model):
    """Somebody who may become a customer: which party that is or became, and how far it has come.

    What is said with them, noted of them and to be done next stands in the party's conversation.
    """

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="leads", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="leads")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    source = models.CharField(max_length=20, choices=Source, default=Source.REGISTRATION)
    message = models.CharField(max_length=LONGEST_WORDS, blank=True)
    was_known = models.BooleanField(default=False)
    wrote_as = models.ForeignKey(  # who wrote to us before from what was typed at registration
        Person, models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )
    guest = models.OneToOneField(  # what they wrote in the guest book
        GuestEntry, models.PROTECT, null=True, related_name="lead", editable=False
    )
    owner = models.ForeignKey(  # who looks after it
        Person, models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )
    worth = models.PositiveBigIntegerField(default=0, editable=False)  # expected, in rupiah
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW, editable=False)
    why = models.CharField(max_length=10, choices=WhyLost, blank=True, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)
    order = models.ForeignKey(  # by which it was won
        Order, models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )
    welcomed_at = models.DateTimeField(null=True, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = LeadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["workshop", "status", "-id"])]

    def __str__(self) -> str:
        return str(self.party)

    # Steps

    @classmethod
    @creation(
        "crm.register",
        private=(
            "name", "contact", "telephone", "email", "password", "area", "message", "agreed",
            "areas",
        ),
    )  # fmt: skip
    def register(
        cls,
        *,
        by: Person,
        name: str,
        contact: str,
        telephone: str,
        email: str,
        password: str,
        buys_as: str,
        area: str,
        address: Address | None = None,
        message: str = "",
        language: str = "id",
        agreed: Mapping[str, str] | None = None,
        areas: Sequence[Region] = (),
    ) -> Lead:
        """Take in whoever registers; a known number or address is only noted, never revealed.

        `telephone` is E.164; `agreed` what may be sent to them, in which words (by purpose);
        `areas` where a distributor wants to sell. A new person gets a login; a known one gets nothing new, because
        whoever types a number has not proved that it is theirs. Who only wrote to us before is a
        new one, too, and sees nothing of what was written until sales welcomes them.
        """
        email = email.lower()
        found = (
            Identity.objects.filter(workshop_id=by.workshop_id)
            .filter(Q(kind="phone", value=telephone) | Q(kind="mail", value=email))
            .exclude(person__party=None)
            .select_related("person__party")
            .order_by("pk")
        )
        people = [one.person for one in found]
        known = next((one for one in people if not cls._has_only_written(one)), None)
        if known is not None and known.party is not None:
            return cls.objects.create(
                workshop_id=by.workshop_id,
                party=known.party,
                person=known,
                message=message,
                was_known=True,
            )
        party = Party.objects.create(
            workshop_id=by.workshop_id,
            name=name,
            buys_as=buys_as,
            area=area,
            is_welcome=buys_as == Party.BuysAs.CONSUMER,
        )
        person = Person.objects.create(
            workshop_id=by.workshop_id,
            party=party,
            name=contact,
            language=language,
            user=_new_user(email, password),
        )
        Identity.objects.bulk_create(
            [
                Identity(
                    workshop_id=by.workshop_id,
                    person=person,
                    kind=Identity.Kind.PHONE,
                    value=telephone,
                ),
                Identity(
                    workshop_id=by.workshop_id, person=person, kind=Identity.Kind.MAIL, value=email
                ),
            ],
            ignore_conflicts=True,  # staff may have the same number, or who wrote before
        )
        if address is not None:
            address.party = party
            address.save()
        Consent.take(person, agreed or {}, by=by)
        if buys_as == Party.BuysAs.DISTRIBUTOR:
            ask_for(party, areas, by=by)
        return cls.objects.create(
            workshop_id=by.workshop_id,
            party=party,
            person=person,
            message=message,
            wrote_as=people[0] if people else None,
        )

    @classmethod
    @creation("crm.meet", private=("name", "sender", "body", "attached", "refused", "foreign_id"))
    def meet(
        cls,
        *,
        by: Person,
        source: str,
        sender: str,
        name: str,
        body: str,
        attached: Sequence[Handed] = (),
        refused: Sequence[str] = (),
        foreign_id: str = "",
    ) -> Lead:
        """Take in whoever writes from an address or number (E.164) that nobody is known under.

        What was written begins the conversation with the party, which is not welcome yet.
        """
        name = name or (sender.partition("@")[0] if source == Source.MAIL else national(sender))
        name = name[:80]
        party = Party.objects.create(
            workshop_id=by.workshop_id,
            name=name,
            buys_as=Party.BuysAs.DISTRIBUTOR,
            is_welcome=False,
        )
        person = Person.objects.create(
            workshop_id=by.workshop_id, party=party, name=name, language="id"
        )
        kind = Identity.Kind.MAIL if source == Source.MAIL else Identity.Kind.PHONE
        Identity.objects.create(
            workshop_id=by.workshop_id, person=person, kind=kind, value=sender, typed=sender
        )
        Message.say(
            by=person,
            conversation=Conversation.of(party, party),
            body=body,
            channel=source,
            attached=attached,
            refused=refused,
            foreign_id=foreign_id,
        )
        return cls.objects.create(
            workshop_id=by.workshop_id,
            party=party,
            person=person,
            source=source,
            message=Truncator(body).chars(LONGEST_WORDS),
        )

    @classmethod
    @creation("crm.note_lead", private=("name", "contact", "telephone", "email", "area", "message",
                                   "next_words"))  # fmt: skip
    def note(
        cls,
        *,
        by: Person,
        source: str,
        name: str,
        contact: str = "",
        telephone: str = "",
        email: str = "",
        area: str = "",
        buys_as: str = Party.BuysAs.DISTRIBUTOR,
        message: str = "",
        next_words: str = "",
        next_on: date | None = None,
        guest: GuestEntry | None = None,
        known: Party | None = None,
    ) -> Lead:
        """Write down whom somebody of ours met, and what comes next; whoever notes it looks after
        it. A telephone number (E.164) or address that is known leads to the party it belongs to;
        `known` is who was seen to be the same, and is reached there from now on, too. Who only
        supplies or carries so far is a customer from now on, who is not welcomed yet.

        Raises WrongState where what a guest wrote has made a prospect already.
        """
        if guest is not None:
            GuestEntry.objects.select_for_update(of=("self",)).get(pk=guest.pk)
            if cls.objects.filter(guest=guest).exists():
                raise WrongState(_now("There is a prospect of this already."))
        values = {Identity.Kind.PHONE: telephone, Identity.Kind.MAIL: email.lower()}
        identities = [
            Identity(workshop_id=by.workshop_id, kind=kind, value=value, typed=value)
            for kind, value in values.items()
            if value
        ]
        person = _known(identities)
        if person is None and known is not None:
            person = _of_known(known, contact, identities)
            _reach(person, identities)
        was_known = person is not None
        if person is None:
            party = Party.objects.create(
                workshop_id=by.workshop_id, name=name, buys_as=buys_as, area=area, is_welcome=False
            )
            person = Person.objects.create(
                workshop_id=by.workshop_id, party=party, name=(contact or name)[:80], language="id"
            )
            _reach(person, identities)
        assert person.party is not None  # noqa: S101 - nobody of ours is a prospect
        if not person.party.buys_as:  # so far it only supplies, or carries
            person.party.buys_as, person.party.is_welcome = buys_as, False
            person.party.save(update_fields=["buys_as", "is_welcome"])
        lead = cls.objects.create(
            workshop_id=by.workshop_id,
            party=person.party,
            person=person,
            source=source,
            message=message,
            was_known=was_known,
            guest=guest,
            owner=by,
        )
        if next_on is not None:
            lead._plan(by, next_words, next_on)
        return lead

    @step("crm.welcome", source=(*STAGES, Status.WON))
    def welcome(self, *, by: Person, buys_as: str = "") -> None:
        """Take the prospect in as a customer: a distributor now sees wholesale prices.

        `buys_as` says what somebody is who did not say so at registration. Who wrote
        before they registered is from now on reached, and heard, as who they registered as.
        """
        if self.welcomed_at is not None:
            raise WrongState(_now("Somebody has welcomed them already."))
        self.welcomed_at = clock.now()
        if self.status == Status.NEW:
            self.status = Status.TALKING
        came_by_itself = self.source == Source.REGISTRATION
        if not self.party.is_welcome and not (self.was_known and came_by_itself):
            said = {"buys_as": buys_as} if buys_as and not came_by_itself else {}
            Party.objects.filter(pk=self.party_id).update(is_welcome=True, **said)
        if self.wrote_as is not None and self._has_only_written(self.wrote_as):
            self.wrote_as.identities.update(person=self.person)

    @step("crm.move_lead", source=STAGES)
    def move(self, *, by: Person, stage: str) -> None:
        """Put it into another stage of the board. Raises WrongState where it stands there already,
        or cannot be put."""
        if stage not in MOVES or stage == self.status:
            raise WrongState(_now("It stands there already: look at it again."))
        self.status = stage

    @step("crm.give_lead", source=STAGES)
    def assign(self, *, by: Person, to: Person) -> None:
        """Let somebody of ours look after it. Raises WrongState for whoever may not."""
        if not (to.is_staff and to.may("crm.move_lead", self)):
            raise WrongState(_now("Choose somebody who sells."))
        self.owner = to

    @step("crm.estimate_lead", source=STAGES)
    def estimate(self, *, by: Person, worth: int) -> None:
        """Say how many rupiah it may bring."""
        self.worth = worth

    @step("crm.plan_lead", source=STAGES, private=("words",))
    def plan_next(self, *, by: Person, words: str, due_on: date) -> None:
        """Say what is to be done next, on which day; it waits for whoever says so on that day."""
        self._plan(by, words, due_on)

    @step("crm.lose_lead", source=STAGES, target=Status.LOST)
    def lose(self, *, by: Person, why: str, reason: str = "") -> None:
        """Let it rest, and say why; what was still to be done with a mere prospect is done."""
        self.why, self.reason = why, reason
        if self.was_known or Order.objects.filter(buyer=self.party_id, is_sample=False).exists():
            return  # one is in talk with a customer about other things, too
        steps = FollowUp.objects.open().filter(
            conversation__party=self.party_id, due_on__gte=clock.day_of(self.at)
        )
        for one in steps.order_by("pk"):
            one.finish(by=by)

    @step("crm.reopen_lead", source=Status.LOST, target=Status.TALKING)
    def reopen(self, *, by: Person) -> None:
        """Take it up again."""
        self.why, self.reason = "", ""

    @step("crm.win_lead", source=(*STAGES, Status.LOST), target=Status.WON)
    def win(self, *, by: Person, order: Order) -> None:
        """An order of theirs was agreed on."""
        self.order, self.worth = order, order.total
        self.why, self.reason = "", ""

    @step("crm.win_lead_through", source=STAGES, target=Status.WON)
    def win_through(self, *, by: Person) -> None:
        """They buy from the distributor who looks after them; no order of ours tells of it."""

    # Inside

    def _plan(self, by: Person, words: str, due_on: date) -> None:
        conversation = Conversation.of(self.party, self.party)
        conversation.begin()
        FollowUp.set(by=by, conversation=conversation, words=words, due_on=due_on)

    # Questions

    @classmethod
    def _has_only_written(cls, person: Person) -> bool:
        """Tell whether all that is known of somebody is that they wrote to us once."""
        if person.party is None or person.party.is_welcome or person.user_id is not None:
            return False
        leads = cls.objects.filter(party=person.party)
        is_of_writing = leads.exclude(source=Source.REGISTRATION).exists()
        return is_of_writing and not Order.objects.filter(buyer=person.party).exists()

    @property
    def has_written(self) -> bool:
        """Whether it came by a mail or message of its own, not by the form in the shop window."""
        return self.source in WRITTEN

    def named(self) -> list[int]:
        """Return who is to hear that it was given to them."""
        return [self.owner_id] if self.owner_id else []

    @property
    def buyer_id(self) -> int:
        return self.party_id


def win_what_was_ordered(workshop: Workshop) -> int:
    """Let the machine win the leads whose parties have agreed on an order since; return how many."""
    won = 0
    for lead in _ordered(workshop).order_by("pk"):
        orders = Order.objects.filter(buyer=lead.party_id).bought()
        lead.win(
            by=workshop.machine, order=orders.filter(confirmed_at__gte=lead.at).order_by("pk")[0]
        )
        won += 1
    return won


def is_any_ordered(workshop: Workshop) -> bool:
    """Tell whether `win_what_was_ordered` has anything to do."""
    return _ordered(workshop).exists()


def _ordered(workshop: Workshop) -> LeadQuerySet:
    mine = Order.objects.filter(buyer=OuterRef("party"), confirmed_at__gte=OuterRef("at"))
    agreed = mine.bought()
    leads = Lead.objects.filter(workshop=workshop, status__in=(*STAGES, Status.LOST))
    return leads.filter(Exists(agreed))


def _known(identities: list[Identity]) -> Person | None:
    """Return whoever of a party is known under one of these."""
    for one in identities:
        known = Identity.objects.filter(
            workshop_id=one.workshop_id, kind=one.kind, value=one.value
        ).exclude(person__party=None)
        if found := known.select_related("person__party").first():
            return found.person
    return None


def _of_known(party: Party, contact: str, identities: list[Identity]) -> Person:
    """Return who of a party it was: of this name, or a new one of it. Without a name it is the first,
    but whose number or address it is that was typed nobody knows: it is somebody new."""
    people = party.people.active().order_by("pk")
    if contact:
        people = people.filter(name__iexact=contact)
    elif identities:
        people = people.none()
    return people.first() or Person.objects.create(
        workshop_id=party.workshop_id, party=party, name=(contact or party.name)[:80], language="id"
    )


def _reach(person: Person, identities: list[Identity]) -> None:
    for one in identities:
        one.person = person
    Identity.objects.bulk_create(identities, ignore_conflicts=True)  # staff have it


def _new_user(email: str, password: str) -> User | None:
    """Make a login, unless the address has one already: that one proves itself by logging in."""
    if User.objects.filter(email=email).exists():
        return None
    return User.objects.create_user(email, password)
