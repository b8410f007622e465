"""Writing to some of the customers, and what became of it."""

from __future__ import annotations

from datetime import date, datetime
from smtplib import SMTPException
from typing import NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.crm import drawing
from simpul.crm.campaign_forms import CampaignForm, PlanForm
from simpul.crm.models import Bulletin, Campaign, CampaignStatus, Outcome, Recipient, Why
from simpul.crm.wording import last_models
from simpul.insight.books.kept import books_now
from simpul.insight.campaigns import FEWEST, FEWEST_BUYERS, result_of
from simpul.insight.worth import left_of
from simpul.lib import clock, phones
from simpul.portals import circulars
from simpul.portals.downloads import Column, download
from simpul.portals.files import serve_upload
from simpul.portals.http import Request, demand, number_of

A_PAGE = 30
TEXTS_A_PAGE = 20
COLUMNS: list[Column] = [
    (gettext_lazy("Name"), lambda campaign: campaign.name),
    (gettext_lazy("State"), lambda campaign: campaign.get_status_display()),
    (gettext_lazy("It is about"), lambda campaign: campaign.get_purpose_display()),
    (gettext_lazy("To whom"), lambda campaign: campaign.segment.name),
    (gettext_lazy("When"), lambda campaign: _day(campaign.began_at or campaign.planned_at)),
]
RECIPIENT_COLUMNS: list[Column] = [
    (gettext_lazy("Name"), lambda recipient: recipient.party.name),
    (gettext_lazy("Contact person"), lambda one: one.person.name if one.person else ""),
    (gettext_lazy("Outcome"), lambda recipient: recipient.get_outcome_display()),
    (gettext_lazy("Reason"), lambda recipient: recipient.get_reason_display()),
    (gettext_lazy("When"), lambda recipient: _day(recipient.sent_at)),
]


class Text(NamedTuple):
    recipient: Recipient
    text: str
    whatsapp: str
    quiet_until: datetime | None  # its reader wants to be left alone until then


