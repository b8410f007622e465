"""What came in by mail or message: somebody says to have paid, and mostly shows a proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.conversations.models import Channel
from simpul.lib import clock, uploads
from simpul.lib.mails import Letter
from simpul.lib.uploads import Handed
from simpul.orders.models import Order
from simpul.papers.models import Upload
from simpul.parties.models import Person, Workshop
from simpul.parties.roles import Role
from simpul.payments.models.claim import PaymentClaim
from simpul.workflow.steps import Refused, creation, step

READERS = {Role.OWNER, Role.SALES, Role.FINANCE, Role.VIEWER, Role.MACHINE}
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 180, 720)]  # after each failure
A_NAME = 80  # letters of a file's name


class ArrivalQuerySet(models.QuerySet["Arrival"]):
    def visible_to(self, person: Person) -> Self:
        """What strangers write is for those who sell and who keep the money."""
        ours = self.filter(workshop_id=person.workshop_id)
        return ours if person.is_staff and person.role in READERS else ours.none()

    def waiting(self) -> Self:
        return self.filter(status=Arrival.Status.WAITING)

    def search(self, words: str) -> Self:
        return self.filter(
            Q(sender__icontains=words)
            | Q(sender_name__icontains=words)
            | Q(subject__icontains=words)
            | Q(text__icontains=words)
            | Q(person__party__name__icontains=words)
            | Q(claim__order__number__icontains=words)
        )


class Arrival(models.Model):
    """A mail or a message as it came, and what became of it: a claim, or nothing.

    The sender is what the letter says it is. `person` is set only where a party of the workshop
    owns that address or number, and moves nothing but a claim, which moves no money.
    """

    class Status(models.TextChoices):
        FETCHING = "fetching", _("its picture is being fetched")
        WAITING = "waiting", _("waits for a person")
        CLAIMED = "claimed", _("reported as a payment")
        ASIDE = "aside", _("set aside")

    class Why(models.TextChoices):
        """Why the program did not make it a claim by itself."""

        STRANGER = "stranger", _("This address or number belongs to no buyer.")
        NO_PROOF = "no_proof", _("No picture and no PDF came with it.")
        NO_ORDER = "no_order", _("It names no order, and not exactly one waits for money.")
        SEVERAL = "several", _("It names several orders.")
        FOREIGN = "foreign", _("It names an order of another buyer.")
        NOTHING_DUE = "nothing_due", _("Nothing is to be paid for the order that it names.")
        SAME_FILE = "same_file", _("The very same file was handed in for another order.")
        LIMIT = "limit", _("The report was refused, such as after too many on one day.")
        MACHINE = "machine", _("A program wrote it, not a person.")
        NOT_FETCHED = "not_fetched", _("Its picture could not be fetched from WhatsApp.")
        UNREADABLE = "unreadable", _("It could not be read.")
        REPLY = "reply", _("An automatic reply.")
        BOUNCE = "bounce", _("An e-mail of ours that came back.")
        LIST = "list", _("A mailing list.")
        ANSWER = "answer", _("It answers an e-mail that was sent to somebody else.")
        DECLINED = "declined", _("This contact was declined.")
        TALK = "talk", _("It stands in the conversation.")
        REPEATED = "repeated", _("The same file came before.")
        MANY = "many", _("Too many of one sender on one day: only this note was kept.")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=8, choices=Channel)
    foreign_id = models.CharField(max_length=200)  # what the other side calls it
    sender = models.CharField(max_length=254, blank=True)
    sender_name = models.CharField(max_length=80, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    answered = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)
    at = models.DateTimeField(default=clock.now, editable=False)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING, editable=False)
    why = models.CharField(max_length=12, choices=Why, blank=True, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)
    refused = models.JSONField(default=list, editable=False)  # names of files that were not taken
    original = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="+")
    claim = models.OneToOneField(
        PaymentClaim, models.PROTECT, null=True, editable=False, related_name="arrival"
    )
    guessed = models.JSONField(default=list, editable=False)  # of the claim: amount, paid_on
    media = models.CharField(max_length=100, blank=True, editable=False)  # still to be fetched
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    next_try_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "channel", "foreign_id"], name="arrival_once"
            ),
            models.CheckConstraint(
                condition=Q(status="claimed", claim__isnull=False)
                | ~Q(status="claimed") & Q(claim=None),
                name="arrival_claimed_has_a_claim",
            ),
        ]
        indexes = [
            models.Index(fields=["workshop", "status", "-id"]),
            models.Index(fields=["workshop", "sender", "at"]),
            models.Index(
                fields=["next_try_at"], condition=Q(status="fetching"), name="arrival_to_fetch"
            ),
        ]

    def __str__(self) -> str:
        return f"arrival {self.pk}"

    # Steps

    @classmethod
    @creation("payments.take_in", private=("refused", "media"))
    def take_in(
        cls,
        *,
        by: Person,
        channel: str,
        letter: Letter,
        person: Person | None = None,
        status: str = Status.WAITING,
        why: str = "",
        files: Sequence[Handed] = (),
        refused: Sequence[str] = (),
        original: bytes = b"",
        media: str = "",
    ) -> Arrival:
        """Keep what came, its files with the likeliest proof first."""
        made = cls.objects.create(
            workshop_id=by.workshop_id,
            channel=channel,
            foreign_id=letter.id,
            sender=letter.sender,
            sender_name=letter.sender_name,
            person=person,
            subject=letter.subject,
            text=letter.text,
            answered=letter.answered,
            sent_at=letter.sent_at,
            status=status,
            why=why,
            refused=[name[:A_NAME] for name in refused],
            media=media,
            original=Upload.keep(uploads.letter(original), by=by) if original else None,
        )
        made._keep(files, by)
        return made

    @step(
        "payments.fetch_arrival",
        source=Status.FETCHING,
        target=Status.WAITING,
        private=("files", "refused"),
    )
    def fetch(
        self, *, by: Person, files: Sequence[Handed], refused: Sequence[str], why: str
    ) -> None:
        """Keep the picture of a message, which comes by a call of its own; or that it never came."""
        self.why = why
        self.refused = [name[:A_NAME] for name in refused]
        self._keep(files, by)

    @step("payments.claim_arrival", source=Status.WAITING, target=Status.CLAIMED, private=("bank",))
    def become_claim(
        self,
        *,
        by: Person,
        order: Order,
        file: ArrivalFile,
        amount: int,
        paid_on: date,
        bank: str = "",
        guessed: Sequence[str] = (),
    ) -> None:
        """Report the payment of an order with one of the files: in the sender's name by machine."""
        if file.arrival_id != self.pk:
            raise Refused(_now("This file came with something else."))
        speaks = self.person if by.role == Role.MACHINE and self.person is not None else by
        self.claim = PaymentClaim.submit(
            by=speaks,
            order=order,
            amount=amount,
            paid_on=paid_on,
            bank=bank,
            proof=file.admitted(),
        )
        self.guessed, self.why = list(guessed), ""

    @step("payments.set_arrival_aside", source=Status.WAITING, target=Status.ASIDE)
    def set_aside(self, *, by: Person, reason: str) -> None:
        """It is no report of a payment; whoever looks later reads why."""
        self.reason = reason

    @step("payments.reopen_arrival", source=Status.ASIDE, target=Status.WAITING)
    def reopen(self, *, by: Person) -> None:
        """Let it wait again: it was set aside by mistake."""
        self.reason = ""

    def take_try(self) -> bool:
        """Note a try to fetch the picture before it is made; false where another process took it."""
        pause = PAUSES[min(self.tries, len(PAUSES) - 1)]
        mine = Arrival.objects.filter(
            pk=self.pk, status=self.Status.FETCHING, tries=self.tries, next_try_at=self.next_try_at
        )
        if not mine.update(tries=self.tries + 1, next_try_at=clock.now() + pause):
            return False
        self.refresh_from_db()
        return True

    # Questions

    @property
    def is_last_try(self) -> bool:
        return self.tries > len(PAUSES)

    @property
    def written_on(self) -> date:
        """The day on which it was written, as it says; never a day to come."""
        said = self.sent_at or self.at
        return clock.day_of(min(said, self.at))

    @property
    def whole_text(self) -> str:
        return f"{self.subject}\n{self.text}"

    def proof(self) -> ArrivalFile | None:
        """Return the likeliest proof among its files, which were loaded with it."""
        return min(self.files.all(), key=lambda one: one.position, default=None)

    @property
    def buyer_id(self) -> int | None:
        """The party that hears what became of it: only the order's own, by an address of its own."""
        if self.claim is None or self.person is None:
            return None
        buyer = self.claim.order.buyer_id
        return buyer if buyer == self.person.party_id else None

    @property
    def shown_with(self) -> Any:
        return self.claim or self

    def _keep(self, files: Sequence[Handed], by: Person) -> None:
        for position, one in enumerate(files, start=1):
            ArrivalFile.objects.create(
                arrival=self,
                position=position,
                name=one.name[:A_NAME],
                upload=Upload.keep(one.file, by=by),
            )


class ArrivalFile(models.Model):
    """A picture or PDF that came with it; the first is the likeliest proof."""

    arrival = models.ForeignKey(Arrival, models.CASCADE, related_name="files", db_index=False)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80, blank=True)
    upload = models.ForeignKey(Upload, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["arrival", "position"], name="arrival_file_once")
        ]

    def __str__(self) -> str:
        return f"{self.arrival} {self.position}"

    def admitted(self) -> uploads.Admitted:
        """Return the file as it left the upload door."""
        kept = self.upload
        suffix = kept.path.rpartition(".")[2]
        return uploads.Admitted(kept.read(), kept.kind, suffix, kept.sha256)
