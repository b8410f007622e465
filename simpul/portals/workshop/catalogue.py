"""The catalogue behind the counter: words, prices, photos, and what is shown."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from simpul.catalog.forms import PhotoForm, PriceForm, ProductForm
from simpul.catalog.models import Colourway, PriceRule, Product
from simpul.lib import clock
from simpul.papers.models import Upload
from simpul.portals.http import Request
from simpul.workflow.steps import NotAllowed


@require_safe
def products(request: Request) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    found = Product.objects.visible_to(request.person).search(words).for_list()
    return render(
        request,
        "workshop/catalogue/list.html",
        {"products": found.order_by("position", "pk"), "words": words, "today": clock.today()},
    )


@require_http_methods(["GET", "POST"])
def product(request: Request, slug: str) -> HttpResponse:
    product = _find(request, slug)
    if request.method == "POST":
        _demand(request)
    form = ProductForm(request.POST or None, instance=product)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("workshop:product", request.workshop.slug, slug)
    return render(
        request,
        "workshop/catalogue/page.html",
        {
            "product": product,
            "form": form,
            "price_form": PriceForm(),
            "photo_form": PhotoForm(),
            "prices": product.prices.order_by("group", "from_pairs", "-valid_from"),
            "recipe": product.recipes.order_by("version").last(),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def price(request: Request, slug: str) -> HttpResponse:
    _demand(request)
    product = _find(request, slug)
    form = PriceForm(request.POST)
    if form.is_valid():
        PriceRule.objects.create(product=product, **form.cleaned_data)
        messages.success(request, _("The price holds from that day on."))
    else:
        messages.error(request, _("The price was not saved: %s") % " ".join(_errors(form)))
    return redirect("workshop:product", request.workshop.slug, slug)


@require_POST
def photo(request: Request, slug: str, pk: int) -> HttpResponse:
    _demand(request)
    colourway = get_object_or_404(Colourway, product=_find(request, slug), pk=pk)
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        colourway.photo = Upload.keep(form.cleaned_data["photo"], by=request.person)
        colourway.save(update_fields=["photo"])
    else:
        messages.error(request, " ".join(_errors(form)))
    return redirect("workshop:product", request.workshop.slug, slug)


def _find(request: Request, slug: str) -> Product:
    return get_object_or_404(Product.objects.visible_to(request.person).for_page(), slug=slug)


def _demand(request: Request) -> None:
    if not request.person.may("catalog.keep", request.workshop):
        raise NotAllowed("catalog.keep")


def _errors(form: PriceForm | PhotoForm) -> list[str]:
    return [str(error) for errors in form.errors.values() for error in errors]
