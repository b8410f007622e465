from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import phones
from simpul.lib.places import Spot
from simpul.parties.models import Address, Identity, Party, Person, User, Workshop
from simpul.parties.roles import Role
from simpul.ui.fields import RupiahField, SpotField


class _TelephoneMixin(forms.Form):
    workshop: Workshop

    def clean_telephone(self) -> str:
        typed = self.cleaned_data["telephone"]
        if not typed:
            return ""
        try:
            number = phones.normalise(typed)
        except phones.NotATelephone as reason:
            raise forms.ValidationError(str(reason)) from reason
        return self.known_only_once(Identity.Kind.PHONE, number)

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        return self.known_only_once(Identity.Kind.MAIL, email) if email else ""

    def known_only_once(self, kind: str, value: str) -> str:
        known = (
            Identity.objects.filter(workshop=self.workshop, kind=kind, value=value)
            .select_related("person__party")
            .first()
        )
        if known is not None:
            who = known.person.party or known.person
            raise forms.ValidationError(_now("%(who)s has this already.") % {"who": who})
        return value


class ContactForm(_TelephoneMixin):
    """Somebody of a party: a name, and how to reach them."""

    contact = forms.CharField(label=_("Contact person"), max_length=80)
    telephone = forms.CharField(
        label=_("WhatsApp or telephone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workshop = workshop

    @transaction.atomic
    def make(self, party: Party) -> Person:
        facts = self.cleaned_data
        person = Person.objects.create(
            workshop=self.workshop, party=party, name=facts["contact"], language=facts["language"]
        )
        Identity.objects.bulk_create(
            Identity(
                workshop=self.workshop,
                person=person,
                kind=kind,
                value=facts[name],
                typed=self.data.get(name, ""),
            )
            for kind, name in ((Identity.Kind.PHONE, "telephone"), (Identity.Kind.MAIL, "email"))
            if facts[name]
        )
        return person


class CorrectionForm(_TelephoneMixin):
    """The right number or address in place of one at which nothing arrives."""

    telephone = forms.CharField(
        label=_("WhatsApp or telephone"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    email = forms.EmailField(label=_("E-mail"))

    def __init__(self, data: Any = None, *, identity: Identity) -> None:
        self.identity, self.workshop = identity, identity.workshop
        is_phone = identity.kind == Identity.Kind.PHONE
        self.name = "telephone" if is_phone else "email"
        shown = phones.national(identity.value) if is_phone else identity.value
        super().__init__(data, initial={self.name: shown})
        del self.fields["email" if is_phone else "telephone"]

    def known_only_once(self, kind: str, value: str) -> str:
        return value if value == self.identity.value else super().known_only_once(kind, value)

    def save(self) -> None:
        self.identity.correct(self.cleaned_data[self.name])


class PartyForm(ContactForm):
    """A new buyer, supplier or courier with its first contact person and address."""

    name = forms.CharField(
        label=_("Name of the business or household"),
        max_length=120,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    kind = forms.ChoiceField(
        label=_("What is it to us?"),
        choices=[
            ("distributor", _("distributor")),
            ("consumer", _("consumer")),
            ("supplier", _("supplier")),
            ("courier", _("courier")),
        ],
    )
    area = forms.CharField(label=_("Town or area"), max_length=80, required=False)
    street = forms.CharField(label=_("Street, hamlet, RT/RW"), max_length=160, required=False)
    landmark = forms.CharField(label=_("Landmark"), max_length=120, required=False)
    vehicle = forms.CharField(
        label=_("Vehicle and plate"),
        max_length=60,
        required=False,
        help_text=_("Only for couriers."),
    )

    field_order = [
        "kind",
        "name",
        "contact",
        "telephone",
        "email",
        "language",
        "area",
        "street",
        "landmark",
        "vehicle",
    ]

    @transaction.atomic
    def make_party(self) -> Party:
        facts = self.cleaned_data
        kind = facts["kind"]
        party = Party.objects.create(
            workshop=self.workshop,
            name=facts["name"],
            buys_as=kind if kind in Party.BuysAs.values else "",
            is_supplier=kind == "supplier",
            is_courier=kind == "courier",
            area=facts["area"],
            vehicle=facts["vehicle"],
        )
        self.make(party)
        if facts["street"]:
            Address.objects.create(
                party=party,
                receiver=facts["contact"],
                telephone=facts["telephone"],
                street=facts["street"],
                area=facts["area"],
                landmark=facts["landmark"],
            )
        return party


class ToneForm(forms.ModelForm[Party]):
    """How a party wants to be spoken to."""

    class Meta:
        model = Party
        fields = ("prefers", "is_reminded", "sees_forecast", "sends_in_own_name")
        help_texts = {
            "sends_in_own_name": _(
                "To his customers, as if it came from him: his name and number on the delivery"
                " note, the labels and the tracking page, and not the workshop's. He chooses it"
                " order by order."
            ),
            "sees_forecast": _("By material and half month, about how much; no order, no buyer."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.is_supplier:
            del self.fields["sees_forecast"]
        if self.instance.buys_as != Party.BuysAs.DISTRIBUTOR:
            del self.fields["sends_in_own_name"]


class WorkshopForm(forms.ModelForm[Workshop]):
    stamp_duty_above = RupiahField(label=_("Stamp duty on receipts above (Rp)"))
    owner_limit = RupiahField(
        label=_("Above this (Rp), credit notes need the owner and refunds a second person")
    )
    qris_limit = RupiahField(label=_("Most that one payment by QRIS may be (Rp)"))
    spot = SpotField()

    class Meta:
        model = Workshop
        fields = (
            "name",
            "tagline",
            "tagline_en",
            "story",
            "story_en",
            "founded_in",
            "street",
            "area",
            "postcode",
            "telephone",
            "email",
            "hours",
            "publishes_prices",
            "down_payment_percent",
            "payment_days",
            "grace_days",
            "offer_days",
            "stamp_duty_above",
            "owner_limit",
            "forfeit_percent",
            "qris_limit",
            "is_pkp",
            "over_receipt_percent",
            "remind_before",
            "remind_after",
            "quiet_from",
            "quiet_until",
            "supplier_days",
            "delivery_attempts",
            "note_sheet",
            "taxed_as",
        )
        labels = {
            "founded_in": _("Working since"),
            "is_pkp": _("Registered for VAT (PKP): prices include PPN, and invoices show it"),
            "tagline_en": _("In one line, in English"),
            "story_en": _("Story, in English"),
        }
        widgets = {
            "story": forms.Textarea(attrs={"rows": 6}),
            "story_en": forms.Textarea(attrs={"rows": 6}),
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    WHERE = ("street", "area", "postcode", "spot", "telephone", "email", "hours")
    REMINDERS = ("remind_before", "remind_after", "quiet_from", "quiet_until")
    WORDS = (
        "name",
        "tagline",
        "tagline_en",
        "story",
        "story_en",
        "founded_in",
        "publishes_prices",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known := self.initial.get("telephone"):
            self.initial["telephone"] = phones.national(known)
        self.initial["spot"] = self.instance.spot

    def clean_spot(self) -> Spot | None:
        self.instance.spot = self.cleaned_data["spot"]
        return self.instance.spot

    @property
    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields as a page shows them: the shop window, how to reach it, its terms."""
        elsewhere = (*self.WORDS, *self.WHERE, *self.REMINDERS)
        terms = [name for name in self.fields if name not in elsewhere]
        return [
            (_now("The shop window"), [self[name] for name in self.WORDS]),
            (_now("Where and when"), [self[name] for name in self.WHERE]),
            (_now("Terms"), [self[name] for name in terms]),
            (_now("Reminders"), [self[name] for name in self.REMINDERS]),
        ]

    def clean_telephone(self) -> str:
        typed: str = self.cleaned_data["telephone"]
        if not typed:
            return ""
        try:
            return phones.normalise(typed)
        except phones.NotATelephone as reason:
            raise forms.ValidationError(str(reason)) from reason


class InvitationForm(_TelephoneMixin):
    """A new colleague; the login is opened by a link in the mail."""

    name = forms.CharField(label=_("Name"), max_length=80)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[
            (role.value, role.label) for role in Role if role not in (Role.MACHINE, Role.NONE)
        ],
    )
    telephone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    email = forms.EmailField(label=_("E-mail"))

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workshop = workshop

    @transaction.atomic
    def make(self) -> Person:
        facts = self.cleaned_data
        user = User.objects.filter(email=facts["email"]).first() or User.objects.create_user(
            facts["email"]
        )
        person = Person.objects.create(
            workshop=self.workshop, name=facts["name"], role=facts["role"], user=user
        )
        Identity.objects.bulk_create(
            Identity(workshop=self.workshop, person=person, kind=kind, value=facts[name])
            for kind, name in ((Identity.Kind.PHONE, "telephone"), (Identity.Kind.MAIL, "email"))
            if facts[name]
        )
        return person


class PersonForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[
            (role.value, role.label) for role in Role if role not in (Role.MACHINE, Role.NONE)
        ],
    )
    is_active = forms.BooleanField(label=_("Works here"), required=False)


class ProfileForm(forms.Form):
    """What somebody of a party keeps about themselves."""

    name = forms.CharField(label=_("Your name"), max_length=80)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    telephone = forms.CharField(
        label=_("WhatsApp or telephone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    prefers = forms.ChoiceField(
        label=_("News by"),
        choices=Party.Prefers,
        required=False,
        help_text=_("Besides these pages. It applies to everybody at your place."),
    )

    def __init__(self, data: Any = None, *, person: Person) -> None:
        self.person = person
        mine = person.identities.filter(kind=Identity.Kind.PHONE, opted_out_at=None)
        self.known = mine.order_by("pk").first()
        super().__init__(
            data,
            initial={
                "name": person.name,
                "language": person.language,
                "telephone": phones.national(self.known.value) if self.known else "",
                "prefers": person.party.prefers if person.party else "",
            },
        )

    def clean_telephone(self) -> str:
        """Normalise; a number of somebody else is refused without saying whose it is."""
        typed = self.cleaned_data["telephone"]
        if not typed:
            return ""
        try:
            number = phones.normalise(typed)
        except phones.NotATelephone as reason:
            raise forms.ValidationError(str(reason)) from reason
        same = Identity.objects.filter(
            workshop_id=self.person.workshop_id, kind=Identity.Kind.PHONE, value=number
        )
        if same.exclude(person=self.person).exists():
            raise forms.ValidationError(_now("This number cannot be used: ask the workshop."))
        return number

    @transaction.atomic
    def save(self) -> None:
        """Keep it; another number is not verified yet."""
        facts = self.cleaned_data
        self.person.name = facts["name"]
        self.person.language = facts["language"]
        self.person.save(update_fields=["name", "language"])
        Party.objects.filter(people=self.person).update(prefers=facts["prefers"])
        if self.known is None or self.known.value != facts["telephone"]:
            self._change_number(facts["telephone"])

    def _change_number(self, number: str) -> None:
        """Keep the row, which what was agreed to by it hangs from: that holds for the old number
        alone. One that is taken away is not used any more."""
        mine = self.person.identities.filter(kind=Identity.Kind.PHONE)
        if again := mine.filter(value=number).first():
            again.use_again()
        elif self.known is not None and number:
            self.known.correct(number)
            return
        elif number:
            Identity.objects.create(
                workshop_id=self.person.workshop_id,
                person=self.person,
                kind=Identity.Kind.PHONE,
                value=number,
                typed=self.data.get("telephone", ""),
            )
        if self.known is not None:
            self.known.opt_out()


class AddressForm(forms.ModelForm[Address]):
    """Where goods go to, as a courier needs it."""

    telephone = forms.CharField(
        label=_("Telephone of the receiver"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    postcode = forms.RegexField(r"^\d{5}$", label=_("Postal code"), required=False)
    spot = SpotField()

    class Meta:
        model = Address
        fields = ("receiver", "telephone", "street", "area", "province", "postcode", "landmark")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known := self.initial.get("telephone"):
            self.initial["telephone"] = phones.national(known)
        self.initial["spot"] = self.instance.spot

    def clean_spot(self) -> Spot | None:
        self.instance.spot = self.cleaned_data["spot"]
        return self.instance.spot

    def clean_telephone(self) -> str:
        typed = self.cleaned_data["telephone"]
        if not typed:
            return ""
        try:
            return phones.normalise(typed)
        except phones.NotATelephone as reason:
            raise forms.ValidationError(str(reason)) from reason
