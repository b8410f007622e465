"""What the pages of all providers' keys have in common: gateways, carriers, and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from simpul.lib.providers import Provider
from simpul.portals.http import Request, demand
from simpul.ui.keys import KeysForm
from simpul.workflow.connections import ConnectionQuerySet, ProviderAccount


def rows[Account: ProviderAccount](
    providers: Mapping[str, Provider], accounts: ConnectionQuerySet[Account]
) -> list[tuple[Provider, Account | None]]:
    """Return each provider, and the account there if there is one."""
    known = {account.provider: account for account in accounts.for_settings()}
    return [(one, known.get(slug)) for slug, one in providers.items()]


def enter_keys(
    request: Request,
    provider: Provider | None,
    *,
    ability: str,
    form: type[KeysForm],
    connect: Callable[..., ProviderAccount],
    page: str,
    template: str,
) -> HttpResponse:
    """Let the owner enter the keys of a provider, and lead back to the `page` of its kind."""
    if provider is None:
        raise Http404
    demand(request, ability, request.workshop)
    keys = form(request.POST or None, provider=provider)
    if keys.is_valid():
        connect(by=request.person, provider=provider.slug, **keys.facts)
        messages.success(request, _("%(provider)s is connected.") % {"provider": provider.name})
        return redirect(page, request.workshop.slug)
    return render(
        request,
        template,
        {"provider": provider, "form": keys},
        status=422 if keys.is_bound else 200,
    )
