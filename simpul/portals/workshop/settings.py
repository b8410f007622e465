"""The workshop itself: its profile, its terms, and who works here."""

from allauth.account.forms import ResetPasswordForm
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from simpul.parties.forms import InvitationForm, PersonForm, WorkshopForm
from simpul.parties.models import Person, Workshop
from simpul.parties.roles import Role
from simpul.portals.http import Request, demand


@require_http_methods(["GET", "POST"])
def profile(request: Request) -> HttpResponse:
    if request.method == "POST":
        demand(request, "parties.staff", request.workshop)
    workshop = Workshop.objects.get(pk=request.workshop.pk)  # the form writes into it, valid or not
    form = WorkshopForm(request.POST or None, instance=workshop)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("workshop:settings", request.workshop.slug)
    return render(
        request,
        "workshop/settings/profile.html",
        {"form": form, "may_keep": request.person.may("parties.staff", request.workshop)},
        status=422 if form.is_bound else 200,
    )


@require_safe
def people(request: Request) -> HttpResponse:
    staff = Person.objects.filter(workshop=request.workshop).staff()
    return render(
        request,
        "workshop/settings/people.html",
        {"people": staff.prefetch_related("identities").order_by("-is_active", "pk")},
    )


@require_http_methods(["GET", "POST"])
def invitation(request: Request) -> HttpResponse:
    """Take a colleague in; the login is opened by a link in a mail."""
    demand(request, "parties.staff", request.workshop)
    form = InvitationForm(request.POST or None, workshop=request.workshop)
    if form.is_valid():
        person = form.make()
        reset = ResetPasswordForm({"email": form.cleaned_data["email"]})
        if reset.is_valid():
            reset.save(request)
        messages.success(
            request, _("%(name)s gets an e-mail with a link to set a password.") % {"name": person}
        )
        return redirect("workshop:people", request.workshop.slug)
    return render(
        request,
        "workshop/settings/invitation.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def person(request: Request, pk: int) -> HttpResponse:
    """Change the role of a colleague, or close their door."""
    demand(request, "parties.staff", request.workshop)
    staff = Person.objects.filter(workshop=request.workshop).staff()
    colleague = get_object_or_404(staff, pk=pk)
    now = {"name": colleague.name, "role": colleague.role, "is_active": colleague.is_active}
    form = PersonForm(request.POST or None, initial=now)
    if form.is_valid():
        facts = form.cleaned_data
        keeps_owner = facts["role"] == Role.OWNER and facts["is_active"]
        others = staff.filter(role=Role.OWNER, is_active=True).exclude(pk=pk)
        if not keeps_owner and not others.exists():
            form.add_error(None, _("Somebody must stay the owner."))
        else:
            staff.filter(pk=pk).update(**facts)
            return redirect("workshop:people", request.workshop.slug)
    return render(
        request,
        "workshop/settings/person.html",
        {"form": form, "colleague": colleague},
        status=422 if form.is_bound else 200,
    )
