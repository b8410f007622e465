"""Who may do what: the whole matrix of the program on one screen.

A line names the side of the deal that acts and, on the workshop's side, the roles that may. The
owner may whatever any role of the workshop may. What is not here, nobody may.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simpul.parties.roles import Role

if TYPE_CHECKING:
    from simpul.parties.models import Person

type Rule = Callable[[Person, Any], bool]


def workshop(*roles: Role) -> Rule:
    """The workshop's own people in one of these roles, and the owner."""
    allowed = {Role.OWNER, *roles}
    return lambda person, subject: person.is_staff and person.role in allowed


def owner() -> Rule:
    """The owner, and nobody else."""
    return workshop()


def within_limit(*roles: Role) -> Rule:
    """People in one of these roles up to the owner's limit, and the owner above it."""
    may, always = workshop(*roles), owner()
    return lambda person, subject: (
        always(person, subject)
        or (may(person, subject) and getattr(subject, "amount", 0) <= person.workshop.owner_limit)
    )


def machine() -> Rule:
    """The program itself."""
    return lambda person, subject: person.is_staff and person.role == Role.MACHINE


def buyer() -> Rule:
    """Somebody of the party that buys."""
    return _side("buyer_id")


def distributor() -> Rule:
    """Somebody of a distributor that the workshop has welcomed."""
    return lambda person, subject: (
        person.party is not None
        and person.party.is_welcome
        and person.party.buys_as == person.party.BuysAs.DISTRIBUTOR
    )


def supplier() -> Rule:
    """Somebody of the party that supplies."""
    return _side("supplier_id")


def courier() -> Rule:
    """Somebody of the party that delivers."""
    return _side("courier_id")


def dealer() -> Rule:
    """Somebody of the dealer who buys through a distributor."""
    return _side("dealer_id")


def either(*rules: Rule) -> Rule:
    """Whoever one of the rules lets."""
    return lambda person, subject: any(rule(person, subject) for rule in rules)


def invited() -> Rule:
    """Somebody of a party that the thing itself says it was offered to."""
    return lambda person, subject: person.party_id is not None and subject.is_offered_to(person)


def keeper() -> Rule:
    """Whoever keeps what the thing is a list of: its `keeping` names the line below that says who."""
    return lambda person, subject: ABILITIES[subject.keeping](person, subject)


def entrant() -> Rule:
    """Whoever of the workshop enters the room that the thing stands in."""
    return lambda person, subject: person.is_staff and subject.lets_in(person)


def friend() -> Rule:
    """Somebody of the new customer who came by a recommendation."""
    return _side("friend_id")


def proposer(*roles: Role) -> Rule:
    """Whose side has proposed it: the workshop's people in one of these roles, or the buyer."""
    ours, theirs = workshop(*roles), buyer()
    return lambda person, subject: (ours if subject.is_ours else theirs)(person, subject)


def answerer(*roles: Role) -> Rule:
    """Whom the other side has asked: the buyer, or the workshop's people in one of these roles."""
    ours, theirs = workshop(*roles), buyer()
    return lambda person, subject: (theirs if subject.is_ours else ours)(person, subject)


def _side(column: str) -> Rule:
    def rule(person: Person, subject: Any) -> bool:
        return person.party_id is not None and person.party_id == getattr(subject, column, None)

    return rule


SALES, FINANCE, STOCK, PRODUCTION = (
    Role.SALES,
    Role.FINANCE,
    Role.STOCK,
    Role.PRODUCTION,
)

