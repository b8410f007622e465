"""What only a browser can do for a page: let news come to it, and work to show that it is no robot."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from simpul.conversations import spam
from simpul.conversations.models import Device, GuestEntry
from simpul.tests.journeys import IN_A_BROWSER
from simpul.tests.journeys.conftest import House
from simpul.workflow.models import Entry

pytestmark = [*IN_A_BROWSER, pytest.mark.same_on_any_database("the work is the browser's")]

# the point of a key on the curve P-256, and a secret: what a push service would hand out
POINT = "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
SUBSCRIBED = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/of-this-browser",
    "keys": {"p256dh": POINT, "auth": "c2l4dGVlbiBsZXR0ZXJzIQ"},
}


def test_a_browser_is_let_in_with_one_answer(desk: Callable[[str], Page], house: House) -> None:
    """The push service is not asked: the browser says at once what it would hand out."""
    page = desk("sari")
    page.add_init_script(
        f"PushManager.prototype.subscribe = async () => ({{ toJSON: () => ({json.dumps(SUBSCRIBED)}) }})"
    )
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    page.goto("/contoh/desk/news/told/")
    page.get_by_role("button", name="Show news on this device").click()

    expect(page.get_by_text("This device shows your news from now on.")).to_be_visible()
    assert [url.partition("/contoh")[2] for url in sent] == ["/desk/news/devices/"]
    device = Device.objects.get()
    assert device.person == house.cast.staff["sari"]
    assert device.endpoint == SUBSCRIBED["endpoint"]
    assert {"p256dh": device.p256dh, "auth": device.auth} == SUBSCRIBED["keys"]


def test_a_browser_works_its_text_out_of_suspicion(
    window: Callable[[], Page], house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spam, "BITS", 8)  # less work than it is for a guest
    page = window()
    page.goto("/contoh/guestbook/")
    page.get_by_label("Your name").fill("Pak Mulyono")
    page.get_by_label("What you want to say").fill("http://foto.example dan http://peta.example")
    page.get_by_label("You may publish it with my name.").check()
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_text("Thank you. We read every word")).to_be_visible()
    entry = GuestEntry.objects.get(name="Pak Mulyono")
    assert (entry.status, entry.signs) == ("waiting", "")
    steps = Entry.objects.about(entry).order_by("pk").values_list("step", flat=True)
    assert list(steps) == ["conversations.hold", "conversations.vouch"]
