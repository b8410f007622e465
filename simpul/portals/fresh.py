"""Fresh logins: what is worth most to a thief asks for the password or the passkey once more."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import (
    did_recently_reauthenticate,
    get_reauthentication_flows,
)
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from simpul.portals import errors

type View = Callable[..., HttpResponse]


def freshly(view: View) -> View:
    """Ask for the password or the passkey again, if that is longer ago than five minutes.

    What is sent by a form that was open for longer is not kept for later: it may be a secret, so
    the page is shown again instead. Who has nothing to prove it by (login by a code only) is asked
    to set a password; allauth alone would let them pass.
    """
    asking = reauthentication_required(view)

    @functools.wraps(view)
    def run(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not get_reauthentication_flows(request.user):
            return errors.refusal(
                request,
                403,
                _("Set a password first"),
                _("This page asks for your password or passkey once more, and you have none yet."),
                [(_("Set a password"), reverse("account_reset_password"))],
            )
        if request.method == "POST" and not did_recently_reauthenticate(request):
            return redirect(request.path)
        answer: HttpResponse = asking(request, *args, **kwargs)
        return answer

    return run


def ask_again(request: Any) -> HttpResponse | None:
    """Return the page that asks for the password or passkey, or None where that was done just now:
    for a view of which only a part is worth so much."""
    passed = HttpResponse()
    answer = freshly(lambda _request: passed)(request)
    return None if answer is passed else answer
