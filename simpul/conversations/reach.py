"""By which channels a person hears of a step, and when: the usual way, or as they wished."""

from __future__ import annotations

from datetime import datetime

from simpul.conversations.models import Channel, Hours, How, Kind
from simpul.lib import phones, sms_provider
from simpul.parties.models import Identity, Party, Person
from simpul.parties.roles import Role
from simpul.workflow.models import Entry

REMINDERS = {"payments.remind"}  # never in the quiet time, and not once it is settled

# where the money goes, money that is taken back, and who sees what is one's own from now on: nobody
# may be without that
MUST_KNOW = {
    "payments.open_account",
    "payments.confirm_account",
    "payments.hasten_account",
    "payments.close_account",
    "payments.connect_gateway",
    "payments.disconnect_gateway",
    "payments.connect_whatsapp",
    "payments.disconnect_whatsapp",
    "payments.reverse",
    "payments.annul",
    "payments.annul_credit",
    "payments.bounce",
    "crm.begin_dealing",
    "crm.merge",
    "crm.undo_merging",
}

# what is said by SMS where nothing else arrives: it cannot wait. Some only if their thing is such
URGENT = {
    "delivery.leave": "",  # on its way, with the PIN
    "delivery.fail": "",
    "delivery.plan_attempt": "",
    "delivery.announce": "",  # somebody comes to fetch goods, with the PIN
    "delivery.unannounce": "",
    "delivery.miss": "",
    "delivery.plan_fetch": "",
    "orders.propose_change": "is_delay",  # nothing but the day is to be another one
}

_KINDS_OF_APPS = {
    "orders": Kind.ORDERS,
    "payments": Kind.MONEY,
    "catalog": Kind.MATERIAL,
    "stock": Kind.MATERIAL,
    "procurement": Kind.MATERIAL,
    "production": Kind.WORK,
    "delivery": Kind.DELIVERY,
    "conversations": Kind.TALK,
    "crm": Kind.PROSPECTS,
}
_KINDS_OF_STEPS = {
    "conversations.sign": Kind.PROSPECTS,
    "conversations.vouch": Kind.PROSPECTS,
    "crm.welcome": Kind.ORDERS,
    "crm.send_quotation": Kind.ORDERS,
    "crm.revise_quotation": Kind.ORDERS,
    "crm.withdraw_quotation": Kind.ORDERS,
    "crm.accept_quotation": Kind.ORDERS,
    "crm.decline_quotation": Kind.ORDERS,
    "crm.agree_return": Kind.DELIVERY,
    "crm.count_return": Kind.DELIVERY,
    "crm.cancel_return": Kind.DELIVERY,
    "crm.ask_rating": Kind.OPINION,
    "crm.alert_rating": Kind.TALK,
    "crm.offer_words": Kind.TALK,
    "crm.show_words": Kind.TALK,
    "crm.alert_wish": Kind.TALK,
    "crm.answer_wish": Kind.TALK,
    "crm.hide_wish": Kind.TALK,
    "crm.write_post": Kind.TALK,
    "crm.answer_post": Kind.TALK,
    "crm.report_post": Kind.TALK,
    "crm.hide_post": Kind.TALK,
    "crm.order_ahead": Kind.ORDERS,
    "crm.offer_ahead": Kind.ORDERS,
    "crm.give_lead": Kind.TALK,
    "crm.hand_on_lead": Kind.ORDERS,
    "crm.ask_next_distributor": Kind.ORDERS,
    "crm.recall_lead": Kind.ORDERS,
    "crm.give_area": Kind.ORDERS,
    "crm.grant_area": Kind.ORDERS,
    "crm.decline_area": Kind.ORDERS,
    "crm.end_area": Kind.ORDERS,
    "crm.end_dealing": Kind.ORDERS,
    "crm.give_points": Kind.MONEY,
    "crm.void_points": Kind.MONEY,
    "crm.grant_points": Kind.MONEY,
    "crm.claw_points": Kind.MONEY,
    "crm.warn_points": Kind.MONEY,
    "crm.issue_voucher": Kind.MONEY,
    "crm.give_voucher_back": Kind.MONEY,
}

# what reaches whom at all: of the rest nobody need choose
_HEARD: dict[str, tuple[Kind, ...]] = {
    "buyer": (Kind.ORDERS, Kind.MONEY, Kind.DELIVERY, Kind.TALK, Kind.OPINION),
    "supplier": (Kind.MATERIAL, Kind.TALK),
    "courier": (Kind.DELIVERY, Kind.MONEY, Kind.TALK),
    Role.OWNER: tuple(kind for kind in Kind if kind != Kind.OPINION),  # what nobody else hears, too
    Role.SALES: (Kind.ORDERS, Kind.MONEY, Kind.WORK, Kind.DELIVERY, Kind.TALK, Kind.PROSPECTS),
    Role.FINANCE: (Kind.ORDERS, Kind.MONEY, Kind.WORK, Kind.TALK),
    Role.STOCK: (Kind.ORDERS, Kind.MONEY, Kind.MATERIAL, Kind.WORK, Kind.DELIVERY, Kind.TALK),
    Role.PRODUCTION: (Kind.ORDERS, Kind.MONEY, Kind.MATERIAL, Kind.TALK),
    Role.VIEWER: (Kind.TALK,),
}

