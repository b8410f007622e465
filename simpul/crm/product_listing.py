"""What becomes of a list of models that was handed in: verdicts, what is written down, and the way back.

A row is one colour of one model. A price is never overwritten: one that differs becomes a new line of
the price list, from its day on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Max, Prefetch
from django.utils.translation import gettext as _

from simpul.catalog.models import (
    Category,
    Colourway,
    Group,
    PriceRule,
    Product,
    ProductQuerySet,
    Variant,
)
from simpul.crm.headings import Unreadable
from simpul.crm.listed_products import FIELDS, Look, in_words, look_in, price_in_words
from simpul.crm.used import pointing, why
from simpul.lib import clock
from simpul.orders.models import RevisionLine
from simpul.parties.models import Workshop

if TYPE_CHECKING:
    from simpul.crm.models.listing import ListImport, ListRow

_OF_THE_MODEL = ("name", "name_en", "category", "lead_days", "minimum_pairs", "is_published")
_OF_THE_COLOUR = ("colour_en", "sizes")
_NEEDED = ("name", "category")  # of a model that is new
_SWATCH = "#8a5a34"
_OWN = {Colourway, Variant, PriceRule}  # what belongs to a model from its first moment


class Shelf:
    """The models of a workshop by their codes, each with its colours and prices: three questions.

    A model is there in the state in which the rows before have left it.
    """

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.products = {
            product.code.upper(): product
            for product in _read(Product.objects.filter(workshop=workshop)).order_by("pk")
        }
        self.colours: dict[tuple[int, str], Colourway] = {}
        self.codes: dict[str, str] = {}  # name -> code
        for product in self.products.values():
            self.codes.setdefault(product.name.casefold(), product.code)
            for colourway in product.colourways.all():
                self.keep(colourway)

    def keep(self, colourway: Colourway) -> None:
        self.colours[colourway.product_id, colourway.name.casefold()] = colourway
        if colourway.name_en:
            self.colours.setdefault((colourway.product_id, colourway.name_en.casefold()), colourway)

    def colour(self, product: Product, look: Look) -> Colourway | None:
        """Return the colour that a row is of; without a word for it the first one."""
        if look.colour:
            return self.colours.get((product.pk, look.colour.casefold()))
        return next(iter(product.colourways.all()), None)


def judge(made: ListImport, rows: Sequence[ListRow]) -> None:
    """Give each row its verdict; nothing is saved."""
    shelf = Shelf(made.workshop)
    first_at: dict[tuple[str, str], int] = {}
    said: dict[str, tuple[int, Look]] = {}  # what the first row of each model tells
    for row in rows:
        row.verdict, row.why, row.known_id = row.Verdict.NEW, "", None
        if (look := read(row, made)) is None:
            continue
        line, first = said.setdefault(look.code, (row.line, look))
        if other := first_at.get((look.code, look.colour.casefold())):
            row.verdict = row.Verdict.KNOWN
            row.why = _("Same model and colour as line %(line)s") % {"line": other}
            continue
        first_at[look.code, look.colour.casefold()] = row.line
        if (column := _contradiction(first, look)) is not None:
            _refuse(
                row, _("Line %(line)s says something else of this model: %(column)s."), line, column
            )
            continue
        product = shelf.products.get(look.code)
        is_first = line == row.line
        if product is None:
            _judge_new(row, look, first, shelf, is_first=is_first)
        else:
            _judge_known(row, look if is_first else _more(look, first), product, shelf)
        if is_first and row.verdict == row.Verdict.UNREADABLE:
            del said[look.code]  # it is not taken: the next one speaks for the model


def read(row: ListRow, made: ListImport) -> Look | None:
    """Return what a row says; nothing where it cannot be read, which then is its verdict."""
    try:
        return look_in(row.cells, made.mapping)
    except Unreadable as reason:
        row.verdict, row.why = row.Verdict.UNREADABLE, str(reason)[:300]
        return None


def take(made: ListImport, rows: Sequence[ListRow]) -> None:
    """Write down what the rows say, as far as it still differs, and in each how to take it back."""
    shelf = Shelf(made.workshop)
    for row in rows:
        if (look := read(row, made)) is None:
            continue
        product = shelf.products.get(look.code)
        if product is None and _lacking(look, look):
            _refuse(row, _("The row that says more of this model was not taken."))
            continue
        if product is not None and _lacks_sizes(look, shelf.colour(product, look)):
            _refuse(row, _("A new colour needs its sizes."))  # it was another's name until now
            continue
        _write(row, look, product, shelf)


def take_back(rows: Sequence[ListRow]) -> None:
    """Take back what nobody has used or changed since; a row whose colour stays says why."""
    stays = _used(rows)
    for row in sorted(rows, key=lambda row: -row.line):
        colourway = row.colourway
        if colourway is None:
            continue
        reason = stays.get(row.pk) or _changed_since(row, colourway)
        if reason:
            row.why = reason[:300]
            continue
        row.colourway = None
        _restore(row.undoing, colourway)


# The verdict


def _contradiction(first: Look, look: Look) -> str | None:
    """Return the column in which two rows say two things of one model."""
    for field in _OF_THE_MODEL:
        if field in look.facts and look.facts[field] != first.facts.get(field, look.facts[field]):
            return str(FIELDS[field])
    for group, price in look.prices.items():
        if price != first.prices.get(group, price):
            return str(FIELDS[group.value])
    return None


def _more(look: Look, first: Look) -> Look:
    """Return what a row says that the first one of its model has not said already."""
    facts = {
        field: value
        for field, value in look.facts.items()
        if field not in _OF_THE_MODEL or field not in first.facts
    }
    prices = {group: price for group, price in look.prices.items() if group not in first.prices}
    return replace(look, facts=facts, prices=prices)


def _judge_new(row: ListRow, look: Look, first: Look, shelf: Shelf, *, is_first: bool) -> None:
    lacking = _lacking(look, first)
    alike = shelf.codes.get(str(first.facts.get("name", "")).casefold())
    if lacking:
        columns = ", ".join(str(FIELDS[field]) for field in lacking)
        _refuse(row, _("A new model needs more: %(column)s."), 0, columns)
    elif alike:
        row.verdict = row.Verdict.PROBABLE
        row.why = _("%(code)s has the same name.") % {"code": alike}
    elif not is_first:
        row.why = _("Another colour of the new model.")


def _lacking(look: Look, first: Look) -> list[str]:
    """Return what a model that is new cannot be without, `first` being the row that opens it."""
    lacking = [field for field in _NEEDED if field not in first.facts]
    lacking += ["colour"] if not look.colour else []
    return lacking + (["sizes"] if "sizes" not in look.facts else [])


def _judge_known(row: ListRow, look: Look, product: Product, shelf: Shelf) -> None:
    colourway = shelf.colour(product, look)
    if colourway is None or (not look.colour and _names_a_colour(look, product)):
        if not look.colour:
            _refuse(row, _("Say which colour."))
        elif _lacks_sizes(look, colourway):
            _refuse(row, _("A new colour needs its sizes."))
        else:
            row.why = _("A new colour of %(model)s") % {"model": product}
        return
    changes = [
        f"{FIELDS[field]}: {in_words(field, before) or '–'} → {in_words(field, after)}"
        for field, (before, after) in _changes(look, colourway, product).items()
    ]
    changes += [
        f"{FIELDS[group.value]}: {price_in_words(_price_now(product, group))}"
        f" → {price_in_words(price)}"
        for group, price in _new_prices(look, product).items()
    ]
    row.verdict = row.Verdict.CHANGE if changes else row.Verdict.KNOWN
    row.why = ("; ".join(changes) or _("It is so already."))[:300]


def _lacks_sizes(look: Look, colourway: Colourway | None) -> bool:
    """Tell whether a row is of a colour that is new, and says no sizes of it."""
    return colourway is None and "sizes" not in look.facts


def _names_a_colour(look: Look, product: Product) -> bool:
    """Tell whether a row without a colour says something that only a colour has."""
    has_more = len(product.colourways.all()) > 1
    return has_more and any(field in look.facts for field in _OF_THE_COLOUR)


def _refuse(row: ListRow, text: str, line: int = 0, column: str = "") -> None:
    row.verdict = row.Verdict.UNREADABLE
    row.why = (text % {"line": line, "column": column})[:300]


# What is there, and what the row wants


def _facts(colourway: Colourway, product: Product) -> dict[str, Any]:
    return {field: getattr(product, field) for field in _OF_THE_MODEL} | {
        "category": product.category.name,
        "colour_en": colourway.name_en,
        "sizes": _sizes(colourway),
    }


def _sizes(colourway: Colourway) -> list[str]:
    found = (variant.size for variant in colourway.variants.all() if variant.is_offered)
    return sorted(found, key=int)


def _changes(look: Look, colourway: Colourway, product: Product) -> dict[str, tuple[Any, Any]]:
    """Return field -> before and after of what the row says otherwise."""
    now = _facts(colourway, product)
    names = {product.category.name.casefold(), product.category.name_en.casefold()}
    return {
        field: (now[field], after)
        for field, after in look.facts.items()
        if now[field] != after and not (field == "category" and after.casefold() in names)
    }


def _price_now(product: Product, group: Group) -> Any:
    return product.price_for(group, 1, clock.today())


def _new_prices(look: Look, product: Product) -> dict[Group, Any]:
    """Return the prices that the list would change: those that will not hold on their day anyway."""
    return {
        group: price
        for group, price in look.prices.items()
        if product.price_for(group, 1, look.prices_from) != price
    }


# Writing down, and taking back


def _read(products: ProductQuerySet) -> ProductQuerySet:
    """Load models, each with its colours in the order of the catalogue."""
    colours = Prefetch("colourways", Colourway.objects.order_by("position", "pk"))
    return products.prefetch_related(colours).for_page()


def _write(row: ListRow, look: Look, product: Product | None, shelf: Shelf) -> None:
    undoing: dict[str, Any] = {"at": clock.now().isoformat(), "before": {}, "after": {}}
    if product is None:
        product, colourway = _begin(look, shelf, undoing)
    elif (found := shelf.colour(product, look)) is not None:
        colourway = found
        _change(look, colourway, product, undoing, shelf.workshop)
    else:
        colourway = _add_colour(look, product, shelf, undoing)
    rules = [
        PriceRule(
            product=product,
            group=group,
            amount=price.amount,
            per=price.per,
            valid_from=look.prices_from,
        )
        for group, price in _new_prices(look, product).items()
    ]
    PriceRule.objects.bulk_create(rules)
    undoing["prices"] = [rule.pk for rule in rules]
    if rules or undoing["before"] or undoing.get("is_new"):
        row.colourway, row.undoing = colourway, undoing
        _renew(product, shelf)
        shelved = shelf.products[product.code.upper()]
        after = _facts(shelf.colours[shelved.pk, colourway.name.casefold()], shelved)
        kept = {
            *undoing["before"],
            *(_OF_THE_COLOUR if undoing.get("is_new") else ()),
            *(_OF_THE_MODEL if "product" in undoing else ()),
        }
        undoing["after"] = {field: value for field, value in after.items() if field in kept}
    else:
        row.verdict, row.why = row.Verdict.KNOWN, _("Came in by another way meanwhile.")


def _renew(product: Product, shelf: Shelf) -> None:
    """Read a model again, as it stands now."""
    again = _read(Product.objects.all()).get(pk=product.pk)
    shelf.products[again.code.upper()] = again
    for colourway in again.colourways.all():
        shelf.keep(colourway)


def _begin(look: Look, shelf: Shelf, undoing: dict[str, Any]) -> tuple[Product, Colourway]:
    facts = dict(look.facts)
    sizes, colour_en = facts.pop("sizes"), facts.pop("colour_en", "")
    is_published = facts.pop("is_published", False)
    facts["category"] = _category(facts["category"], shelf.workshop, undoing)
    product = Product.begin(
        shelf.workshop, code=look.code, colour=look.colour, swatch=_SWATCH, sizes=sizes, **facts
    )
    if is_published:
        product.is_published = True
        product.save(update_fields=["is_published"])
    colourway = product.colourways.get()
    if colour_en:
        colourway.name_en = colour_en
        colourway.save(update_fields=["name_en"])
    undoing |= {"is_new": True, "product": product.pk}
    return product, colourway


def _add_colour(look: Look, product: Product, shelf: Shelf, undoing: dict[str, Any]) -> Colourway:
    colourway = Colourway.objects.create(
        product=product,
        name=look.colour,
        name_en=look.facts.get("colour_en", ""),
        swatch=_SWATCH,
        position=len(product.colourways.all()),
    )
    colourway.offer(look.facts["sizes"])
    _renew(product, shelf)
    undoing["is_new"] = True
    # what else the row says of the model
    fresh = shelf.products[look.code]
    _change(look, shelf.colours[fresh.pk, look.colour.casefold()], fresh, undoing, shelf.workshop)
    return colourway


def _change(
    look: Look,
    colourway: Colourway,
    product: Product,
    undoing: dict[str, Any],
    workshop: Workshop,
) -> None:
    changes = _changes(look, colourway, product)
    undoing["before"] = {field: before for field, (before, _after) in changes.items()}
    wanted = {field: after for field, (_before, after) in changes.items()}
    _set(wanted, colourway, product, workshop, undoing)


def _set(
    wanted: Mapping[str, Any],
    colourway: Colourway,
    product: Product,
    workshop: Workshop,
    undoing: dict[str, Any],
) -> None:
    for field, value in wanted.items():
        if field == "sizes":
            colourway.offer(value)
        elif field == "colour_en":
            colourway.name_en = value
            colourway.save(update_fields=["name_en"])
        else:
            is_category = field == "category"
            setattr(product, field, _category(value, workshop, undoing) if is_category else value)
            product.save(update_fields=[field])


def _category(name: str, workshop: Workshop, undoing: dict[str, Any]) -> Category:
    before = Category.objects.filter(workshop=workshop).count()
    category = Category.named(workshop, name)
    if Category.objects.filter(workshop=workshop).count() > before:
        undoing["category"] = category.pk
    return category


def _restore(undoing: dict[str, Any], colourway: Colourway) -> None:
    product = Product.objects.get(pk=colourway.product_id)
    PriceRule.objects.filter(pk__in=undoing["prices"]).delete()
    before = undoing["before"]
    _set(before, colourway, product, product.workshop, {})
    if undoing.get("is_new"):
        colourway.variants.all().delete()
        colourway.delete()
        if not product.colourways.exists():
            product.delete()
    if "category" in undoing:
        empty = Category.objects.filter(pk=undoing["category"], products=None, size_runs=None)
        empty.delete()


def _used(rows: Iterable[ListRow]) -> dict[int, str]:
    """Return of the rows that somebody has gone on with, by their keys, why: a sentence."""
    mine = [(row, row.colourway) for row in rows if row.colourway is not None]
    made = {one.pk for row, one in mine if row.undoing.get("is_new")}
    models = {one.product_id for row, one in mine if row.undoing.get("product")}
    of_models = _reasons(Product, models)
    of_colours = _reasons(Colourway, made)
    variants = dict(Variant.objects.filter(colourway__in=made).values_list("pk", "colourway_id"))
    for variant, reason in _reasons(Variant, variants).items():
        of_colours.setdefault(variants[variant], reason)
    ours = {rule for row, _one in mine for rule in row.undoing["prices"]}
    others = PriceRule.objects.filter(product__in=models).exclude(pk__in=ours)
    for product in others.values_list("product_id", flat=True):
        of_models.setdefault(product, _("It has another price by now."))
    later = Colourway.objects.filter(product__in=models).exclude(pk__in=made)
    for product in later.values_list("product_id", flat=True):
        of_models.setdefault(product, _("It has another colour by now."))
    ordered = _last_ordered({one.product_id for row, one in mine if row.undoing["prices"]})
    found: dict[int, str] = {}
    for row, one in mine:
        is_new = row.undoing.get("is_new")
        used = of_models.get(one.product_id) or of_colours.get(one.pk) or ""
        reason = used if is_new else ""
        at = ordered.get(one.product_id)
        if not reason and row.undoing["prices"] and at and at >= _at(row):
            reason = _("It was ordered at this price.")
        if reason:
            found[row.pk] = reason
    return found


def _reasons(model: type[Any], keys: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for where, key in pointing(model, list(keys), own=_OWN):
        found.setdefault(key, why(where))
    return found


def _last_ordered(products: Collection[int]) -> dict[int, datetime]:
    lines = RevisionLine.objects.filter(line__colourway__product__in=products).order_by()
    by_product = lines.values_list("line__colourway__product")
    return dict(by_product.annotate(last=Max("revision__at")))


def _at(row: ListRow) -> datetime:
    return datetime.fromisoformat(row.undoing["at"])


def _changed_since(row: ListRow, colourway: Colourway) -> str:
    """Tell what somebody has changed since, or nothing. What was new has no photo and no words."""
    product = Product.objects.select_related("category").get(pk=colourway.product_id)
    now = _facts(colourway, product)
    for field, after in row.undoing["after"].items():
        if now[field] != after:
            return _("It was changed since: %(column)s.") % {"column": FIELDS[field]}
    if row.undoing.get("is_new") and colourway.photo_id:
        return _("It has a photo by now.")
    if row.undoing.get("product") and (product.story or product.story_en):
        return _("It has words of its own by now.")
    return ""
