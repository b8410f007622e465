"""Who hears of which step. The journal is the outbox: steps tell nobody, these lines do."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any, cast

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q

from simpul.conversations.models import OLD_NEWS, Channel, How, Notice
from simpul.conversations.reach import REMINDERS, hour_for, instead, takes, takes_sms, ways
from simpul.lib import clock
from simpul.parties.models import Identity, Person, PersonQuerySet
from simpul.parties.roles import Role
from simpul.workflow.models import Entry

LABEL = 40  # characters of what a notice is about
# what is no news to anybody once the thing itself says so: an offer that is agreed on by now
OVERTAKEN = {"orders.offer": "agreed_revision"}

NOBODY: tuple[str, ...] = ()

# An audience is a side of the deal, a role of the workshop, `other` (the side that did not do it;
# of the workshop its desk, and who was asked to answer),
# `asked` (the couriers that were offered the job), `payers` (the buyers who are asked for money),
# `interested` (the buyers who wanted to hear of it), `addressed` (the buyers whom the line itself names
# as its `parties`), `dealer` (who buys through the buyer), `merged`
# (who logs in for one of two parties that were found to be one) or `named` (the colleagues whom the
# thing itself names).
TOLD: dict[str, tuple[str, ...]] = {
    # the workshop and its people
    "crm.register": ("sales",),
    "crm.meet": NOBODY,  # its first words are told
    "crm.welcome": ("buyer",),
    # what may be sent to whom
    "crm.write_campaign": NOBODY,
    "crm.change_campaign": NOBODY,
    "crm.plan_campaign": NOBODY,
    "crm.unplan_campaign": NOBODY,
    "crm.begin_campaign": NOBODY,
    "crm.pause_campaign": NOBODY,
    "crm.send_text": NOBODY,
    "crm.drop_text": NOBODY,
    "crm.resume_campaign": NOBODY,
    "crm.stop_campaign": NOBODY,
    "crm.end_campaign": NOBODY,
    "crm.prove_identity": NOBODY,
    "crm.give_consent": NOBODY,
    "crm.withdraw_consent": NOBODY,
    # points
    "crm.carry_list": ("owner",),
    "crm.read_list": NOBODY,
    "crm.map_list": NOBODY,
    "crm.drop_list": NOBODY,
    "crm.import_list": NOBODY,
    "crm.end_list": NOBODY,
    "crm.undo_list": NOBODY,
    "crm.set_points": NOBODY,
    "crm.give_points": ("buyer",),
    "crm.void_points": ("buyer",),
    "crm.grant_points": ("buyer",),
    "crm.claw_points": ("buyer",),
    "crm.expire_points": NOBODY,  # they were told in time
    "crm.warn_points": ("buyer",),
    "crm.recommend": NOBODY,
    "crm.refer": NOBODY,  # sales hears of the registration
    "crm.hold_referral": ("sales",),
    "crm.approve_referral": NOBODY,
    "crm.void_referral": NOBODY,
    "crm.reward_referral": NOBODY,  # the points are told of
    # answer pages
    "crm.write_answer": NOBODY,
    "crm.change_answer": NOBODY,
    "crm.publish_answer": NOBODY,
    "crm.hide_answer": NOBODY,
    "crm.vote_answer": NOBODY,
    # goods of a ticket that come back
    "crm.agree_return": ("buyer", "stock"),
    "crm.send_return": NOBODY,
    "crm.count_return": ("buyer", "sales"),
    "crm.cancel_return": ("buyer",),
    # how content customers are
    "crm.ask_rating": ("buyer",),
    "crm.answer_rating": NOBODY,  # it stands on the desk; of a low one a person is told
    "crm.change_rating": NOBODY,
    "crm.alert_rating": ("sales",),
    "crm.follow_rating": NOBODY,
    "crm.offer_words": ("sales",),
    "crm.withdraw_words": NOBODY,  # they are gone at once
    "crm.show_words": ("buyer",),
    "crm.hide_words": NOBODY,
    # wishes of customers
    "crm.make_wish": NOBODY,  # they wait on the desk; a person is called for some
    "crm.vote_wish": NOBODY,
    "crm.alert_wish": ("sales",),
    "crm.answer_wish": ("interested",),
    "crm.reword_wish": NOBODY,
    "crm.hide_wish": ("buyer",),
    "crm.show_wish": NOBODY,
    "crm.follow_wish": NOBODY,
    "crm.issue_voucher": ("buyer",),  # if it is somebody's
    "crm.exchange_points": NOBODY,
    "crm.void_voucher": NOBODY,
    "crm.use_voucher": ("other",),
    "crm.give_voucher_back": ("buyer",),
    # the room of the distributors
    "crm.write_post": ("sales",),
    "crm.answer_post": ("interested",),
    "crm.report_post": ("sales",),
    "crm.clear_post": NOBODY,
    "crm.hide_post": ("buyer",),
    "crm.show_post": NOBODY,
    # the room of a sentra: what one workshop does no other is written to about
    "crm.found_sentra": NOBODY,
    "crm.join_sentra": NOBODY,
    "crm.decline_sentra": NOBODY,
    "crm.leave_sentra": NOBODY,
    "crm.invite_to_sentra": NOBODY,
    "crm.name_for_sentra": NOBODY,
    "crm.say_in_sentra": NOBODY,
    "crm.answer_in_sentra": NOBODY,
    "crm.vote_in_sentra": NOBODY,
    "crm.report_in_sentra": NOBODY,
    "crm.part_with_member": NOBODY,
    "crm.hide_in_sentra": NOBODY,
    "crm.show_in_sentra": NOBODY,
    "crm.clear_in_sentra": NOBODY,
    # questions in the room
    "crm.ask_poll": NOBODY,  # it stands in the room
    "crm.answer_poll": NOBODY,
    "crm.order_ahead": ("sales",),
    "crm.offer_ahead": ("addressed",),
    # what the shop window tells of the workshop
    "crm.show_picture": NOBODY,
    "crm.take_picture_off": NOBODY,
    # news of the workshop
    "crm.draft_bulletin": ("sales",),
    "crm.write_bulletin": NOBODY,
    "crm.change_bulletin": NOBODY,
    "crm.publish_bulletin": NOBODY,  # it stands on their first page; more goes through a campaign
    "crm.take_bulletin_back": NOBODY,
    # prospects on their way to a first order
    "crm.note_lead": NOBODY,
    "crm.move_lead": NOBODY,
    "crm.give_lead": ("named",),
    "crm.estimate_lead": NOBODY,
    "crm.plan_lead": NOBODY,
    "crm.lose_lead": NOBODY,
    "crm.reopen_lead": NOBODY,
    "crm.win_lead": NOBODY,  # its order is told
    "crm.send_quotation": ("buyer",),
    "crm.revise_quotation": ("buyer",),
    "crm.withdraw_quotation": ("buyer",),
    "crm.accept_quotation": ("sales",),
    "crm.decline_quotation": ("sales",),
    # parties that are one
    "crm.merge": ("merged",),
    "crm.undo_merging": ("merged",),
    "crm.part": NOBODY,
    # visits
    "crm.plan_visits": NOBODY,  # they stand on the list of whoever goes
    "crm.note_visit": NOBODY,
    "crm.miss_visit": NOBODY,
    # the dealers behind a distributor
    "crm.begin_dealing": ("dealer",),  # whose addresses the distributor sees from now on
    "crm.end_dealing": ("dealer", "buyer", "sales"),
    "crm.order_for_dealer": NOBODY,  # of the order itself they are told
    # the areas of distributors
    "crm.ask_area": NOBODY,  # sales hears of the registration
    "crm.ask_further_area": ("sales",),
    "crm.give_area": ("buyer",),
    "crm.grant_area": ("buyer",),
    "crm.decline_area": ("buyer",),
    "crm.end_area": ("buyer",),
    # samples
    "crm.send_sample": NOBODY,  # of the order itself they are told
    "crm.ask_about_sample": NOBODY,  # it stands on Today on its day
    # prospects that a distributor looks after
    "crm.hand_on_lead": ("buyer",),
    "crm.ask_next_distributor": ("buyer",),
    "crm.take_lead": ("sales",),
    "crm.pass_lead": NOBODY,  # the next is asked
    "crm.lapse_lead_offer": NOBODY,
    "crm.bring_lead_back": ("sales",),
    "crm.recall_lead": ("buyer",),
    "crm.report_lead_won": ("sales",),
    "crm.report_lead_lost": ("sales",),
    "crm.win_lead_through": NOBODY,
    # talk
    "conversations.say": ("other",),
    "conversations.open_ticket": ("owner", "finance"),
    "conversations.resolve_ticket": ("owner", "courier"),
    # tickets of customers
    "conversations.ask_ticket": NOBODY,  # its first words are told
    "conversations.make_ticket": ("buyer",),
    "conversations.rank_ticket": NOBODY,
    "conversations.wait_ticket": NOBODY,
    "conversations.go_on_ticket": NOBODY,
    "conversations.merge_ticket": NOBODY,
    "conversations.part_ticket": NOBODY,
    "crm.set_service": NOBODY,
    "crm.credit_ticket": NOBODY,  # the note itself is told
    "crm.refund_ticket": NOBODY,  # the refund itself is told
    "crm.replace_ticket": NOBODY,
    "conversations.solve_ticket": ("buyer",),
    "conversations.reopen_ticket": ("sales",),
    # talk again
    "conversations.note": ("named",),
    "conversations.assign": ("named",),
    "conversations.let_go": NOBODY,
    "conversations.call": NOBODY,  # they were there
    "conversations.follow_up": NOBODY,
    "conversations.finish_follow_up": NOBODY,
    "conversations.sign": ("sales",),
    "conversations.hold": NOBODY,
    "conversations.vouch": ("sales",),
    "conversations.publish": NOBODY,
    "conversations.put_back": NOBODY,
    "conversations.hide": NOBODY,
    "conversations.answer": NOBODY,
    # orders
    "orders.place": ("other",),
    "orders.confirm": ("buyer", "stock"),
    "orders.offer": ("buyer",),
    "orders.decline": ("buyer",),
    "orders.accept": ("sales", "stock"),
    "orders.counter": ("sales",),
    "orders.withdraw": ("sales",),
    "orders.reduce": NOBODY,  # the voucher is told of
    "orders.expire": ("buyer",),
    "orders.cancel": ("buyer", "stock", "production"),
    "orders.propose_change": ("other",),
    "orders.accept_change": ("other", "stock", "production"),
    "orders.refuse_change": ("other",),
    "orders.withdraw_change": ("other",),
    "orders.waive": ("buyer", "finance", "stock", "production"),
    "orders.take_turn": NOBODY,
    "orders.fulfil": ("buyer", "sales"),
    "orders.close": ("buyer",),
    "orders.reopen": ("sales",),
    # money
    "payments.open_account": ("owner",),
    "payments.confirm_account": ("owner", "payers"),
    "payments.hasten_account": ("owner",),
    "payments.close_account": ("owner", "payers"),
    "payments.instruct": ("buyer",),
    "payments.close_instruction": NOBODY,
    "payments.tick": ("other",),
    "payments.remind": ("buyer",),
    "payments.claim": ("finance",),
    "payments.supersede_claim": NOBODY,
    "payments.match_claim": NOBODY,
    "payments.reject_claim": ("buyer",),
    "payments.connect_whatsapp": ("owner",),
    "payments.disconnect_whatsapp": ("owner",),
    "payments.name_template": NOBODY,
    "payments.take_in": NOBODY,
    "payments.fetch_arrival": NOBODY,
    "payments.claim_arrival": ("buyer",),
    "payments.set_arrival_aside": NOBODY,
    "payments.reopen_arrival": NOBODY,
    "payments.hand_in": NOBODY,
    "payments.tell_apart": NOBODY,
    "payments.map_columns": ("owner",),
    "payments.import": NOBODY,
    "payments.allocate": ("buyer", "stock", "production"),
    "payments.set_aside": NOBODY,
    "payments.reopen": NOBODY,
    "payments.take_cash": ("buyer", "stock", "production"),
    "payments.close_day": NOBODY,
    "payments.use_credit": ("buyer", "stock", "production"),
    "payments.lower": NOBODY,
    "payments.reverse": ("buyer", "owner"),
    "payments.annul": ("buyer", "owner"),
    "payments.bounce": ("buyer", "owner", "finance", "sales", "stock", "production"),
    "payments.bounce_entry": NOBODY,
    "payments.credit": ("buyer", "owner", "stock", "production"),
    "payments.annul_credit": ("buyer", "owner"),
    "payments.request_refund": ("finance", "owner"),
    "payments.approve_refund": ("buyer", "finance"),
    "payments.refuse_refund": ("buyer", "finance"),
    "payments.withdraw_refund": ("finance",),
    "payments.send_refund": ("buyer",),
    "payments.pay_refund": ("buyer", "owner"),
    "payments.see_refund": NOBODY,
    "payments.cover_refund": ("buyer",),
    "payments.forfeit": ("buyer", "finance"),
    "payments.forget_payer": NOBODY,
    "payments.explain": NOBODY,
    "payments.use_cash": NOBODY,
    "payments.retract": NOBODY,
    "payments.connect_gateway": ("owner", "finance"),
    "payments.disconnect_gateway": ("owner", "finance"),
    "payments.gateway_paid": ("buyer", "finance", "stock", "production"),
    "payments.count_gateway": ("buyer", "stock", "production"),
    "payments.apply_notice": NOBODY,
    "payments.keep_notice": ("finance",),
    "payments.settle_notice": NOBODY,
    "payments.reopen_notice": ("finance",),
    "payments.ask_cash": NOBODY,
    "payments.collect": ("finance",),
    "payments.void_cash": NOBODY,
    "payments.hand_cash": ("finance",),
    "payments.count_cash": ("courier",),
    # stock
    "stock.count": NOBODY,
    "stock.count_sheet": NOBODY,
    "stock.move": NOBODY,
    "stock.set_shelf": NOBODY,
    "stock.set_reorder_point": NOBODY,
    # material
    "procurement.reserve": NOBODY,
    "procurement.substitute": NOBODY,
    "procurement.release": NOBODY,
    "procurement.let_go": NOBODY,
    "procurement.price": NOBODY,
    "catalog.write_recipe": NOBODY,
    "catalog.set_stages": NOBODY,
    "production.set_week": NOBODY,
    "production.close_days": NOBODY,
    "production.open_days": NOBODY,
    "production.set_capacity": NOBODY,
    "production.name_causes": NOBODY,
    "production.add_lasts": NOBODY,
    "production.change_lasts": NOBODY,
    "production.drop_lasts": NOBODY,
    "procurement.inquire": NOBODY,
    "procurement.ask_price": ("supplier",),
    "procurement.bid": ("stock",),
    "procurement.take_bid": NOBODY,
    "procurement.close_inquiry": NOBODY,
    "procurement.propose": NOBODY,
    "procurement.change": NOBODY,
    "procurement.move_line": NOBODY,
    "procurement.take_line": NOBODY,
    "procurement.join": NOBODY,
    "procurement.send": ("supplier",),
    "procurement.confirm": ("stock",),
    "procurement.counter": ("stock",),
    "procurement.decline": ("stock",),
    "procurement.agree": ("supplier",),
    "procurement.insist": ("supplier",),
    "procurement.hand": NOBODY,
    "procurement.expect": ("other",),
    "procurement.receive": ("supplier", "production"),
    "procurement.ask_less": ("supplier",),
    "procurement.grant_less": ("stock",),
    "procurement.refuse_less": ("stock",),
    "procurement.close_short": ("supplier",),
    "procurement.cancel": ("supplier",),
    "procurement.close": NOBODY,
    "procurement.record_bill": NOBODY,
    "procurement.void_bill": NOBODY,
    "procurement.count_payment": NOBODY,
    "procurement.uncount_payment": NOBODY,
    # work
    "production.plan": NOBODY,
    "production.take_from_stock": NOBODY,
    "production.give_back": NOBODY,
    "production.free": NOBODY,
    "production.adjust": NOBODY,
    "production.release": NOBODY,
    "production.schedule": NOBODY,
    "production.start": NOBODY,
    "production.tap": NOBODY,
    "production.correct": NOBODY,
    "production.choose_lot": NOBODY,
    "production.unchoose_lot": NOBODY,
    "production.hold": ("sales",),
    "production.resume": NOBODY,
    "production.cancel": ("sales",),
    "production.finish": ("sales", "stock"),
    "production.give_out": NOBODY,
    "production.take_in": NOBODY,
    "production.take_photo": NOBODY,
    "production.hide_photo": NOBODY,
    "production.show_photo": NOBODY,
    "production.settle_wages": ("finance",),
    "production.pay_wages": NOBODY,
    "production.unpay_wages": NOBODY,
    # delivery
    "delivery.pack": NOBODY,
    "delivery.fill": NOBODY,
    "delivery.unpack": NOBODY,
    "delivery.weigh": NOBODY,
    "delivery.add_route": NOBODY,
    "delivery.change_route": NOBODY,
    "delivery.drop_route": NOBODY,
    "delivery.open": NOBODY,
    "delivery.call_for": NOBODY,
    "delivery.announce": ("buyer",),
    "delivery.unannounce": ("buyer",),
    "delivery.plan_fetch": ("buyer", "courier", "sales"),
    "delivery.call_off": NOBODY,
    "delivery.differ": ("sales",),
    "delivery.fetch": ("buyer", "sales", "stock"),
    "delivery.miss": ("buyer", "sales", "stock"),
    "delivery.bring_in": ("courier",),
    "delivery.offer": ("asked",),
    "delivery.accept": ("sales", "stock"),
    "delivery.pass": ("sales", "stock"),
    "delivery.ask_next": ("asked",),
    "delivery.lapse": ("sales", "stock"),
    "delivery.withdraw": ("asked",),
    "delivery.cancel": NOBODY,
    "delivery.issue_note": NOBODY,
    "delivery.hand_over": NOBODY,
    "delivery.pick_up": NOBODY,
    "delivery.deliver": ("buyer", "sales", "stock"),
    "delivery.fail": ("buyer", "sales", "stock"),
    "delivery.take_back": NOBODY,
    "delivery.leave": ("buyer", "sales"),
    "delivery.arrive": NOBODY,
    "delivery.plan_attempt": ("buyer", "courier", "sales"),
    "delivery.file_paper": NOBODY,
    "delivery.report": ("sales",),
    "delivery.split_off": ("courier",),
    "delivery.connect_carrier": ("owner",),
    "delivery.disconnect_carrier": ("owner",),
    "delivery.go_by": NOBODY,
    "delivery.ask_rates": NOBODY,
    "delivery.choose_carrier": NOBODY,
    "delivery.write_number": NOBODY,
    "delivery.book_carrier": NOBODY,
    "delivery.call_off_carrier": NOBODY,
    "delivery.carrier_booked": NOBODY,
    "delivery.carrier_refused": ("sales", "stock"),
    "delivery.hear_carrier": NOBODY,
    "delivery.carrier_fails": ("sales", "stock"),
    "delivery.carrier_keeps": ("sales", "stock"),
    "delivery.carrier_delivers": ("buyer", "sales", "stock"),
    # the tasks of the morning
    "insight.finish_task": NOBODY,
    "insight.put_task_off": NOBODY,
    "insight.dismiss_task": NOBODY,
    "insight.reopen_task": NOBODY,
}

SIDES = ("buyer", "supplier", "courier")
# who speaks for the workshop with each side
DESKS = {"buyer": ("sales",), "supplier": ("stock",), "courier": ("sales", "stock")}

A_BATCH = 50
URGENT_FOR = timedelta(days=1)  # later nobody needs to hear by SMS that it was on its way
_CARRIERS = (Channel.MAIL, Channel.WHATSAPP, Channel.PUSH)

log = logging.getLogger(__name__)


def tell() -> int:
    """Make notices of all that was not told yet, in the order it happened; return how many.

    After a long stop nobody wants last month's news: lines older than a week are passed over. A
    line that cannot be told is logged and passed over, so that it does not stop the rest.
    """
    now = clock.now()
    Entry.objects.untold().filter(at__lt=now - OLD_NEWS).update(told_at=now)
    made = 0
    while True:
        with transaction.atomic():
            entries = list(Entry.objects.select_for_update().untold().order_by("pk")[:A_BATCH])
            for entry in entries:
                made += _tell(entry)
            Entry.objects.filter(pk__in=[entry.pk for entry in entries]).update(told_at=now)
        if len(entries) < A_BATCH:
            return made


def audience_of(entry: Entry) -> list[Person]:
    """Return everybody who is to hear of this, but for whoever did it."""
    words = TOLD[entry.step]
    if "other" in words:
        words = _other_side(entry)
    people: dict[int, Person] = {}
    for word in words:
        for person in _people(word, entry):
            people[person.pk] = person
    people.pop(entry.by_id, None)
    return list(people.values())


def come_back(notice: Notice) -> bool:
    """Note that a notice did not reach its person by this channel, and tell by the next one.

    Return whether there is a next one; it may have been told by that already. Where there is none,
    a text for WhatsApp is left to a person.
    """
    [person] = with_ways(Person.objects.filter(pk=notice.person_id))
    entry, failed = notice.entry, Channel(notice.channel)
    notice.mark(Notice.Status.FAILED)
    if not person.is_active:
        return False
    if failed == Channel.SMS:
        return _leave_to_hand(notice, person)
    way = instead(person, entry.step, failed)
    if way is not None:
        Notice.objects.bulk_create(
            [_notice(entry, person, way, How.AT_ONCE, notice.label)], ignore_conflicts=True
        )
    elif failed == Channel.WHATSAPP and takes(person, entry.step, failed):
        notice.leave_to_hand()
    return tell_by_sms(entry, person, notice.label) or way is not None


def tell_by_sms(entry: Entry, person: Person, label: str) -> bool:
    """Tell by SMS what is urgent and fresh, if the person takes it and nothing else carries it: no
    mail, nothing on a device, and no text for WhatsApp but one that waits for somebody's hand.

    Return whether it was told so; `person` comes with what `with_ways` loads.
    """
    if not takes_sms(person, entry) or entry.at < clock.now() - URGENT_FOR:
        return False
    told = Notice.objects.filter(entry=entry, person=person, channel__in=_CARRIERS)
    waits_for_a_hand = Q(by_hand=True, status=Notice.Status.WAITING)
    if told.exclude(Q(status=Notice.Status.FAILED) | waits_for_a_hand).exists():
        return False
    Notice.objects.bulk_create(
        [_notice(entry, person, Channel.SMS, How.AT_ONCE, label)], ignore_conflicts=True
    )
    return True


def try_again(person: Person, channel: Channel) -> int:
    """Tell by a channel that works again what was not told outside of the portal meanwhile, as far
    as it still is news; return how many."""
    elsewhere = Notice.objects.filter(entry=OuterRef("entry"), person=person).exclude(
        channel__in=(channel, Channel.PORTAL)
    )
    lost = Notice.objects.filter(
        ~Exists(elsewhere),
        person=person,
        channel=channel,
        status=Notice.Status.FAILED,
        made_at__gt=clock.now() - OLD_NEWS,
    )
    return lost.update(status=Notice.Status.WAITING, attempts=0, next_try_at=clock.now())


def with_ways(people: PersonQuerySet) -> PersonQuerySet:
    """Load with each all that says by which channels they are told."""
    identities = Prefetch("identities", Identity.objects.order_by("pk"))
    known = people.select_related("workshop", "party", "hours")
    return known.prefetch_related(identities, "preferences", "devices").order_by("pk")


def _tell(entry: Entry) -> int:
    try:
        with transaction.atomic():
            if entry.step in REMINDERS and cast(Any, entry.subject).is_settled:
                return 0
            if getattr(entry.subject, OVERTAKEN.get(entry.step, ""), None):
                return 0
            label, told = _label(entry), audience_of(entry)
            notices = [
                _notice(entry, person, channel, how, label)
                for person in told
                for channel, how in ways(person, entry.step).items()
            ]
            Notice.objects.bulk_create(notices, ignore_conflicts=True)
            by_sms = [tell_by_sms(entry, person, label) for person in told]
            return len(notices) + sum(by_sms)
    except Exception:
        log.exception("Line %s of the journal (%s) could not be told", entry.pk, entry.step)
        return 0


def _leave_to_hand(notice: Notice, person: Person) -> bool:
    """Lay what no machine could send before the people who send by hand, unless it is unwanted."""
    if not takes(person, notice.entry.step, Channel.WHATSAPP):
        return False
    text = _notice(notice.entry, person, Channel.WHATSAPP, How.AT_ONCE, notice.label)
    Notice.objects.bulk_create([text], ignore_conflicts=True)
    kept = Notice.objects.get(entry=notice.entry, person=person, channel=Channel.WHATSAPP)
    if kept.status in (Notice.Status.WAITING, Notice.Status.FAILED):
        kept.leave_to_hand()
    return True


def _notice(entry: Entry, person: Person, channel: Channel, how: How, label: str) -> Notice:
    now = clock.now()
    is_here = channel == Channel.PORTAL
    return Notice(
        entry=entry,
        person=person,
        channel=channel,
        is_daily=how == How.DAILY,
        label=label,
        next_try_at=now if is_here else hour_for(person, entry.step, how, now),
    )


def _label(entry: Entry) -> str:
    """Return the number of what it is about, as a list of news shows it; a shipment of more orders
    than there is room for has its own."""
    thing = getattr(entry.subject, "shown_with", entry.subject)
    label = str(getattr(thing, "known_as", None) or getattr(thing, "order", thing))
    return label if len(label) <= LABEL else str(thing)[:LABEL]


def _other_side(entry: Entry) -> tuple[str, ...]:
    sides = [side for side in SIDES if getattr(entry.subject, f"{side}_id", None)]
    if entry.by.is_staff:
        return tuple(sides)
    return ("answering", *(role for side in sides for role in DESKS[side]))


def _people(word: str, entry: Entry) -> list[Person]:
    people = with_ways(Person.objects.active().filter(workshop_id=entry.workshop_id))
    if word == "asked":
        return list(people.filter(party_id__in=_asked(entry)))
    if word == "payers":
        return list(people.filter(party_id__in=_subject(entry).payers()))
    if word == "interested":
        return list(people.filter(party_id__in=_subject(entry).interested()))
    if word == "addressed":
        return list(people.filter(party_id__in=entry.facts["parties"]))
    if word == "merged":
        parties = (_subject(entry).kept_id, _subject(entry).absorbed_id)
        return list(people.filter(party_id__in=parties, user__isnull=False))
    if word == "named":
        return list(people.filter(party=None, pk__in=_subject(entry).named()))
    if word == "answering":
        answering = getattr(entry.subject, "assigned_to_id", None)
        return list(people.filter(party=None, pk=answering)) if answering else []
    if word in (*SIDES, "dealer"):
        party: Any = getattr(entry.subject, f"{word}_id", None)
        return list(people.filter(party_id=party)) if party else []
    role = people.filter(party=None, role=word)
    return list(role) or list(people.filter(party=None, role=Role.OWNER))


def _subject(entry: Entry) -> Any:
    return entry.subject


def _asked(entry: Entry) -> list[int]:
    """Return the couriers that were last offered this, up to this line of the journal."""
    lines = Entry.objects.filter(
        subject_type=entry.subject_type,
        subject_id=entry.subject_id,
        pk__lte=entry.pk,
        facts__has_key="couriers",
    )
    last = lines.order_by("-pk").first()
    return last.facts["couriers"] if last else []