_IDENTITIES = {
    Channel.MAIL: Identity.Kind.MAIL,
    Channel.WHATSAPP: Identity.Kind.PHONE,
    Channel.SMS: Identity.Kind.PHONE,
}
_OUTSIDE = (Channel.MAIL, Channel.WHATSAPP)


def kind_of(step: str) -> Kind | None:
    """Return the kind of news that a step is; None for what nobody may silence."""
    if step in MUST_KNOW:
        return None
    return _KINDS_OF_STEPS.get(step) or _KINDS_OF_APPS[step.partition(".")[0]]


def kinds_for(person: Person) -> list[Kind]:
    """Return the kinds of news that may reach this person, in the order of a page."""
    words = [person.role] if person.is_staff else _sides(person.party)
    heard = {kind for word in words for kind in _HEARD[word]}
    return [kind for kind in Kind if kind in heard]


def ways(person: Person, step: str) -> dict[Channel, How]:
    """Return the channels by which this person is told of such a step now, and how each.

    `person` comes with its party, identities, preferences and devices. SMS is none of them: see
    `takes_sms`.
    """
    found = usual(person) | _wished(person, step)
    open_now = set(channels_of(person)) - _closed(person) - {Channel.SMS}
    return {way: how for way, how in found.items() if how != How.NEVER and way in open_now}


def takes(person: Person, step: str, way: Channel) -> bool:
    """Tell whether such a step reaches this person by a channel: there is an address that does not
    only come back, and they did not wish to hear nothing of it there; what they must know they do."""
    is_open = way in channels_of(person) and way not in _closed(person)
    return is_open and _wished(person, step).get(way) != How.NEVER


def instead(person: Person, step: str, failed: Channel) -> Channel | None:
    """Return the next channel for what did not arrive by `failed`, if there is one."""
    others = (way for way in (*_OUTSIDE, Channel.PUSH) if way != failed)
    return next((way for way in others if takes(person, step, way)), None)


def takes_sms(person: Person, entry: Entry) -> bool:
    """Tell whether this person may be told of this by SMS, once no other channel carries it."""
    if entry.step not in URGENT or not takes(person, entry.step, Channel.SMS):
        return False
    condition = URGENT[entry.step]
    return not condition or bool(getattr(entry.subject, condition))


def may_come(kind: Kind, way: Channel) -> bool:
    """Tell whether news of this kind ever comes by this channel."""
    return way != Channel.SMS or kind in {kind_of(step) for step in URGENT}


def channels_of(person: Person) -> list[Channel]:
    """Return the channels that this person has: here with a login, by an address of each kind, by
    devices that were let in; a text for WhatsApp, or by SMS if this installation sends them, only
    outside of the workshop."""
    known = {identity.kind for identity in person.identities.all()}
    found = [Channel.PORTAL] if person.user_id is not None else []
    found += [Channel.MAIL] if Identity.Kind.MAIL in known else []
    found += [Channel.WHATSAPP] if Identity.Kind.PHONE in known and not person.is_staff else []
    found += [Channel.PUSH] if person.devices.all() else []
    found += [Channel.SMS] if sms_provider.is_on() and _has_mobile(person) else []
    return found


def usual(person: Person) -> dict[Channel, How]:
    """Return how a person is told who wished nothing: at once by every channel; of mail and
    WhatsApp only by the one that the party prefers, if it can be."""
    has = channels_of(person)
    outside = [way for way in has if way in _OUTSIDE and way not in _closed(person)]
    preferred = [way for way in outside if person.party and way == person.party.prefers]
    unwanted = set(outside) - set(preferred or outside)
    return {way: How.NEVER if way in unwanted else How.AT_ONCE for way in has}


def hour_for(person: Person, step: str, how: How, at: datetime) -> datetime:
    """Return when a person hears of what happened `at`: now, after the quiet time, or at the hour
    of the day that they chose. What one must know knows no quiet time."""
    if how == How.DAILY:
        return hours_of(person).next_daily(at)
    if step in REMINDERS:
        at = person.workshop.awake_from(at)
    return at if step in MUST_KNOW else hours_of(person).awake_from(at)


def hours_of(person: Person) -> Hours:
    """Return when this person wants to hear: what was chosen, or what is usual."""
    return getattr(person, "hours", None) or Hours(person=person)


def _has_mobile(person: Person) -> bool:
    telephones = [one for one in person.identities.all() if one.kind == Identity.Kind.PHONE]
    return not person.is_staff and any(phones.is_mobile(one.value) for one in telephones)


def _wished(person: Person, step: str) -> dict[Channel, How]:
    kind = kind_of(step)
    chosen = [] if kind is None else person.preferences.all()
    return {Channel(one.channel): How(one.how) for one in chosen if one.kind == kind}


def _closed(person: Person) -> set[Channel]:
    """Return the channels by which nothing arrives: all addresses come back or are not wanted."""
    identities = list(person.identities.all())
    usable = {one.kind for one in identities if not one.bounced_at and not one.opted_out_at}
    return {way for way, kind in _IDENTITIES.items() if kind not in usable}


def _sides(party: Party | None) -> list[str]:
    sides = ("buyer", "supplier", "courier")
    return [side for side in sides if getattr(party, f"{side}_id", None)]