ABILITIES: dict[str, Rule] = {
    # the workshop and its people; what is edited and has no states
    "parties.keep": workshop(SALES, STOCK),
    "parties.keep_own": either(buyer(), supplier(), courier()),
    "parties.staff": owner(),
    "catalog.keep": workshop(SALES),
    "catalog.keep_materials": workshop(STOCK, PRODUCTION),
    # who comes in
    "crm.register": machine(),
    "crm.meet": machine(),
    "crm.welcome": workshop(SALES),
    # what may be sent to whom, and to some of the customers together
    "crm.keep_segments": workshop(SALES),
    "crm.write_campaign": workshop(SALES),
    "crm.change_campaign": workshop(SALES),
    "crm.plan_campaign": workshop(SALES),
    "crm.unplan_campaign": workshop(SALES),
    "crm.begin_campaign": machine(),
    "crm.pause_campaign": workshop(SALES),
    "crm.send_text": workshop(SALES),
    "crm.drop_text": workshop(SALES),
    "crm.resume_campaign": workshop(SALES),
    "crm.stop_campaign": workshop(SALES),
    "crm.end_campaign": machine(),
    "crm.prove_identity": machine(),
    "crm.give_consent": either(machine(), buyer(), workshop(SALES)),
    "crm.withdraw_consent": either(machine(), buyer(), workshop(SALES)),
    # points
    "crm.set_points": owner(),
    "crm.give_points": owner(),
    "crm.void_points": owner(),
    "crm.grant_points": machine(),
    "crm.claw_points": machine(),
    "crm.expire_points": machine(),
    "crm.warn_points": machine(),
    "crm.recommend": buyer(),
    "crm.refer": either(machine(), friend()),
    "crm.hold_referral": machine(),
    "crm.approve_referral": workshop(SALES),
    "crm.void_referral": either(machine(), workshop(SALES)),
    "crm.reward_referral": machine(),
    # answer pages
    "crm.write_answer": workshop(SALES),
    "crm.change_answer": workshop(SALES),
    "crm.publish_answer": workshop(SALES),
    "crm.hide_answer": workshop(SALES),
    "crm.vote_answer": machine(),
    # goods of a ticket that come back
    "crm.agree_return": workshop(SALES, STOCK),
    "crm.send_return": workshop(SALES, STOCK),
    "crm.count_return": workshop(STOCK),
    "crm.cancel_return": workshop(SALES, STOCK),
    # how content customers are
    "crm.keep_rating_rules": owner(),
    "crm.ask_rating": machine(),
    "crm.answer_rating": buyer(),
    "crm.change_rating": buyer(),
    "crm.alert_rating": machine(),
    "crm.follow_rating": workshop(SALES),
    "crm.offer_words": buyer(),
    "crm.withdraw_words": buyer(),
    "crm.show_words": workshop(SALES),
    "crm.hide_words": workshop(SALES),
    # wishes of customers
    "crm.keep_wish_rules": owner(),
    "crm.make_wish": invited(),
    "crm.vote_wish": invited(),
    "crm.alert_wish": machine(),
    "crm.answer_wish": workshop(SALES),
    "crm.reword_wish": workshop(SALES),
    "crm.hide_wish": workshop(SALES),
    "crm.show_wish": workshop(SALES),
    "crm.follow_wish": workshop(SALES),
    "crm.issue_voucher": workshop(SALES),
    "crm.exchange_points": buyer(),
    "crm.void_voucher": either(machine(), workshop(SALES)),
    "crm.use_voucher": either(buyer(), workshop(SALES)),
    "crm.give_voucher_back": machine(),
    # the room of the distributors
    "crm.keep_room_rules": owner(),
    "crm.write_post": either(distributor(), workshop(SALES, FINANCE, STOCK, PRODUCTION)),
    "crm.answer_post": either(distributor(), workshop(SALES, FINANCE, STOCK, PRODUCTION)),
    "crm.report_post": distributor(),
    "crm.clear_post": workshop(SALES),
    "crm.hide_post": workshop(SALES),
    "crm.show_post": workshop(SALES),
    # questions in the room
    # the room of a sentra, which workshops share
    "crm.found_sentra": owner(),
    "crm.join_sentra": owner(),
    "crm.decline_sentra": owner(),
    "crm.leave_sentra": owner(),
    "crm.invite_to_sentra": owner(),
    "crm.name_for_sentra": owner(),
    "crm.say_in_sentra": entrant(),
    "crm.answer_in_sentra": entrant(),
    "crm.vote_in_sentra": entrant(),
    "crm.report_in_sentra": entrant(),
    "crm.part_with_member": owner(),  # of the workshop that keeps the room, as the next three
    "crm.hide_in_sentra": owner(),
    "crm.show_in_sentra": owner(),
    "crm.clear_in_sentra": owner(),
    "crm.ask_poll": workshop(SALES),
    "crm.answer_poll": distributor(),
    "crm.order_ahead": distributor(),
    "crm.offer_ahead": workshop(SALES),
    # what the shop window tells of the workshop
    "crm.keep_showcase": owner(),
    "crm.show_picture": owner(),
    "crm.take_picture_off": owner(),
    # news of the workshop
    "crm.draft_bulletin": machine(),
    "crm.write_bulletin": workshop(SALES),
    "crm.change_bulletin": workshop(SALES),
    "crm.publish_bulletin": workshop(SALES),
    "crm.take_bulletin_back": workshop(SALES),
    # lists of customers, suppliers and models from elsewhere
    "crm.carry_list": workshop(SALES, STOCK),  # as who keeps the parties
    "crm.read_list": keeper(),
    "crm.map_list": keeper(),
    "crm.drop_list": either(machine(), keeper()),
    "crm.import_list": keeper(),
    "crm.end_list": machine(),
    "crm.undo_list": keeper(),
    # prospects on their way to a first order
    "crm.note_lead": workshop(SALES),
    "crm.move_lead": either(machine(), workshop(SALES)),
    "crm.give_lead": workshop(SALES),
    "crm.estimate_lead": workshop(SALES),
    "crm.plan_lead": workshop(SALES),
    "crm.lose_lead": either(machine(), workshop(SALES)),
    "crm.reopen_lead": workshop(SALES),
    "crm.win_lead": machine(),
    "crm.send_quotation": workshop(SALES),
    "crm.revise_quotation": workshop(SALES),
    "crm.withdraw_quotation": workshop(SALES),
    "crm.accept_quotation": buyer(),
    "crm.decline_quotation": buyer(),
    # parties that are one
    "crm.merge": workshop(SALES),
    "crm.undo_merging": workshop(SALES),
    "crm.part": workshop(SALES),
    # visits
    "crm.plan_visits": workshop(SALES),
    "crm.note_visit": workshop(SALES),
    "crm.miss_visit": workshop(SALES),
    # the dealers behind a distributor
    "crm.begin_dealing": either(machine(), workshop(SALES)),
    "crm.end_dealing": either(workshop(SALES), dealer()),
    "crm.order_for_dealer": either(buyer(), workshop(SALES)),
    # the areas of distributors
    "crm.ask_area": machine(),
    "crm.ask_further_area": distributor(),
    "crm.give_area": workshop(SALES),
    "crm.grant_area": workshop(SALES),
    "crm.decline_area": workshop(SALES),
    "crm.end_area": workshop(SALES),
    # samples
    "crm.send_sample": workshop(SALES),
    "crm.ask_about_sample": machine(),
    # prospects that a distributor looks after
    "crm.keep_lead_rules": owner(),
    "crm.hand_on_lead": workshop(SALES),
    "crm.ask_next_distributor": machine(),
    "crm.take_lead": buyer(),
    "crm.pass_lead": buyer(),
    "crm.lapse_lead_offer": machine(),
    "crm.bring_lead_back": machine(),
    "crm.recall_lead": either(machine(), workshop(SALES)),
    "crm.report_lead_won": buyer(),
    "crm.report_lead_lost": buyer(),
    "crm.win_lead_through": machine(),
    # talk
    "conversations.say": either(
        workshop(SALES, FINANCE, STOCK, PRODUCTION), buyer(), supplier(), courier()
    ),
    "conversations.open_ticket": machine(),
    "conversations.resolve_ticket": workshop(SALES, FINANCE),
    # tickets of customers
    "conversations.ask_ticket": either(workshop(SALES, FINANCE, STOCK, PRODUCTION), buyer()),
    "conversations.make_ticket": workshop(SALES, FINANCE, STOCK, PRODUCTION),
    "conversations.rank_ticket": workshop(SALES, FINANCE),
    "conversations.wait_ticket": workshop(SALES, FINANCE, STOCK, PRODUCTION),
    "conversations.go_on_ticket": workshop(SALES, FINANCE, STOCK, PRODUCTION),
    "conversations.merge_ticket": workshop(SALES, FINANCE),
    "conversations.part_ticket": workshop(SALES, FINANCE),
    "crm.set_service": workshop(SALES),
    "crm.credit_ticket": workshop(SALES, FINANCE),
    "crm.refund_ticket": workshop(SALES, FINANCE),
    "crm.replace_ticket": workshop(SALES, FINANCE),
    "conversations.solve_ticket": workshop(SALES, FINANCE),
    "conversations.reopen_ticket": either(workshop(SALES, FINANCE), buyer()),
    # talk again
    "conversations.note": workshop(SALES, FINANCE, STOCK, PRODUCTION),
    "conversations.assign": workshop(SALES, FINANCE, STOCK, PRODUCTION),
    "conversations.let_go": workshop(SALES, FINANCE, STOCK, PRODUCTION),
    "conversations.call": workshop(SALES, FINANCE, STOCK, PRODUCTION),
    "conversations.follow_up": workshop(SALES, FINANCE, STOCK, PRODUCTION),
    "conversations.finish_follow_up": either(
        machine(), workshop(SALES, FINANCE, STOCK, PRODUCTION)
    ),
    "conversations.keep_replies": workshop(SALES),
    "conversations.sign": machine(),
    "conversations.hold": machine(),
    "conversations.vouch": either(machine(), workshop(SALES)),
    "conversations.publish": workshop(SALES),
    "conversations.put_back": workshop(SALES),
    "conversations.hide": workshop(SALES),
    "conversations.answer": workshop(SALES),
    # orders
    "orders.place": either(buyer(), workshop(SALES)),
    "orders.confirm": workshop(SALES),
    "orders.offer": workshop(SALES),
    "orders.decline": workshop(SALES),
    "orders.accept": buyer(),
    "orders.counter": buyer(),
    "orders.withdraw": buyer(),
    "orders.reduce": either(buyer(), workshop(SALES)),
    "orders.expire": workshop(SALES),
    "orders.cancel": owner(),
    "orders.propose_change": either(buyer(), workshop(SALES)),
    "orders.accept_change": answerer(SALES),
    "orders.refuse_change": answerer(SALES),
    "orders.withdraw_change": proposer(SALES),
    "orders.waive": owner(),
    "orders.take_turn": workshop(SALES, STOCK, PRODUCTION),
    "orders.fulfil": either(machine(), courier(), workshop(SALES, FINANCE, STOCK, PRODUCTION)),
    "orders.close": either(
        machine(), buyer(), courier(), workshop(SALES, FINANCE, STOCK, PRODUCTION)
    ),
    "orders.reopen": either(machine(), workshop(FINANCE)),
    # how it is made
    "catalog.write_recipe": workshop(STOCK, PRODUCTION),
    "catalog.set_stages": workshop(PRODUCTION),
    # what only some may see of a page that all may open
    "catalog.see_recipe": workshop(STOCK, PRODUCTION),
    "procurement.see_prices": either(supplier(), workshop(STOCK)),
    "production.see_workers": workshop(PRODUCTION),
    "production.see_wages": workshop(PRODUCTION, FINANCE),
    "insight.see_books": workshop(FINANCE, Role.VIEWER),
    "insight.see_trend": workshop(SALES, FINANCE, STOCK, PRODUCTION, Role.VIEWER),
    "insight.see_costs": workshop(FINANCE),
    "insight.rebuild": owner(),
    "insight.wish_margin": owner(),
    # the tasks of the morning
    "insight.keep_morning_rules": owner(),
    "insight.finish_task": keeper(),
    "insight.put_task_off": keeper(),
    "insight.dismiss_task": keeper(),
    "insight.reopen_task": keeper(),
    "insight.keep_questions": workshop(SALES, FINANCE, STOCK, PRODUCTION),
    # money
    "payments.open_account": workshop(FINANCE),
    "payments.confirm_account": workshop(FINANCE),
    "payments.hasten_account": owner(),
    "payments.close_account": owner(),
    "payments.instruct": either(machine(), buyer(), workshop(SALES, FINANCE)),
    "payments.tick": either(workshop(FINANCE), buyer()),
    "payments.remind": either(machine(), workshop(SALES, FINANCE)),
    "payments.close_instruction": either(machine(), buyer(), workshop(SALES, FINANCE)),
    "payments.claim": either(buyer(), workshop(SALES, FINANCE)),
    "payments.supersede_claim": either(buyer(), workshop(SALES, FINANCE)),
    "payments.match_claim": either(machine(), workshop(FINANCE)),
    "payments.reject_claim": workshop(FINANCE),
    "payments.connect_whatsapp": owner(),
    "payments.disconnect_whatsapp": owner(),
    "payments.name_template": owner(),
    "payments.take_in": machine(),
    "payments.fetch_arrival": machine(),
    "payments.claim_arrival": either(machine(), workshop(SALES, FINANCE)),
    "payments.set_arrival_aside": either(machine(), workshop(SALES, FINANCE)),
    "payments.reopen_arrival": workshop(SALES, FINANCE),
    "payments.hand_in": workshop(FINANCE),
    "payments.tell_apart": workshop(FINANCE),
    "payments.map_columns": workshop(FINANCE),
    "payments.import": workshop(FINANCE),
    "payments.allocate": either(machine(), workshop(FINANCE)),
    "payments.set_aside": workshop(FINANCE),
    "payments.reopen": workshop(FINANCE),
    "payments.take_cash": workshop(FINANCE),
    "payments.close_day": workshop(FINANCE),
    "payments.use_credit": either(buyer(), workshop(FINANCE)),
    "payments.lower": machine(),
    "payments.reverse": workshop(FINANCE),
    "payments.annul": workshop(FINANCE),
    "payments.bounce": either(machine(), workshop(FINANCE)),
    "payments.bounce_entry": either(machine(), workshop(FINANCE)),
    "payments.credit": within_limit(SALES, FINANCE),
    "payments.annul_credit": within_limit(SALES, FINANCE),
    "payments.request_refund": either(buyer(), workshop(SALES, FINANCE)),
    "payments.approve_refund": workshop(FINANCE),
    "payments.refuse_refund": either(machine(), workshop(FINANCE)),
    "payments.withdraw_refund": either(buyer(), workshop(SALES, FINANCE)),
    "payments.send_refund": workshop(FINANCE),
    "payments.pay_refund": workshop(FINANCE),
    "payments.see_refund": either(machine(), workshop(FINANCE)),
    "payments.cover_refund": workshop(FINANCE),
    "payments.forfeit": owner(),
    "payments.forget_payer": workshop(FINANCE),
    "payments.explain": workshop(FINANCE),
    "payments.use_cash": workshop(FINANCE),
    "payments.retract": workshop(FINANCE),
    "payments.connect_gateway": owner(),
    "payments.disconnect_gateway": owner(),
    "payments.gateway_paid": machine(),
    "payments.count_gateway": workshop(FINANCE),
    "payments.apply_notice": machine(),
    "payments.keep_notice": machine(),
    "payments.settle_notice": workshop(FINANCE),
    "payments.reopen_notice": workshop(FINANCE),
    "payments.ask_cash": machine(),
    "payments.collect": either(courier(), workshop(SALES, STOCK)),
    "payments.void_cash": machine(),
    "payments.hand_cash": either(courier(), workshop(SALES, FINANCE, STOCK)),
    "payments.count_cash": workshop(FINANCE),
    # stock
    "stock.count": workshop(STOCK),
    "stock.count_sheet": workshop(STOCK),
    "stock.move": workshop(STOCK),
    "stock.set_shelf": workshop(STOCK, PRODUCTION),
    "stock.set_reorder_point": workshop(STOCK),
    # material
    "procurement.reserve": either(machine(), workshop(STOCK)),
    "procurement.substitute": workshop(STOCK, PRODUCTION),
    "procurement.release": either(machine(), workshop(STOCK)),
    "procurement.let_go": machine(),
    "procurement.price": workshop(STOCK),
    "procurement.inquire": workshop(STOCK),
    "procurement.ask_price": workshop(STOCK),
    "procurement.bid": supplier(),
    "procurement.take_bid": workshop(STOCK),
    "procurement.close_inquiry": workshop(STOCK),
    "procurement.propose": workshop(STOCK),
    "procurement.change": either(machine(), workshop(STOCK)),
    "procurement.move_line": workshop(STOCK),
    "procurement.take_line": workshop(STOCK),
    "procurement.join": workshop(STOCK),
    "procurement.send": workshop(STOCK),
    "procurement.confirm": supplier(),
    "procurement.counter": supplier(),
    "procurement.decline": supplier(),
    "procurement.agree": workshop(STOCK),
    "procurement.insist": workshop(STOCK),
    "procurement.hand": workshop(STOCK),
    "procurement.expect": either(supplier(), workshop(STOCK)),
    "procurement.receive": workshop(STOCK),
    "procurement.ask_less": workshop(STOCK),
    "procurement.grant_less": supplier(),
    "procurement.refuse_less": supplier(),
    "procurement.close_short": workshop(STOCK),
    "procurement.cancel": either(machine(), workshop(STOCK)),
    "procurement.close": machine(),
    "procurement.record_bill": workshop(FINANCE, STOCK),
    "procurement.void_bill": workshop(FINANCE),
    "procurement.count_payment": workshop(FINANCE),
    "procurement.uncount_payment": workshop(FINANCE),
    # work
    "production.plan": workshop(PRODUCTION, STOCK),
    "production.take_from_stock": workshop(PRODUCTION, STOCK),
    "production.give_back": workshop(PRODUCTION, STOCK),
    "production.free": machine(),
    "production.adjust": machine(),
    "production.release": workshop(PRODUCTION),
    "production.schedule": workshop(PRODUCTION),
    "production.start": machine(),
    "production.tap": workshop(PRODUCTION),
    "production.correct": workshop(PRODUCTION),
    "production.choose_lot": workshop(PRODUCTION, STOCK),
    "production.unchoose_lot": workshop(PRODUCTION, STOCK),
    "production.hold": workshop(PRODUCTION),
    "production.resume": workshop(PRODUCTION),
    "production.cancel": either(machine(), workshop(PRODUCTION, STOCK)),
    "production.finish": machine(),
    "production.give_out": workshop(PRODUCTION),
    "production.take_in": workshop(PRODUCTION),
    "production.take_photo": workshop(PRODUCTION),
    "production.hide_photo": workshop(PRODUCTION, SALES),
    "production.show_photo": workshop(PRODUCTION, SALES),
    "production.settle_wages": workshop(PRODUCTION),
    "production.pay_wages": workshop(FINANCE),
    "production.unpay_wages": workshop(FINANCE),
    "production.set_week": workshop(PRODUCTION),
    "production.close_days": workshop(PRODUCTION),
    "production.open_days": workshop(PRODUCTION),
    "production.set_capacity": workshop(PRODUCTION),
    "production.name_causes": workshop(PRODUCTION),
    "production.add_lasts": workshop(PRODUCTION),
    "production.change_lasts": workshop(PRODUCTION),
    "production.drop_lasts": workshop(PRODUCTION),
    # delivery
    "delivery.pack": workshop(STOCK, PRODUCTION),
    "delivery.fill": workshop(STOCK, PRODUCTION),
    "delivery.unpack": workshop(STOCK, PRODUCTION),
    "delivery.weigh": workshop(SALES, STOCK, PRODUCTION),
    "delivery.add_route": workshop(SALES, STOCK),
    "delivery.change_route": workshop(SALES, STOCK),
    "delivery.drop_route": workshop(SALES, STOCK),
    "delivery.open": workshop(SALES, STOCK),
    "delivery.call_for": workshop(SALES, STOCK),
    "delivery.announce": machine(),
    "delivery.unannounce": machine(),
    "delivery.plan_fetch": either(courier(), workshop(SALES, STOCK)),
    "delivery.call_off": machine(),
    "delivery.differ": machine(),
    "delivery.fetch": either(courier(), workshop(SALES, STOCK)),
    "delivery.miss": either(courier(), workshop(SALES, STOCK)),
    "delivery.bring_in": workshop(STOCK),
    "delivery.offer": workshop(SALES, STOCK),
    "delivery.accept": invited(),
    "delivery.pass": invited(),
    "delivery.ask_next": machine(),
    "delivery.lapse": machine(),
    "delivery.withdraw": workshop(SALES, STOCK),
    "delivery.cancel": workshop(SALES, STOCK),
    "delivery.issue_note": workshop(SALES, STOCK),
    "delivery.hand_over": workshop(SALES, STOCK),
    "delivery.pick_up": courier(),
    "delivery.deliver": either(courier(), workshop(SALES, STOCK)),
    "delivery.fail": either(courier(), workshop(SALES, STOCK)),
    "delivery.take_back": workshop(SALES, STOCK),
    "delivery.leave": machine(),
    "delivery.arrive": machine(),
    "delivery.plan_attempt": either(courier(), workshop(SALES, STOCK)),
    "delivery.file_paper": workshop(SALES, STOCK),
    "delivery.report": machine(),
    "delivery.split_off": machine(),
    "delivery.connect_carrier": owner(),
    "delivery.disconnect_carrier": owner(),
    "delivery.go_by": workshop(SALES, STOCK),
    "delivery.ask_rates": workshop(SALES, STOCK),
    "delivery.choose_carrier": workshop(SALES, STOCK),
    "delivery.write_number": workshop(SALES, STOCK),
    "delivery.book_carrier": workshop(SALES, STOCK),
    "delivery.call_off_carrier": workshop(SALES, STOCK),
    "delivery.carrier_booked": machine(),
    "delivery.carrier_refused": machine(),
    "delivery.hear_carrier": machine(),
    "delivery.carrier_fails": machine(),
    "delivery.carrier_keeps": machine(),
    "delivery.carrier_delivers": machine(),
}
