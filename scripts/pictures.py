"""Take the pictures of README and guides from a running demonstration: `make pictures`.

Starts the demonstration on a folder of its own, opens each page in Chromium and writes a PNG into
docs/pictures/. So they never go stale: run it again after a change of the looks.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
PORT = 8765
BASE = f"http://127.0.0.1:{PORT}"
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESK = (360, 780), (1280, 860)

# name, who looks (key of the demonstration's people, or nobody), address below the workshop, width
PAGES = [
    ("storefront", "", "", DESK),
    ("storefront-phone", "", "", PHONE),
    ("catalogue", "", "catalogue/", DESK),
    ("product", "", "catalogue/derby-pria/", DESK),
    ("register-phone", "", "register/", PHONE),
    ("track", "", "track/{public_code}/", DESK),
    ("buyer-home", "maju", "my/", DESK),
    ("buyer-new-order", "maju", "my/orders/new/?product=derby-pria", DESK),
    ("buyer-order", "maju", "my/orders/{number}/", DESK),
    ("buyer-order-phone", "maju", "my/orders/{number}/", PHONE),
    ("buyer-payment-phone", "maju", "my/orders/{unpaid}/payment/", PHONE),
    ("desk-today", "hadi", "desk/", DESK),
    ("desk-orders", "sari", "desk/orders/", DESK),
    ("desk-order", "sari", "desk/orders/{number}/", DESK),
    ("desk-payments", "fajar", "desk/payments/", DESK),
    ("desk-purchases", "rina", "desk/purchases/", DESK),
    ("desk-recipe", "hadi", "desk/catalogue/derby-pria/recipe/", DESK),
    ("desk-production", "udin", "desk/production/", DESK),
    ("desk-deliveries", "rina", "desk/deliveries/", DESK),
    ("desk-trend", "hadi", "desk/insight/", DESK),
    ("desk-cash-phone", "hadi", "desk/insight/workings/?part=cash", PHONE),
    ("supplier-phone", "sol", "supply/", PHONE),
    ("courier-phone", "cargo", "courier/", PHONE),
    ("courier-run-phone", "ojek", "courier/run/", PHONE),
]


def main() -> None:
    wanted = set(sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        data = os.environ.get("SIMPUL_DATA", folder)  # a demonstration that is loaded already
        os.environ |= {
            "SIMPUL_DATA": data,
            "SIMPUL_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "simpul.settings",
        }
        server = subprocess.Popen(
            [Path(sys.executable).with_name("simpul"), "demo", "--port", str(PORT)], cwd=ROOT
        )
        try:
            _wait()
            _take(wanted)
        finally:
            server.terminate()
            server.wait(30)


def _wait() -> None:
    for _second in range(300):
        try:
            urllib.request.urlopen(BASE, timeout=5)
        except OSError:
            time.sleep(1)
        else:
            return
    sys.exit("the demonstration did not start")


def _take(wanted: set[str]) -> None:
    import django

    django.setup()
    from django.db.models import F
    from playwright.sync_api import sync_playwright

    from simpul.demo.people import SLUG
    from simpul.orders.models import Order
    from simpul.parties.models import Person
    from simpul.portals.entrance import look_path

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright runs a loop of its own
    orders = Order.objects.filter(
        buyer__people__user__email="maju@contoh.example", status="confirmed"
    )
    begun = orders.filter(instalments__paid__gt=0)
    in_work = begun.filter(instalments__paid__lt=F("instalments__amount")).order_by("-id")[0]
    facts = {
        "number": in_work.number,
        "public_code": in_work.public_code,
        "unpaid": orders.filter(instalments__paid=0)
        .order_by("-id")
        .values_list("number", flat=True)[0],
    }
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=SWITCHES)
        for name, who, address, (width, height) in PAGES:
            if wanted and name not in wanted:
                continue
            context = browser.new_context(
                viewport={"width": width, "height": height}, locale="id-ID", device_scale_factor=1
            )
            page = context.new_page()
            if who:
                person = Person.objects.get(user__email=f"{who}@contoh.example")
                page.goto(BASE + look_path(person))
            page.goto(f"{BASE}/{SLUG}/{address.format(**facts)}")
            page.screenshot(path=PICTURES / f"{name}.png")
            context.close()
            print(name, flush=True)
        browser.close()


if __name__ == "__main__":
    main()