@require_safe
def campaigns(request: Request) -> HttpResponse:
    words, chosen = request.GET.get("q", "").strip(), request.GET.get("status", "")
    found = Campaign.objects.visible_to(request.person)
    found = found.filter(name__icontains=words) if words else found
    shown = found.filter(status=chosen) if chosen else found
    rows = shown.select_related("segment").order_by("-pk")
    if answer := download(request, "campaigns", COLUMNS, rows):
        return answer
    return render(
        request,
        "workshop/customers/campaigns/list.html",
        {
            "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
            "words": words,
            "chosen": chosen,
            "statuses": CampaignStatus,
        },
    )


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Write one, also of news: then what it says and to whom is filled in; or to a segment."""
    demand(request, "crm.write_campaign", request.workshop)
    pk = number_of(request.GET.get("bulletin", ""))
    told_of = Bulletin.objects.visible_to(request.person).filter(pk=pk).first() if pk else None
    return _edit(request, None, told_of)


@require_http_methods(["GET", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    campaign = _find(request, pk)
    demand(request, "crm.change_campaign", campaign)
    return _edit(request, campaign)


@require_safe
def campaign(request: Request, pk: int) -> HttpResponse:
    """What it says, how far it is, and what became of each; of a draft whom it would reach today."""
    found = _find(request, pk)
    is_drawn = found.began_at is not None
    rows = found.recipients.all() if is_drawn else Recipient.objects.none()
    words, chosen = request.GET.get("q", "").strip(), request.GET.get("outcome", "")
    shown = rows.search(words) if words else rows
    shown = shown.filter(outcome=chosen) if chosen else shown
    listed = shown.select_related("party", "person").order_by("party__name", "pk")
    if answer := download(request, "campaign", RECIPIENT_COLUMNS, listed, is_personal=True):
        return answer
    subject, body = _sample(request, found)
    return render(
        request,
        "workshop/customers/campaigns/page.html",
        {
            "campaign": found,
            "subject": subject,
            "body": body,
            "counts": _counts(found) if is_drawn else [],
            "would": {} if is_drawn else _would(found),
            "texts": rows.texts().count() if is_drawn else 0,
            "page": Paginator(listed, A_PAGE).get_page(request.GET.get("page")),
            "words": words,
            "chosen": chosen,
        },
    )


@require_http_methods(["GET", "POST"])
def plan(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    demand(request, "crm.plan_campaign", found)
    form = PlanForm(request.POST or None)
    if form.is_valid():
        found.plan(by=request.person, **form.cleaned_data)
        return redirect("workshop:campaign", request.workshop.slug, pk)
    return render(
        request,
        "workshop/customers/campaigns/plan.html",
        {"campaign": found, "form": form, "would": _would(found)},
        status=422 if form.is_bound else 200,
    )


@require_POST
def unplanning(request: Request, pk: int) -> HttpResponse:
    _find(request, pk).unplan(by=request.person)
    return redirect("workshop:campaign", request.workshop.slug, pk)


@require_POST
def pause(request: Request, pk: int) -> HttpResponse:
    _find(request, pk).pause(by=request.person)
    return redirect("workshop:campaign", request.workshop.slug, pk)


@require_POST
def resumption(request: Request, pk: int) -> HttpResponse:
    _find(request, pk).resume(by=request.person)
    return redirect("workshop:campaign", request.workshop.slug, pk)


@require_POST
def stopping(request: Request, pk: int) -> HttpResponse:
    _find(request, pk).stop(by=request.person)
    return redirect("workshop:campaign", request.workshop.slug, pk)


@require_POST
def trial(request: Request, pk: int) -> HttpResponse:
    """Send it to oneself, to see how it looks."""
    found = _find(request, pk)
    demand(request, "crm.write_campaign", found)
    try:
        is_sent = circulars.send_test(found, request.person)
    except (SMTPException, OSError):
        messages.error(request, _("The mail server did not take it. Try again in a while."))
    else:
        said = (
            _("Sent to you.") if is_sent else _("Nothing was sent: no address, or a demonstration.")
        )
        messages.success(request, said)
    return redirect("workshop:campaign", request.workshop.slug, pk)


@require_safe
def picture(request: Request, pk: int) -> HttpResponse:
    found = _find(request, pk)
    if found.picture is None:
        raise Http404
    return serve_upload(found.picture)


@require_safe
def texts(request: Request, pk: int) -> HttpResponse:
    """The texts for WhatsApp, one after the other; those that may not go any more are left out."""
    found = _find(request, pk)
    waiting = found.recipients.texts().select_related(
        "campaign__workshop", "person__workshop", "person__party", "person__hours", "identity"
    )
    page = Paginator(waiting.order_by("pk"), TEXTS_A_PAGE).get_page(request.GET.get("page"))
    now = clock.now()
    return render(
        request,
        "workshop/customers/campaigns/texts.html",
        {
            "campaign": found,
            "page": page,
            "prepared": _prepared(found, list(page.object_list), now),
            "is_quiet": request.workshop.awake_from(now) > now,
        },
    )


@require_POST
def sent(request: Request, pk: int, recipient: int) -> HttpResponse:
    """Somebody sent it, or let it be."""
    found = _find(request, pk)
    row = get_object_or_404(found.recipients.in_hand(), pk=recipient)
    if request.POST.get("how") == "dropped":
        why = drawing.why_not(row) or Why.NOT_NEEDED
        found.drop_text(by=request.person, recipient=row, why=why)
    else:
        found.send_text(by=request.person, recipient=row)
    return redirect("workshop:campaign-texts", request.workshop.slug, pk)


@require_safe
def result(request: Request, pk: int) -> HttpResponse:
    """Those who were written to beside those held out; what was left only for who sees the books."""
    found = _find(request, pk)
    if found.began_at is None or found.result_until is None:
        raise Http404
    may_see_books = request.person.may("insight.see_books", request.workshop)
    books = books_now(request.workshop, clock.today()) if may_see_books else None
    return render(
        request,
        "workshop/customers/campaigns/result.html",
        {
            "campaign": found,
            "result": result_of(found, books),
            "is_over": found.result_until <= clock.now(),
            "fewest": FEWEST,
            "fewest_buyers": FEWEST_BUYERS,
        },
    )


def _edit(
    request: Request, found: Campaign | None, told_of: Bulletin | None = None
) -> HttpResponse:
    form = CampaignForm(
        request.POST or None,
        request.FILES or None,
        by=request.person,
        campaign=found,
        bulletin=told_of,
        address=circulars.bulletin_address(told_of) if told_of else "",
    )
    if found is None and (segment := number_of(request.GET.get("segment", ""))):
        form.initial["segment"] = segment
    if form.is_valid():
        saved = form.save(by=request.person)
        return redirect("workshop:campaign", request.workshop.slug, saved.pk)
    return render(
        request,
        "workshop/customers/campaigns/form.html",
        {"form": form, "campaign": found},
        status=422 if form.is_bound else 200,
    )


def _would(found: Campaign) -> dict[str, int]:
    """Count what a campaign would do if it began now."""
    rows = drawing.draw(found, left_of(found.workshop))
    counts = {outcome.value: 0 for outcome in Outcome}
    for row in rows:
        counts[row.outcome] += 1
    return counts


def _counts(found: Campaign) -> list[tuple[Outcome, int]]:
    counts = found.counts()
    return [(outcome, counts.get(outcome.value, 0)) for outcome in Outcome]


def _sample(request: Request, found: Campaign) -> tuple[str, str]:
    """Return the words as they are for whoever looks, in Indonesian first."""
    with override("id"):
        return circulars.words_for(found, request.person)


def _prepared(found: Campaign, rows: list[Recipient], now: datetime) -> list[Text]:
    """Return the texts of those who may still be written to; the same questions for any number."""
    whys = drawing.whys_not(found, rows)
    models = last_models([row.party_id for row in rows])
    prepared = []
    for row in rows:
        if row.pk in whys or row.identity is None:
            continue
        text = circulars.text_of(row, models.get(row.party_id, ""))
        link = phones.whatsapp_link(row.identity.value, text)
        awake = circulars.awake_from(row, now)
        prepared.append(Text(row, text, link, awake if awake > now else None))
    return prepared


def _day(moment: datetime | None) -> date | str:
    return clock.day_of(moment) if moment else ""


def _find(request: Request, pk: int) -> Campaign:
    mine = Campaign.objects.visible_to(request.person).select_related(
        "segment__workshop", "workshop", "picture", "bulletin__product"
    )
    return get_object_or_404(mine, pk=pk)
