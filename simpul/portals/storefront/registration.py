from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from simpul.crm import referrals
from simpul.crm.forms import RegistrationForm
from simpul.lib.limits import is_too_often
from simpul.portals.http import Visit
from simpul.portals.storefront.recommended import recommended_by


@require_http_methods(["GET", "POST"])
def registration(request: Visit) -> HttpResponse:
    came_by = recommended_by(request) if referrals.rewards(request.workshop) else None
    form = RegistrationForm(
        request.POST or None, code=came_by, gift=referrals.gift(request.workshop)
    )
    if form.is_valid():
        if is_too_often(
            "register", str(request.META.get("REMOTE_ADDR", "")), times=10, seconds=3600
        ):
            form.add_error(
                None, _("Too many registrations from here: please try again in an hour.")
            )
        else:
            referrals.register(
                by=request.workshop.machine,
                language="en" if get_language() == "en" else "id",
                typed=form.cleaned_data.get("code") != came_by,
                **form.cleaned_data,
            )
            return redirect("storefront:registered", request.workshop.slug)
    return render(
        request,
        "storefront/registration.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_safe
def thanks(request: Visit) -> HttpResponse:
    """Say the same to everybody, whether the number was known or not."""
    return render(request, "storefront/registered.html")
