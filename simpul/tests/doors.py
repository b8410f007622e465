"""Who may open which address: the reviewed table. What is not here, nobody may.

`simpul/tests/test_doors.py` knocks at each door as each actor of `World` and holds the answers
against this table. The gate decides the rest: a stranger is asked to log in, whoever belongs to
another portal gets 403, a thing of somebody else is not found.
"""

from __future__ import annotations

from typing import NamedTuple


class Door(NamedTuple):
    thing: str = ""  # what stands in the address: a key of World.things
    sees: str = ""  # who gets the page: names, or `staff`, `buyers`, `suppliers`, `couriers`, `all`
    may: str = ""  # who may send its form; whatever the others send changes nothing
    answer: int = 200  # to whoever sees it: 405 where only a form is taken, 409 in a wrong state
    others: int = 404  # to the others of the same portal: 403 where they know of the thing


TABLE: dict[str, Door] = {
    # the doors of no portal
    "home": Door(sees="all"),
    "access": Door(sees="all"),
    "language": Door(sees="all", may="all", answer=405),
    # the buyer's own pages
    "buyer:home": Door(sees="buyers"),
    "buyer:orders": Door(sees="buyers"),
    "buyer:new-order": Door(sees="buyers", may="buyers"),
    "buyer:order": Door("order", "dewi order_link"),
    "buyer:acceptance": Door("order", "dewi order_link", "dewi order_link"),
    "buyer:counter": Door("order", "dewi order_link", "dewi order_link"),
    "buyer:withdrawal": Door("order", "dewi order_link", "dewi order_link"),
    "buyer:closing": Door("order", "dewi order_link", "dewi order_link"),
    "buyer:order-message": Door("order", "buyers order_link", "dewi order_link", answer=405),
    "buyer:payment": Door("order", "dewi order_link"),
    "buyer:qris": Door("order", "dewi order_link"),
    "buyer:claim": Door("order", "dewi order_link", "dewi order_link"),
    "buyer:proof": Door("order claim", "dewi order_link"),
    "buyer:paper": Door("order paper", "dewi order_link"),
    "buyer:credit": Door(sees="buyers"),
    "buyer:credit-use": Door(sees="buyers", may="buyers"),
    "buyer:credit-refund": Door(sees="buyers", may="buyers"),
    "buyer:refund-withdrawal": Door("refund", "buyers", "dewi", answer=405),
    "buyer:credit-paper": Door("credit paper", "dewi"),
    "buyer:addresses": Door(sees="buyers"),
    "buyer:new-address": Door(sees="buyers", may="buyers"),
    "buyer:address": Door("address", "dewi", "dewi"),
    "buyer:address-removal": Door("address", "dewi", "dewi"),
    "buyer:profile": Door(sees="buyers", may="buyers"),
    "buyer:news": Door(sees="buyers"),
    "buyer:news-seen": Door(sees="buyers", may="buyers", answer=405),
    "buyer:news-item": Door("news of dewi", "buyers", "dewi", answer=405),
    # the desk
    "workshop:news": Door(sees="staff"),
    "workshop:news-seen": Door(sees="staff", may="staff", answer=405),
    "workshop:news-item": Door("news of sari", "staff", "sari", answer=405),
    "workshop:messages": Door(sees="staff"),
    "workshop:message-sent": Door(
        "text for dewi", "staff", "owner sari fajar rina udin", answer=405
    ),
    "workshop:today": Door(sees="staff"),
    "workshop:orders": Door(sees="staff"),
    "workshop:orders-export": Door(sees="staff"),
    "workshop:new-order": Door(sees="owner sari", others=403),
    "workshop:order-entry": Door("party", "owner sari", "owner sari", others=403),
    "workshop:order": Door("order", "staff"),
    "workshop:confirmation": Door("order", "staff", "owner sari"),
    "workshop:offer": Door("order", "staff", "owner sari"),
    "workshop:refusal": Door("order", "staff", "owner sari"),
    "workshop:expiry": Door("order", "staff", "owner sari"),
    "workshop:cancellation": Door("order", "staff", "owner"),
    "workshop:waiver": Door("instalment", "staff", "owner"),
    "workshop:closing": Door("order", "staff", "owner sari fajar rina udin"),
    "workshop:order-message": Door("order", "staff", "owner sari fajar rina udin", answer=405),
    "workshop:order-note": Door("order", "staff", "owner sari fajar rina udin", answer=405),
    "workshop:parties": Door(sees="staff"),
    "workshop:new-party": Door(sees="owner sari rina", may="owner sari rina", others=403),
    "workshop:party": Door("party", "staff"),
    "workshop:party-tone": Door("party", "owner sari rina", "owner sari rina", others=403),
    "workshop:new-contact": Door("party", "owner sari rina", "owner sari rina", others=403),
    "workshop:revocation": Door("link", "staff", "owner sari rina", answer=405),
    "workshop:leads": Door(sees="staff"),
    "workshop:welcome": Door("lead", "staff", "owner sari", answer=405),
    "workshop:lead-refusal": Door("lead", "staff", "owner sari"),
    "workshop:cash": Door("order", "staff", "owner fajar"),
    "workshop:paper": Door("paper", "staff"),
    "workshop:payments": Door(sees="staff"),
    "workshop:reminder": Door("instruction", "staff", "owner sari fajar", answer=405),
    "workshop:asking": Door(sees="staff", may="owner sari fajar", answer=405),
    "workshop:statement": Door(sees="staff", may="owner fajar"),
    "workshop:import": Door("import", "owner fajar viewer"),
    "workshop:bank-entry": Door("entry", "owner fajar viewer", "owner fajar"),
    "workshop:matching": Door("entry", "staff", "owner fajar", answer=405),
    "workshop:unmatching": Door("entry", "staff", "owner fajar", answer=405),
    "workshop:payers": Door(sees="staff"),
    "workshop:forgetting": Door("payer", "staff", "owner fajar", answer=405),
    "workshop:aside": Door("entry", "staff", "owner fajar", answer=405),
    "workshop:reopening": Door("entry", "staff", "owner fajar", answer=405),
    "workshop:arrival": Door("arrival", "owner sari fajar viewer"),
    "workshop:arrival-file": Door("arrival file", "owner sari fajar viewer"),
    "workshop:arrival-original": Door("arrival", "owner sari fajar viewer"),
    "workshop:arrival-claiming": Door("arrival and order", "staff", "owner sari fajar", answer=405),
    "workshop:arrival-aside": Door("arrival", "staff", "owner sari fajar", answer=405),
    "workshop:arrival-reopening": Door("arrival", "staff", "owner sari fajar", answer=405),
    "workshop:claim": Door("claim", "staff"),
    "workshop:claim-proof": Door("claim", "staff"),
    "workshop:claim-rejection": Door("claim", "staff", "owner fajar"),
    "workshop:receipt": Door("receipt", "staff"),
    "workshop:party-account": Door("party", "staff"),
    "workshop:credit": Door("party", "staff", "owner fajar"),
    "workshop:new-credit-note": Door("party", "staff", "owner sari fajar"),
    "workshop:order-credit-note": Door("order", "staff", "owner sari fajar"),
    "workshop:credit-note": Door("credit note", "staff"),
    "workshop:credit-note-annulment": Door("credit note", "staff", "owner sari fajar"),
    "workshop:new-refund": Door("party", "staff", "owner sari fajar"),
    "workshop:refund": Door("refund", "staff"),
    "workshop:refund-approval": Door("refund", "staff", "owner fajar", answer=405),
    "workshop:refund-refusal": Door("refund", "staff", "owner fajar"),
    "workshop:refund-withdrawal": Door("refund", "staff", "owner sari fajar", answer=405),
    "workshop:refund-sending": Door("refund", "staff", "owner fajar"),
    "workshop:refund-payout": Door("refund", "staff", "owner fajar"),
    "workshop:refund-seeing": Door("refund and entry", "staff", "owner fajar", answer=405),
    "workshop:refund-cover": Door("refund", "staff", "owner fajar", answer=405),
    "workshop:bounce": Door("entry", "owner fajar viewer", "owner fajar"),
    "workshop:annulment": Door("receipt", "staff", "owner fajar"),
    "workshop:reversal": Door("allocation", "staff", "owner fajar"),
    "workshop:accounts": Door(sees="staff"),
    "workshop:new-account": Door(sees="staff", may="owner fajar"),
    "workshop:new-qris": Door(sees="staff", may="owner fajar"),
    "workshop:account-confirmation": Door("account", "staff", "owner fajar"),
    "workshop:account-haste": Door("account", "staff", "owner"),
    "workshop:account-closing": Door("account", "staff", "owner", answer=405),
    "workshop:spending": Door(sees="staff"),
    "workshop:cash-purpose": Door(sees="staff", may="owner fajar"),
    "workshop:explanation": Door("spent entry", "owner fajar viewer", "owner fajar"),
    "workshop:purpose-acceptance": Door("spent entry", "staff", "owner fajar", answer=405),
    "workshop:purpose": Door("purpose", "owner fajar rina viewer"),
    "workshop:purpose-document": Door("purpose", "owner fajar rina viewer"),
    "workshop:purpose-retraction": Door("purpose", "owner fajar rina viewer", "owner fajar"),
    "workshop:payables": Door(sees="staff"),
    "workshop:supplier-account": Door("supplier", "staff"),
    "workshop:supplier-term": Door("supplier", "staff", "owner sari rina", answer=405),
    "workshop:new-bill": Door("supplier", "owner fajar rina", "owner fajar rina", others=403),
    "workshop:bill": Door("bill", "owner fajar rina viewer", "owner fajar"),
    "workshop:bill-document": Door("bill", "owner fajar rina viewer"),
    "workshop:bill-voiding": Door("bill", "owner fajar rina viewer", "owner fajar"),
    "workshop:bill-uncounting": Door("bill payment", "staff", "owner fajar", answer=405),
    "workshop:purchases": Door(sees="staff"),
    "workshop:purchase-plan": Door(sees="staff", may="owner rina", answer=405),
    "workshop:purchase-orders": Door(sees="staff"),
    "workshop:supplier-prices": Door(sees="owner rina", others=403),
    "workshop:supplier-price": Door(sees="owner rina", may="owner rina", others=403),
    "workshop:purchase": Door("purchase", "staff"),
    "workshop:purchase-lines": Door("purchase", "owner rina", "owner rina", answer=409, others=403),
    "workshop:purchase-sending": Door(
        "purchase", "owner rina", "owner rina", answer=409, others=403
    ),
    "workshop:purchase-agreement": Door("purchase", "staff", "owner rina", answer=405),
    "workshop:purchase-repetition": Door(
        "purchase", "owner rina", "owner rina", answer=409, others=403
    ),
    "workshop:purchase-receipt": Door("purchase", "owner rina", "owner rina", others=403),
    "workshop:purchase-cancellation": Door("purchase", "owner rina", "owner rina", others=403),
    "workshop:purchase-message": Door(
        "purchase", "staff", "owner sari fajar rina udin", answer=405
    ),
    "workshop:purchase-delay": Door(
        "purchase line", "owner rina", "owner rina", answer=409, others=403
    ),
    "workshop:purchase-shortfall": Door("purchase line", "owner rina", "owner rina", others=403),
    "workshop:stock": Door(sees="staff"),
    "workshop:stock-new": Door(sees="owner rina", may="owner rina", others=403),
    "workshop:stock-release": Door("order", "staff", "owner rina", answer=405),
    "workshop:stock-item": Door("item", "staff"),
    "workshop:stock-count": Door("item", "owner rina", "owner rina", others=403),
    "workshop:stock-transfer": Door("item", "owner rina", "owner rina", others=403),
    "workshop:guestbook": Door(sees="staff"),
    "workshop:publication": Door("guest", "staff", "owner sari", answer=405),
    "workshop:hiding": Door("guest", "staff", "owner sari", answer=405),
    "workshop:guest-answer": Door("guest", "staff", "owner sari", answer=405),
    "workshop:catalogue": Door(sees="staff"),
    "workshop:product": Door("product", "staff", "owner sari"),
    "workshop:price": Door("product", "staff", "owner sari", answer=405),
    "workshop:product-photo": Door("colourway", "staff", "owner sari", answer=405),
    "workshop:settings": Door(sees="staff", may="owner"),
    "workshop:whatsapp": Door(sees="staff", may="owner"),
    # asks for a fresh login, or to set a password
    "workshop:whatsapp-connection": Door(sees="staff", answer=403),
    "workshop:whatsapp-closing": Door(sees="staff", may="owner", answer=405),
    "workshop:people": Door(sees="staff"),
    "workshop:invitation": Door(sees="owner", may="owner", others=403),
    "workshop:person": Door("person", "owner", "owner", others=403),
    "workshop:plan": Door("order line", "staff", "owner rina udin", answer=405),
    "workshop:from-stock": Door("order", "owner rina udin", "owner rina udin", others=403),
    "workshop:to-stock": Door("order", "staff", "owner rina udin", answer=405),
    "workshop:production": Door(sees="staff"),
    "workshop:wages": Door(sees="owner udin", others=403),
    "workshop:jobs": Door(sees="staff"),
    "workshop:job": Door("job", "staff"),
    "workshop:job-release": Door("job", "staff", "owner udin", answer=405),
    "workshop:job-stage": Door("job stage", "owner udin", "owner udin", others=403),
    "workshop:job-hold": Door("job", "owner udin", "owner udin", others=403),
    "workshop:job-resumption": Door("job", "staff", "owner udin", answer=405),
    "workshop:job-cancellation": Door("job", "owner rina udin", "owner rina udin", others=403),
    "workshop:job-correction": Door("job log", "owner udin", "owner udin", others=403),
    "workshop:packing": Door("order", "staff", "owner rina udin"),
    "workshop:filling": Door("order", "staff", "owner rina udin", answer=405),
    "workshop:unpacking": Door("package", "staff", "owner rina udin", answer=405),
    "workshop:new-shipment": Door("order", "owner sari rina", "owner sari rina", others=403),
    "workshop:deliveries": Door(sees="staff"),
    "workshop:shipment": Door("shipment", "staff"),
    "workshop:courier-offer": Door("shipment", "owner sari rina", "owner sari rina", others=403),
    "workshop:courier-withdrawal": Door("shipment", "staff", "owner sari rina", answer=405),
    "workshop:shipment-cancellation": Door("shipment", "staff", "owner sari rina", answer=405),
    "workshop:shipment-note": Door("shipment", "staff", "owner sari rina", answer=405),
    "workshop:hand-over": Door(
        "shipment", "owner sari rina", "owner sari rina", answer=409, others=403
    ),
    "workshop:delivery": Door(
        "shipment", "owner sari rina", "owner sari rina", answer=409, others=403
    ),
    "workshop:delivery-failure": Door(
        "shipment", "owner sari rina", "owner sari rina", answer=409, others=403
    ),
    "workshop:homecoming": Door(
        "shipment", "owner sari rina", "owner sari rina", answer=409, others=403
    ),
    "workshop:shipment-message": Door(
        "shipment", "staff", "owner sari fajar rina udin", answer=405
    ),
    "workshop:delivery-photo": Door("shipment photo", "staff"),
    # the supplier's pages
    "supplier:purchases": Door(sees="suppliers"),
    "supplier:payments": Door(sees="suppliers"),
    "supplier:purchase": Door("purchase", "budi purchase_link"),
    "supplier:confirmation": Door(
        "purchase", "suppliers purchase_link", "budi purchase_link", answer=405
    ),
    "supplier:answer": Door("purchase", "budi purchase_link", "budi purchase_link"),
    "supplier:refusal": Door("purchase", "budi purchase_link", "budi purchase_link"),
    "supplier:delay": Door("purchase line", "budi purchase_link", "budi purchase_link", answer=409),
    "supplier:message": Door(
        "purchase", "suppliers purchase_link", "budi purchase_link", answer=405
    ),
    "supplier:news": Door(sees="suppliers"),
    "supplier:news-seen": Door(sees="suppliers", may="suppliers", answer=405),
    "supplier:news-item": Door("news of budi", "suppliers", "budi", answer=405),
    # the courier's pages; the job is offered to Asep, and not accepted yet
    "courier:jobs": Door(sees="couriers"),
    "courier:job": Door("shipment", "asep shipment_link"),
    "courier:acceptance": Door(
        "shipment", "couriers shipment_link", "asep shipment_link", answer=405
    ),
    "courier:passing": Door("shipment", "couriers shipment_link", "asep shipment_link", answer=405),
    "courier:pick-up": Door("shipment", "asep shipment_link", answer=403),
    "courier:delivery": Door("shipment", "asep shipment_link", answer=403),
    "courier:failure": Door("shipment", "asep shipment_link", answer=403),
    "courier:message": Door("shipment", "couriers shipment_link", answer=405),
    "courier:note": Door("shipment", "asep shipment_link", answer=404),
    # notices of programs, which prove themselves by a signature
    "bank:whatsapp": Door(sees="all", answer=404),
    "bank:mail": Door(sees="all", answer=405),
    "bank:gateway": Door("gateway", "all", answer=405),
    "courier:news": Door(sees="couriers"),
    "courier:news-seen": Door(sees="couriers", may="couriers", answer=405),
    "courier:news-item": Door("news of asep", "couriers", "asep", answer=405),
    # the shop window, open to everybody
    "storefront:profile": Door(sees="all"),
    "storefront:catalogue": Door(sees="all"),
    "storefront:product": Door("product", "all"),
    "storefront:photo": Door("photo", "all"),
    "storefront:guestbook": Door(sees="all", may="all"),
    "storefront:registration": Door(sees="all", may="all"),
    "storefront:registered": Door(sees="all"),
    "storefront:track": Door(sees="all", may="all"),
    "storefront:tracked": Door("tracked", "all"),
    "storefront:check-search": Door(sees="all", may="all"),
    "storefront:check": Door("paper", "all"),
}
