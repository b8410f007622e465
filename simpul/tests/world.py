"""A small world for the table of doors: everybody who may knock, and one of each thing."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from simpul import testing
from simpul.catalog.models import Material, Product
from simpul.conversations import spam
from simpul.conversations.models import (
    Channel,
    Conversation,
    Device,
    FollowUp,
    GuestEntry,
    Message,
    MessageFile,
    Notice,
    QuickReply,
    Ticket,
)
from simpul.crm import confirming, leaving, publishing, sealed_news
from simpul.crm.models import (
    AnswerPage,
    Bulletin,
    Campaign,
    Dealing,
    Duplicate,
    GoodsReturn,
    Lead,
    LeadOffer,
    ListImport,
    Merging,
    Offered,
    PointLot,
    PointRules,
    Poll,
    Post,
    Rating,
    Recipient,
    Recommender,
    Referral,
    Segment,
    Sentra,
    SentraMember,
    SentraPost,
    ShownPicture,
    Territory,
    Visit,
    VisitDay,
    Voice,
    Voucher,
    Wish,
)
from simpul.crm.tables import Line, Table
from simpul.delivery.models import Handover, Load, Shipment
from simpul.insight.models import DemandForecast, MorningKind, MorningTask, SavedQuestion
from simpul.lib import clock, uploads
from simpul.lib.mails import Letter
from simpul.lib.uploads import Handed
from simpul.papers.models import Paper, Upload
from simpul.parties.models import AccessLink, Address, Identity, Party, Person
from simpul.parties.roles import Role
from simpul.payments import online
from simpul.payments.gateways.tests.samples import midtrans
from simpul.payments.models import (
    Arrival,
    BankEntry,
    BankImport,
    CashBox,
    CashHanding,
    Collection,
    CreditNote,
    DayClosing,
    GatewayNotice,
    Payer,
    PaymentClaim,
    Purpose,
    Receipt,
    Refund,
    StatementFile,
)
from simpul.payments.models.payer import Seen
from simpul.portals.doors import telling_path
from simpul.procurement.models import Bid, BillPayment, SupplierBill, Terms
from simpul.production.models import (
    ClosedDays,
    Job,
    LastSet,
    Outwork,
    StageLog,
    WagePayment,
    WageSheet,
)
from simpul.production.outwork import give_out
from simpul.stock.models import CountSheet, Found
from simpul.workflow.models import journal_of

STAFF = {
    "owner": Role.OWNER,
    "sari": Role.SALES,
    "fajar": Role.FINANCE,
    "rina": Role.STOCK,
    "udin": Role.PRODUCTION,
    "viewer": Role.VIEWER,
}
PARTIES: dict[str, dict[str, Any]] = {
    "dewi": {"buys_as": Party.BuysAs.DISTRIBUTOR},
    "toni": {"buys_as": Party.BuysAs.DISTRIBUTOR},
    "budi": {"is_supplier": True},
    "wawan": {"is_supplier": True},
    "asep": {"is_courier": True},
    "ujang": {"is_courier": True},
}
LINKS = ("order_link", "purchase_link", "shipment_link", "bid_link")
# what each of them is, seen from the first workshop
SIDES = {
    **dict.fromkeys(STAFF, "workshop"),
    "dewi": "buyer",
    "toni": "buyer",
    "both": "buyer",
    "budi": "supplier",
    "wawan": "supplier",
    "asep": "courier",
    "ujang": "courier",
}
STRANGERS = ("joko", "left")  # people with a login, but with no part in this workshop
ACTORS = ("anonymous", *SIDES, *STRANGERS, *LINKS, "old_link")


class World:
    """One workshop with all its people and one of each thing, and another workshop beside it."""

    def __init__(self) -> None:
        self.workshop = testing.workshop("ciomas", publishes_prices=True)
        self.people: dict[str, Person] = {}
        for name, role in STAFF.items():
            self.people[name] = testing.staff(name, self.workshop, role)
        for name, fields in PARTIES.items():
            shop = testing.party(self.workshop, f"Toko {name}", **fields)
            self.people[name] = testing.person(name, shop)
        self.people["left"] = testing.staff("left", self.workshop, Role.SALES)
        self._make_neighbours()
        self.things = self._make_things()
        self.clients = {actor: Client() for actor in ACTORS}
        for name, person in self.people.items():
            testing.login(self.clients[name], person)
        Person.objects.filter(pk=self.people["left"].pk).update(is_active=False)
        self._open_links()

    def party(self, name: str) -> Party:
        party = self.people[name].party
        assert party is not None
        return party

    def path(self, name: str, thing: str) -> str:
        """Return the address of a page about one of the things."""
        return reverse(name, kwargs={"workshop": "ciomas", **self.things[thing]})

    def _make_neighbours(self) -> None:
        other = testing.workshop("cibaduyut")
        self.people["joko"] = testing.staff("joko", other, Role.OWNER)
        both = testing.person("both", testing.party(self.workshop, "Toko both"))
        testing.login(Client(), both)
        Person.objects.create(workshop=other, role=Role.OWNER, name="both", user=both.user)
        self.people["both"] = both

    def _forecast(self, product: Product) -> None:
        DemandForecast.objects.create(
            workshop=self.workshop,
            product=product,
            as_of=clock.today(),
            begins=clock.today(),
            weeks_each=4,
            pattern=DemandForecast.Pattern.SMOOTH,
            adi=1,
            cv2=0,
            way=DemandForecast.Way.NAIVE,
            ordered=0,
            undelivered=0,
            expected=30,
            past=[10, 10],
            ahead=[[10, None, None]] * 3,
            spans=[[4, 10, None, None], [8, 20, None, None], [12, 30, None, None]],
        )

    def _count_sheet(self, material: Material) -> CountSheet:
        item = testing.stock_up(material, 1_000)
        lies = item.balances.get(location__kind="store").on_hand
        return CountSheet.take(
            by=self.people["rina"], occasion="x", found={item: Found(lies + 500, lies, "x")}
        )

    def _make_things(self) -> dict[str, dict[str, Any]]:
        """Return what stands in the address of each thing."""
        self.account = testing.account(self.workshop)
        testing.qris(self.workshop)
        self.order = testing.needy_order(self.party("dewi"), paid=False)
        receipt = testing.pay(self.order, self.order.instalments.order_by("position")[0].amount)
        self.purchase = testing.sent_purchase(self.party("budi"), self.order)
        self.bid = self._bid()
        self.entry = self._bank_entry()
        self.payer = self._payer()
        self.spent = self._bank_entry(amount_sen=-15_000_000, line=2, text="BIAYA ADM")
        self.purpose = self._purpose()
        self.bill = self._bill()
        claim = self._claim()
        arrival = self._arrival()
        owing = testing.needy_order(self.party("dewi"), paid=False)
        note = testing.credit(owing, 50_000)
        need = owing.lines.get().needs.order_by("pk")[0]
        testing.alternative(need.recipe_line, "SUEDE")
        spare = CreditNote.issue(
            by=self.people["sari"],
            party=self.party("dewi"),
            amount=80_000,
            kind="goodwill",
            note="x",
        )
        refund = Refund.request(by=self.people["dewi"], party=self.party("dewi"), amount=20_000)
        product = self.order.lines.get().colourway.product
        self._forecast(product)
        needed = self.order.lines.get().needs.order_by("pk")[0].material
        upload = self._upload("owner")
        product.colourways.update(photo=upload)
        job = testing.released_job(self.party("dewi"))
        job.tap(
            by=self.people["udin"],
            stage=job.stages.get(position=1),
            good={"40": 1},
            worker="Ujang",
        )
        wages = WageSheet.settle(by=self.people["udin"], last_on=clock.today())
        wages.pay(by=self.people["fajar"], slips=list(wages.slips.all()))
        wage = WagePayment.objects.get()
        photo, hidden = testing.photo(job), testing.photo(job, is_shown=False)
        give_out(
            job,
            by=self.people["udin"],
            stage=job.stages.get(position=1),
            stage_name="Potong",
            pairs={"41": 2},
            worker="Tini",
            rate=2_500,
            due_on=clock.today(),
        )
        made = Job.plan(by=self.people["udin"], line=self.order.lines.get())
        Job.objects.filter(pk=made.pk).update(status="done", number="SPK-MADE")
        shown = testing.photo(Job.objects.get(pk=made.pk))
        self.shipment = testing.shipment(self.party("dewi"))
        self.shipment.offer(
            by=self.people["sari"],
            couriers=[self.party("asep")],
            expires_at=clock.now() + timedelta(hours=2),
        )
        package = self.shipment.packages.order_by("number")[0]
        asked = Collection.ask(
            by=self.workshop.machine, order=self.order, courier=self.party("asep"), amount=90_000
        )
        Load.objects.filter(shipment=self.shipment).update(collection=asked)
        asked.collect(by=self.people["asep"], amount=80_000)
        held = Collection.ask(
            by=self.workshop.machine, order=self.order, courier=self.party("asep"), amount=70_000
        )
        handing = CashHanding.hand(by=self.people["asep"], courier=self.party("asep"), said=80_000)
        held.collect(by=self.people["asep"], amount=70_000)
        ticket = Ticket.objects.get()
        address = Address.objects.create(
            party=self.party("dewi"), receiver="Dewi", street="Jl. Raya 1", area="Bogor"
        )
        change = testing.amendment(self.order, self.people["dewi"], s40=4, s41=5)
        ours = testing.amendment(owing, self.people["sari"], s40=4, s41=7)
        self.links = {
            "order_link": AccessLink.issue(self._contact("dewi"), self.order),
            "purchase_link": AccessLink.issue(self._contact("budi"), self.purchase),
            "bid_link": AccessLink.issue(self._contact("budi"), self.bid),
            "shipment_link": AccessLink.issue(self._contact("asep"), self.shipment),
            "old_link": AccessLink.issue(self._contact("dewi"), self.order, days=40),
        }
        handed_over = Handover.objects.create(
            shipment=self.shipment, kind="in", count=2, photo=upload, by=self.people["asep"]
        )
        carried = testing.consignment(testing.shipment(self.party("dewi"), "expedition"))
        machine = self.workshop.machine
        told = midtrans("settlement", "SOMEBODY-ELSES", 100_000).body
        notice, _is_new = GatewayNotice.store(testing.gateway(self.workshop), told)
        online.apply(notice.pk)
        guest = GuestEntry.sign(by=machine, name="Agus", body="Bagus!")
        lead = Lead.objects.create(
            workshop=self.workshop, party=self.party("toni"), person=self.people["toni"]
        )
        PointRules.decide(by=self.people["owner"], is_on=True, for_recommender=5)
        twin = self._duplicate()
        PointRules.decide(by=self.people["owner"], is_on=True)
        reached = self._reached("dewi")
        points = PointLot.give(
            by=self.people["owner"], party=self.party("dewi"), points=9, expires_on=None, note="x"
        )
        wish = Wish.make(by=self.people["toni"], words="Sol putih")
        hidden_wish = Wish.make(by=self.people["toni"], words="Sol hitam")
        hidden_wish.hide(by=self.people["owner"], reason="x")
        voucher = Voucher.issue(by=self.people["sari"], amount=1_000)
        placed = testing.order(self.party("dewi"))
        twin = self._duplicate()
        quotation = testing.quotation(lead, self.people["sari"])
        own = Recommender.begin(by=self.people["dewi"], party=self.party("dewi"))
        referral = Referral.note(
            by=machine, friend=self.party("toni"), code=own.code, how="code", flags=["name"]
        )
        dewi = self.people["dewi"]
        seen = Upload.keep(testing.picture(), by=dewi)
        post = Post.write(by=dewi, body="Derby laku di mana?", picture=seen)
        hidden_post = Post.answer(by=self.people["toni"], thread=post, body="Iklan")
        hidden_post.hide(by=self.people["owner"], reason="x")
        reported_post = Post.answer(by=self.people["toni"], thread=post, body="Di Garut")
        reported_post.report(by=dewi, complaint="x")
        order, purchase = {"number": self.order.number}, {"pk": self.purchase.pk}
        line = self.purchase.lines.order_by("pk")[0]
        paper = Paper.objects.filter(party=self.party("dewi")).order_by("pk")[0]
        return {
            "": {},
            "gateway": {"provider": "midtrans"},
            "delivery note": {"code": self._delivery_note().code},
            "carrier": {"provider": "biteship"},
            "consignment": {"number": carried.shipment.number},
            "order": order,
            "note": {"kind": "order", "pk": self.order.pk},
            "talk": {"pk": self._talk().pk},
            "next step": {"pk": self._next_step().pk},
            "reply": {"pk": self._reply().pk},
            "list": {"pk": self._list().pk},
            "order change": order | {"revision": change.revision.number},
            "our change": {"number": owing.number, "revision": ours.revision.number},
            "instalment": order | {"position": 1},
            "tracked": {"code": self.order.public_code},
            "paper": {"code": paper.code},
            "order paper": order | {"code": paper.code},
            "order file": order | {"file": self._file(self.order, "dewi")},
            "party file": {"file": self._file(self.party("dewi"), "dewi")},
            "message file": {"pk": self._file(self.order, "dewi")},
            "purchase file": purchase | {"file": self._file(self.purchase, "budi")},
            "shipment file": {
                "number": self.shipment.number,
                "file": self._file(self.shipment, "asep"),
            },
            "ticket file": {"pk": ticket.pk, "file": self._file(ticket, "asep")},
            **self._tickets(),
            "claim": {"pk": claim.pk},
            "arrival": {"pk": arrival.pk},
            "arrival file": {"pk": arrival.pk, "position": 1},
            "arrival and order": {"pk": arrival.pk} | order,
            "instruction": {"pk": self.order.instructions.order_by("-pk")[0].pk},
            "order claim": order | {"pk": claim.pk},
            "receipt": {"pk": receipt.pk},
            "credit note": {"pk": note.pk},
            "credit paper": {"code": Paper.objects.about(spare).get().code},
            "refund": {"pk": refund.pk},
            "handing": {"pk": handing.pk},
            "ticket": {"pk": ticket.pk},
            "courier": {"pk": self.party("asep").pk},
            "closing": {"pk": self._closing().pk},
            "refund and entry": {"pk": refund.pk, "entry": self.entry.pk},
            "allocation": {"pk": receipt.allocations.get().pk},
            "account": {"pk": self.account.pk},
            "import": {"pk": self.entry.imported_id},
            "file": {"pk": self._statement_file().pk},
            "entry": {"pk": self.entry.pk},
            "payer": {"pk": self.payer.pk},
            "books account": {"account": "1120"},
            "books form": {"form": "csv"},
            "spent entry": {"pk": self.spent.pk},
            "purpose": {"pk": self.purpose.pk},
            "supplier": {"pk": self.party("budi").pk},
            "bill": {"pk": self.bill.pk},
            "bill payment": {"pk": self.bill.pk, "payment": self.bill.payments.get().pk},
            "gateway notice": {"pk": notice.pk},
            "need": {"pk": need.pk},
            "purchase": purchase,
            "inquiry": {"pk": self.bid.inquiry_id},
            "bid": {"pk": self.bid.pk},
            "purchase line": purchase | {"line": line.pk},
            "count sheet": {"pk": self._count_sheet(needed).pk},
            "item": {"pk": testing.stock_up(needed, 1_000).pk},
            "party": {"pk": self.party("dewi").pk},
            "month": {"month": "2026-10"},
            "party month": {"pk": self.party("dewi").pk, "month": "2026-10"},
            "address": {"pk": address.pk},
            "link": {"pk": self.party("dewi").pk, "link": self.links["order_link"].pk},
            "lead": {"pk": lead.pk},
            "quotation": {"pk": quotation.pk},
            "quotation paper": {"pk": quotation.pk, "code": quotation.current.paper.code},
            "post": {"pk": post.pk},
            "hidden post": {"pk": hidden_post.pk},
            "reported post": {"pk": reported_post.pk},
            **self._answers(),
            **self._sentra(),
            "rating": {"pk": Rating.ask(by=machine, about=owing).pk},
            "shown rating": {"pk": self._voice().rating_id},
            "shown picture": {"pk": ShownPicture.show(by=self.people["owner"], photo=photo).pk},
            "unshown photo": {"pk": hidden.pk},
            "polled post": {"pk": (poll := self._poll()).post_id},
            "polled look": {"pk": poll.post_id, "choice": poll.choices.order_by("pk")[0].pk},
            **self._answers(),
            "bulletin": {"pk": self._bulletin(is_public=False).pk},
            "sealed bulletin": {"token": self._sealed()},
            "public bulletin": {"pk": self._bulletin(is_public=True).pk},
            "drafted bulletin": {
                "pk": Bulletin.write(by=self.people["sari"], title="Libur", body="x").pk
            },
            "wish": {"pk": wish.pk},
            "morning task": {"pk": self._morning_task().pk},
            "done task": {"pk": self._morning_task(is_done=True).pk},
            "hidden wish": {"pk": hidden_wish.pk},
            "two parties": {"one": twin.one_id, "other": twin.other_id},
            "duplicate": {"pk": twin.pk},
            "merging": {"pk": self._merging().pk},
            "voucher": {"pk": voucher.pk},
            "referral": {"pk": referral.pk},
            "placed": {"number": placed.number},
            "visit": {"pk": self._visit().pk},
            "dealing": {"pk": self._dealing().pk},
            "offered lead": {"pk": (offer := self._lead_offer()).pk},
            "lead offer": {"pk": offer.lead_id, "offer": offer.pk},
            "asked area": {"pk": self._asked_area().pk},
            "held area": {"pk": self._held_area().pk},
            "distributor": {"pk": self.party("dewi").pk},
            "question": {"pk": self._question().pk},
            "segment": {"pk": self._segment().pk},
            "campaign": {"pk": self._campaign().pk},
            "campaign text": (text := self._campaign_text()),
            "running campaign": {"pk": text["pk"]},
            "chosen ones": {"pk": self._segment(is_list=True).pk},
            "confirming": {"token": confirming.token_of(reached)},
            "leaving": {"token": leaving.token_of(reached, "news")},
            "telling": {"token": self._telling()},
            "points of dewi": {"pk": points.pk},
            "guest": {"pk": guest.pk},
            "guest challenge": {"challenge": spam.challenge(guest.pk)},
            "product": {"slug": product.slug},
            "colourway": {"slug": product.slug, "pk": product.colourways.get().pk},
            "material": {"pk": needed.pk},
            "photo": {"code": upload.code},
            "closed": {"pk": self._closed_days().pk},
            "lasts": {"pk": self._lasts().pk},
            "job": {"pk": job.pk},
            "job lot": {"pk": job.pk, "lot": 1},
            "job stage": {"pk": job.pk, "position": 1},
            "job log": {"pk": job.pk, "log": StageLog.objects.of(job).get().pk},
            "job photo": {"pk": job.pk, "photo": photo.pk},
            "hidden photo": {"pk": job.pk, "photo": hidden.pk},
            "order photo": {"number": self.order.number, "pk": shown.pk},
            "outwork": {"pk": Outwork.objects.get().pk},
            "wage sheet": {"pk": wages.pk},
            "wage payment": {"pk": wages.pk, "payment": wage.pk},
            "order line": order | {"line": self.order.lines.get().pk},
            "package": {"number": self.shipment.first_order.number, "position": 1},
            "route": {"pk": testing.route(self.workshop).pk},
            "package code": {"code": package.code},
            "package label": {"code": package.code, "sheet": "80"},
            "shipment labels": {"number": self.shipment.number, "sheet": "80"},
            "shipment": {"number": self.shipment.number},
            "fetched goods": {"number": self._fetched_goods().number},
            "shipment photo": {"number": self.shipment.number, "pk": handed_over.pk},
            "shipment picture": {
                "number": self.shipment.number,
                "pk": handed_over.pk,
                "which": "photo",
            },
            "person": {"pk": self.people["sari"].pk},
            "party identity": {
                "pk": self.people["dewi"].party_id,
                "identity": Identity.objects.create(
                    workshop=self.workshop,
                    person=self.people["dewi"],
                    kind=Identity.Kind.MAIL,
                    value="old@example.com",
                    bounced_at=clock.now(),
                ).pk,
            },
            "party contact": {"pk": self.people["dewi"].party_id, "person": self.people["dewi"].pk},
            "text for dewi": {"pk": self._notice("dewi", Channel.WHATSAPP).pk},
            **{
                f"news of {name}": {"pk": self._notice(name, Channel.PORTAL).pk}
                for name in ("dewi", "sari", "budi", "asep")
            },
            **{
                f"device of {name}": {"pk": self._device(name).pk}
                for name in ("dewi", "sari", "budi", "asep")
            },
        }

    def _morning_task(self, *, is_done: bool = False) -> MorningTask:
        task = MorningTask.objects.create(
            workshop=self.workshop,
            kind=MorningKind.OVERDUE,
            party=self.party("dewi"),
            day=clock.today(),
            last_on=clock.today(),
            rank=1,
            gain=300_000,
            chance=20,
            facts={"order": 1_000_000, "left": 30, "usual": 24, "waited": 61, "longer": 4},
            is_held=False,
        )
        if is_done:
            task.finish(by=self.people["sari"])
        return task

    def _duplicate(self) -> Duplicate:
        one, other = (testing.party(self.workshop, name) for name in ("Toko Jaya", "Tk. Djaja"))
        return Duplicate.objects.create(workshop=self.workshop, one=one, other=other, bits=9)

    def _merging(self) -> Merging:
        kept, absorbed = (testing.party(self.workshop, name) for name in ("UD Abadi", "Abadi"))
        return Merging.merge(by=self.people["sari"], kept=kept, absorbed=absorbed)

    def _telling(self) -> str:
        """What stands in the address by which a helper of the shop chooses what to be told."""
        helper = testing.person("Rudi", self.party("dewi"))
        return telling_path(helper).rstrip("/").rpartition("/")[2]

    def _reached(self, name: str) -> Identity:
        person = self.people[name]
        return Identity.objects.create(
            workshop=self.workshop, person=person, kind="mail", value="dewi@toko.example"
        )

    def _visit(self) -> Visit:
        """Sari goes to see the dealer today."""
        sari = self.people["sari"]
        parties = [self.party("dewi")]
        day = VisitDay.plan(by=sari, rep=sari, on=clock.today(), parties=parties)
        return day.visits.get()

    def _dealing(self) -> Dealing:
        """The other shop buys through the dealer."""
        dealer = self.party("toni")
        return Dealing.begin(by=self.people["sari"], distributor=self.party("dewi"), dealer=dealer)

    def _lead_offer(self) -> LeadOffer:
        """The dealer is asked to look after somebody in Padang."""
        sari = self.people["sari"]
        Territory.give(
            by=sari, party=self.party("dewi"), regency="Kota Padang", since=clock.today()
        )
        lead = Lead.note(by=sari, source="fair", name="Kios", area="Kota Padang")
        return LeadOffer.hand_on(by=sari, lead=lead, agreed=True)

    def _poll(self) -> Poll:
        """Which model is to come: one of them has a photo."""
        look = testing.colourway(testing.product(self.workshop))
        look.photo = self._picture()
        look.save()
        choices = [Offered("Loafer", look), Offered("Boot")]
        return Poll.ask(
            by=self.people["sari"], question="Apa lagi?", closes_on=clock.today(), choices=choices
        )

    def _bulletin(self, *, is_public: bool) -> Bulletin:
        """Published for all who buy, with a picture."""
        made = Bulletin.write(
            by=self.people["sari"],
            title="Warna baru",
            body="Cokelat tua",
            picture=self._picture(),
            is_public=is_public,
        )
        publishing.publish(made, by=self.people["sari"])
        return made

    def _sentra(self) -> dict[str, dict[str, Any]]:
        """A room that our owner keeps, with a question of a neighbour, and an invitation elsewhere."""
        owner, joko = self.people["owner"], self.people["joko"]
        room = Sentra.found(by=owner, name="Ciomas")
        room.members.get().invite(by=owner, guest=joko.workshop)
        theirs = SentraMember.join(by=joko, invitation=room.invitations.get())
        asked = SentraPost.say(
            by=joko, sentra=room, body="Kulit?", choices=["A", "B"], closes_on=clock.in_days(7)
        )
        far = testing.staff("Udin", testing.workshop("garut"), Role.OWNER)
        other = Sentra.found(by=far, name="Garut")
        other.members.get().invite(by=far, guest=self.workshop)
        return {
            "sentra post": {"pk": asked.pk},
            "sentra member": {"pk": theirs.pk},
            "sentra invitation": {"pk": other.invitations.get().pk},
        }

    def _sealed(self) -> str:
        return sealed_news.token_of(self._bulletin(is_public=False), self.people["dewi"])

    def _voice(self) -> Voice:
        """Words of a customer that wait to be shown."""
        dewi = self.people["dewi"]
        rating = Rating.ask(by=self.workshop.machine, about=testing.order(self.party("dewi")))
        rating.reply(by=dewi, stars=5, words="Jahitannya rapi")
        return Voice.offer(by=dewi, rating=rating, shown_as="named", consent="x")

    def _asked_area(self) -> Territory:
        party = self.party("dewi")
        return Territory.ask(by=self.workshop.machine, party=party, regency="Kota Bogor")

    def _held_area(self) -> Territory:
        facts: dict[str, Any] = {"since": clock.today(), "province": "Banten"}
        return Territory.give(by=self.people["sari"], party=self.party("dewi"), **facts)

    def _question(self) -> SavedQuestion:
        """Of the owner, for who sells, too."""
        asked = {"measure": "pairs", "by": "size", "days": "m12"}
        facts: dict[str, Any] = {"name": "Ukuran", "asked": asked}
        made = SavedQuestion.objects.create(
            workshop=self.workshop, owner=self.people["owner"], **facts
        )
        made.share([Role.SALES])
        return made

    def _segment(self, *, is_list: bool = False) -> Segment:
        return Segment.objects.create(workshop=self.workshop, name="Bogor", is_list=is_list)

    def _campaign(self) -> Campaign:
        """A draft, with a picture."""
        return Campaign.objects.create(
            workshop=self.workshop,
            segment=self._segment(),
            name="Lebaran",
            purpose="news",
            subject="Halo",
            body="Halo {nama}",
            picture=self._picture(),
        )

    def _campaign_text(self) -> dict[str, int]:
        """A text that waits for a hand."""
        running = Campaign.objects.create(
            workshop=self.workshop,
            segment=self._segment(),
            name="Model baru",
            purpose="news",
            subject="Halo",
            body="Halo {nama}",
            status="running",
            began_at=clock.now(),
        )
        row = Recipient.objects.create(
            campaign=running, party=self.party("dewi"), kind="phone", outcome="waiting"
        )
        return {"pk": running.pk, "recipient": row.pk}

    def _picture(self) -> Upload:
        return Upload.keep(testing.picture(), by=self.people["sari"])

    def _tickets(self) -> dict[str, dict[str, Any]]:
        """What the dealer asked about the order, what was solved, and what is no ticket yet."""
        dewi, party = self.people["dewi"], self.party("dewi")
        asked = Ticket.ask(
            by=dewi, kind="complaint", subject=self.order, party=party, body="Sol lepas."
        )
        solved = Ticket.ask(by=dewi, kind="question", subject=party, party=party, body="Ukuran?")
        solved.solve(by=self.people["sari"], how="answered", reason="x")
        merged = Ticket.ask(by=dewi, kind="question", subject=party, party=party, body="Sama?")
        merged.merge(by=self.people["sari"], into=asked)
        talk = Conversation.of(self.order, party)
        return {
            "customer ticket": {"pk": asked.pk},
            "customer ticket file": {"pk": asked.pk, "file": self._file(asked, "dewi")},
            "solved ticket": {"pk": solved.pk},
            "goods": {
                "pk": GoodsReturn.objects.create(
                    workshop=self.workshop, ticket=asked, way="brought"
                ).pk
            },
            "merged ticket": {"pk": merged.pk},
            "said": {"pk": Message.say(by=dewi, conversation=talk, body="Lecet.").pk},
        }

    def _answers(self) -> dict[str, dict[str, Any]]:
        """A page that is published."""
        sari = self.people["sari"]
        page = AnswerPage.write(by=sari, kind="care", title="Merawat kulit", words="Lap kering.")
        page.publish(by=sari)
        return {"answer": {"pk": page.pk}, "answer slug": {"slug": page.slug}}

    def _list(self) -> ListImport:
        """A list of one customer that nobody has imported yet."""
        table = Table(["Nama"], [Line(2, ["Toko Baru"])])
        return ListImport.read(by=self.people["sari"], table=table, name="x.csv", of="distributor")

    def _talk(self) -> Conversation:
        """What the dealer asked about the order."""
        talk = Conversation.of(self.order, self.party("dewi"))
        Message.say(by=self.people["dewi"], conversation=talk, body="Kapan siap?")
        return talk

    def _next_step(self) -> FollowUp:
        """Sari has called the dealer, and wants to call again."""
        talk = Conversation.of(self.order, self.party("dewi"))
        Message.call(
            by=self.people["sari"],
            conversation=talk,
            channel="phone",
            direction="out",
            next_on=clock.today(),
        )
        return FollowUp.objects.get()

    def _reply(self) -> QuickReply:
        return QuickReply.objects.create(workshop=self.workshop, title="Halo", body="Halo {nama}")

    def _device(self, name: str) -> Device:
        endpoint = f"https://fcm.googleapis.com/fcm/send/{name}"
        return Device.let_in(self.people[name], endpoint=endpoint, p256dh="", auth="")

    def _open_links(self) -> None:
        for name, link in self.links.items():
            self.clients[name].get(reverse("access", args=[link.token]))
        self.links["old_link"].revoke()

    def _fetched_goods(self) -> Shipment:
        """A pair that the courier has accepted to fetch back."""
        made = Shipment.call_for(by=self.people["sari"], order=self.order, pairs=1)
        testing.offer_to(made, self.people["asep"])
        made.accept(by=self.people["asep"])
        return made

    def _delivery_note(self) -> Paper:
        """The note of a shipment that is on its way."""
        sent = testing.shipment_on_the_way(self.party("dewi"), self.people["asep"])
        paper = sent.note_paper()
        assert paper is not None
        return paper

    def _bid(self) -> Bid:
        """An answer to the price of leather."""
        inquiry = testing.inquiry(self.party("budi"))
        bid = inquiry.bids.get()
        terms = [Terms(line, 40_000, 2) for line in inquiry.lines.all()]
        bid.answer(by=self.people["budi"], terms=terms)
        return bid

    def _contact(self, name: str) -> Person:
        """Somebody more of a party, without a login."""
        return testing.person(f"{name} by link", self.party(name))

    def _upload(self, by: str) -> Upload:
        return Upload.keep(self._admitted(by), by=self.people[by])

    def _admitted(self, text: str) -> uploads.Admitted:
        content = text.encode()
        return uploads.Admitted(content, "image/jpeg", ".jpg", hashlib.sha256(content).hexdigest())

    def _file(self, subject: Any, name: str) -> int:
        """Return the key of a picture that the party sends about a thing."""
        said = Message.say(
            by=self.people[name],
            conversation=Conversation.of(subject, self.party(name)),
            body="",
            attached=[Handed("foto.jpg", testing.picture())],
        )
        return MessageFile.objects.get(message=said).pk

    def _claim(self) -> PaymentClaim:
        return PaymentClaim.objects.create(
            workshop=self.workshop,
            order=self.order,
            instalment=self.order.instalments.order_by("position")[1],
            amount=100_000,
            paid_on=clock.today(),
            proof=self._upload("dewi"),
            by=self.people["dewi"],
        )

    def _notice(self, name: str, channel: str) -> Notice:
        line = journal_of(self.order).order_by("pk")[0]
        return Notice.objects.create(
            entry=line, person=self.people[name], channel=channel, label=self.order.number
        )

    def _closed_days(self) -> ClosedDays:
        today = clock.today()
        return ClosedDays.close(
            by=self.people["udin"], first_on=today, last_on=today + timedelta(days=3), words="Libur"
        )

    def _lasts(self) -> LastSet:
        return LastSet.add(
            by=self.people["udin"],
            name="Acuan derby",
            post="Jahit",
            turns=1,
            sizes={"40": 4, "41": 6},
            products=[self.order.lines.all()[0].colourway.product],
        )

    def _arrival(self) -> Arrival:
        """A stranger's mail with a picture, and one without; both wait."""
        machine = self.workshop.machine
        for name, files in (("words", []), ("proof", [Handed("bukti.jpg", self._admitted("a"))])):
            letter = Letter(f"{name}@x", "tono@x.example", "Tono", name, "Bukti", "", clock.now())
            made = Arrival.take_in(
                by=machine, channel="mail", letter=letter, files=files, original=b"From: tono"
            )
        return made

    def _payer(self) -> Payer:
        """A name that the dealer's money has come from."""
        receipt = Receipt.objects.filter(party=self.party("dewi")).order_by("pk")[0]
        Payer.learn([Seen(receipt, "BI-FAST CR TRANSFER DARI DEWI LESTARI")])
        return Payer.objects.get()

    def _purpose(self) -> Purpose:
        content = b"slip"
        slip = uploads.Admitted(content, "image/jpeg", ".jpg", hashlib.sha256(content).hexdigest())
        return Purpose.of_cash(
            by=self.people["fajar"],
            kind="supplier",
            amount=-50_000,
            party=self.party("budi"),
            document=slip,
        )

    def _bill(self) -> SupplierBill:
        content = b"bill"
        picture = uploads.Admitted(
            content, "image/jpeg", ".jpg", hashlib.sha256(content).hexdigest()
        )
        bill = SupplierBill.record(
            by=self.people["fajar"],
            supplier=self.party("budi"),
            number="INV-1",
            billed_on=clock.today(),
            due_on=clock.in_days(14),
            amount=60_000,
            why="Ongkos kirim",
            document=picture,
        )
        BillPayment.count(by=self.people["fajar"], bill=bill, purpose=self.purpose, amount=10_000)
        return bill

    def _statement_file(self) -> StatementFile:
        """A file whose columns nobody knows yet."""
        content = b"Hari,Cerita,Uang\n2/11/2026,DP,5000\n3/11/2026,BUDI,6000\n"
        admitted = uploads.admit(ContentFile(content), uploads.STATEMENT)
        return StatementFile.objects.create(
            workshop=self.workshop,
            account=self.account,
            upload=Upload.keep(admitted, by=self.people["fajar"]),
            name="mutasi.csv",
            by=self.people["fajar"],
        )

    def _closing(self) -> DayClosing:
        expected = CashBox.of(self.workshop.pk).expected_sen
        fajar = self.people["fajar"]
        return DayClosing.close(
            by=fajar, counted=expected // 100 + 500, expected_sen=expected, reason="x"
        )

    def _bank_entry(
        self, *, amount_sen: int = 10_000_000, line: int = 1, text: str = "TRSF E-BANKING CR"
    ) -> BankEntry:
        taken = BankImport.objects.create(
            workshop=self.workshop,
            account=self.account,
            file=self._upload("fajar"),
            rows=1,
            added=1,
            pending=0,
            by=self.people["fajar"],
        )
        return BankEntry.objects.create(
            workshop=self.workshop,
            account=self.account,
            imported=taken,
            line=line,
            booked_on=clock.today(),
            amount_sen=amount_sen,
            text=text,
            fingerprint="f",
            twin=line,
            status=BankEntry.Status.NEW if amount_sen > 0 else BankEntry.Status.OUT,
        )
