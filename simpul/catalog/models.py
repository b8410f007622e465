"""What is made, from what, in which stages and for how much."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, ClassVar, NamedTuple, Self

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models, transaction
from django.db.models import F, Prefetch, ProtectedError, Q, prefetch_related_objects
from django.utils.text import slugify
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from simpul.lib import clock
from simpul.papers.models import Upload
from simpul.parties.models import Party, Person, Workshop, in_this_language
from simpul.workflow.models import Entry
from simpul.workflow.steps import Refused, creation, step

MILLI = 1000  # quantities of material are whole thousandths of the material's unit

# The usual units of material, as workshops write them, in English: of one, and of several.
ENGLISH_UNITS = {
    "pasang": ("pair", "pairs"),
    "kaki": ("sq ft", "sq ft"),
    "lembar": ("sheet", "sheets"),
    "meter": ("metre", "metres"),
    "liter": ("litre", "litres"),
    "biji": ("piece", "pieces"),
    "buah": ("piece", "pieces"),
    "gulung": ("roll", "rolls"),
    "kaleng": ("can", "cans"),
    "botol": ("bottle", "bottles"),
    "lusin": ("dozen", "dozen"),
}
UNITS_OF_WHOLE_ONES = ("pasang", "lembar", "biji", "buah", "pcs", "gulung", "kaleng", "botol")


class Unit(models.IntegerChoices):
    """In what pairs are counted and priced; the value is the number of pairs."""

    PAIR = 1, _("pair")
    DOZEN = 12, _("lusin")
    KODI = 20, _("kodi")
    GROSS = 144, _("gros")


class Group(models.TextChoices):
    WHOLESALE = "wholesale", _("wholesale")
    RETAIL = "retail", _("retail")
    DEALER = (
        "dealer",
        _("dealers, recommended"),
    )  # what a distributor may ask of his; nobody pays it us


@dataclass(frozen=True, slots=True)
class Tier:
    """Whose prices somebody pays: the group, and the pairs bought in 12 months, which may lower them."""

    group: Group
    year_pairs: int = 0

    @classmethod
    def of(cls, buyer: Party) -> Tier:
        """Return what they buy as, welcome or not."""
        is_distributor = buyer.buys_as == Party.BuysAs.DISTRIBUTOR
        return cls(Group.WHOLESALE if is_distributor else Group.RETAIL, buyer.year_pairs)

    def __str__(self) -> str:
        if self.group == Group.WHOLESALE:
            return _now("distributor's price")
        return _now("retail price") if self.group == Group.RETAIL else _now("recommended price")


@dataclass(frozen=True, slots=True)
class Price:
    """So many rupiah for so many pairs (1, or 20 for a price per kodi)."""

    amount: int
    per: int

    def of(self, pairs: int) -> int:
        """Return the price of so many pairs: rounded once, half up, never pair by pair."""
        return (2 * self.amount * pairs + self.per) // (2 * self.per)

    @property
    def unit(self) -> str:
        return str(Unit(self.per).label)


class Category(models.Model):
    workshop = models.ForeignKey(
        Workshop, models.PROTECT, related_name="categories", db_index=False
    )
    slug = models.SlugField(max_length=40)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "slug"], name="category_once_a_workshop")
        ]

    def __str__(self) -> str:
        return in_this_language(self.name, self.name_en)

    @classmethod
    def named(cls, workshop: Workshop, name: str) -> Category:
        """Return the category that people call so, made where it is new."""
        known = cls.objects.filter(workshop=workshop).filter(
            Q(name__iexact=name) | Q(name_en__iexact=name)
        )
        found = known.order_by("pk").first()
        if found is not None:
            return found
        count = cls.objects.filter(workshop=workshop).count()
        return cls.objects.create(
            workshop=workshop,
            slug=free_slug(cls.objects.filter(workshop=workshop), name),
            name=name,
            position=count,
        )


class SizeRun(models.Model):
    """A usual assortment (*seri*): so many pairs of each size in one pack."""

    category = models.ForeignKey(Category, models.CASCADE, related_name="size_runs")
    name = models.CharField(_("name"), max_length=40)
    sizes = models.JSONField()  # {"39": 2, "40": 5, …}

    def __str__(self) -> str:
        return self.name

    @property
    def pairs(self) -> int:
        return sum(self.sizes.values())


class ProductQuerySet(models.QuerySet["Product"]):
    def visible_to(self, person: Person | None) -> Self:
        """Published ones for everybody; staff see the others of their own workshop too."""
        if person is None or not person.is_staff:
            return self.filter(is_published=True)
        return self.filter(workshop_id=person.workshop_id)

    def search(self, words: str) -> Self:
        found = self
        for word in words.split():
            found = found.filter(
                Q(name__icontains=word)
                | Q(name_en__icontains=word)
                | Q(code__icontains=word)
                | Q(story__icontains=word)
                | Q(category__name__icontains=word)
            )
        return found

    def for_list(self) -> Self:
        """Load what a card of the catalogue shows."""
        return self.select_related("category").prefetch_related("colourways__photo", "prices")

    def for_page(self) -> Self:
        """Load what a product's page and the order grid show."""
        return self.for_list().prefetch_related("colourways__variants", "category__size_runs")


class Product(models.Model):
    """A model that the workshop makes."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="products", db_index=False)
    category = models.ForeignKey(Category, models.PROTECT, related_name="products")
    code = models.CharField(_("code"), max_length=20)
    slug = models.SlugField(max_length=60)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    story = models.TextField(_("description"), blank=True)
    story_en = models.TextField(_("description in English"), blank=True)
    base_size = models.PositiveSmallIntegerField(_("size the recipe is written for"), default=41)
    minimum_pairs = models.PositiveSmallIntegerField(_("least pairs for a distributor"), default=1)
    lead_days = models.PositiveSmallIntegerField(_("days to make"), default=14)
    pair_weight = models.PositiveIntegerField(
        _("weight of a pair in its box, in gram"),
        default=0,
        help_text=_("0 if it is not known. A package that nobody weighed is reckoned by it."),
    )
    is_published = models.BooleanField(_("shown in the catalogue"), default=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = ProductQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "code"], name="product_code_once"),
            models.UniqueConstraint(fields=["workshop", "slug"], name="product_slug_once"),
        ]

    def __str__(self) -> str:
        return in_this_language(self.name, self.name_en)

    @classmethod
    @transaction.atomic
    def begin(
        cls,
        workshop: Workshop,
        *,
        code: str,
        colour: str,
        swatch: str,
        sizes: Sequence[str],
        **facts: Any,
    ) -> Product:
        """Add a model in its first colour. It is not shown before somebody says so."""
        known = cls.objects.filter(workshop=workshop)
        made = cls.objects.create(
            workshop=workshop,
            code=code,
            slug=free_slug(known, facts["name"]),
            base_size=int(sizes[len(sizes) // 2]),
            is_published=False,
            position=known.count(),
            **facts,
        )
        Colourway.objects.create(product=made, name=colour, swatch=swatch).offer(sizes)
        return made

    # Steps

    @step("catalog.set_stages")
    def set_stages(self, *, by: Person, stages: Sequence[StageWish]) -> None:
        """Write how the model is made from now on, in this order. Work that runs keeps its stages.

        What is left out and named nowhere is gone; what a recipe or an order names is retired.
        """
        kept = {wish.stage.pk for wish in stages if wish.stage is not None}
        for gone in self.stages.active().exclude(pk__in=kept).order_by("pk"):
            gone.retire()
        self.stages.active().update(position=F("position") + len(stages) + 100)
        for position, wish in enumerate(stages, start=1):
            stage = wish.stage or Stage(product=self)
            stage.position = position
            stage.name, stage.name_en = wish.name, wish.name_en
            stage.piece_rate, stage.minutes = wish.piece_rate, wish.minutes
            stage.save()

    # Questions

    @property
    def recipe(self) -> Recipe | None:
        """The recipe in force, if there is one."""
        return self.recipes.order_by("version").last()

    @property
    def sizes(self) -> list[str]:
        """Every size that is made in some colour; reads `colourways` as prefetched."""
        found = {
            variant.size
            for colourway in self.colourways.all()
            for variant in colourway.variants.all()
            if variant.is_offered
        }
        return sorted(found, key=int)

    def price_for(
        self, group: Group | str, pairs: int, day: date, year_pairs: int = 0
    ) -> Price | None:
        """Return what the list says for so many pairs on that day; None means "please quote".

        Of the rules that fit, the one for the largest quantity holds, then the latest. Rules for
        whoever bought `year_pairs` in 12 months are asked besides: the lowest price is theirs, so
        that nobody pays more for having bought more. Reads `prices` as prefetched.
        """
        fitting = [
            rule
            for rule in self.prices.all()
            if rule.group == group
            and rule.from_pairs <= pairs
            and rule.year_pairs <= year_pairs
            and rule.holds_on(day)
        ]
        fitting.sort(key=lambda rule: (rule.from_pairs, rule.valid_from, rule.pk))
        holding = {rule.year_pairs: rule for rule in fitting}  # the last one of each
        if not holding:
            return None
        rule = min(holding.values(), key=lambda rule: Fraction(rule.amount, rule.per))
        return Price(rule.amount, rule.per)

    def price_in(self, tier: Tier, pairs: int, day: date) -> Price | None:
        return self.price_for(tier.group, pairs, day, tier.year_pairs)

    def price_to(self, buyer: Party, pairs: int, day: date) -> Price | None:
        """Return the buyer's price; a distributor who is not welcome yet has to ask."""
        if buyer.buys_as == Party.BuysAs.DISTRIBUTOR and not buyer.is_welcome:
            return None
        return self.price_in(Tier.of(buyer), pairs, day)

    @property
    def story_here(self) -> str:
        return in_this_language(self.story, self.story_en)


class Colourway(models.Model):
    """A product in one colour, with its picture."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="colourways")
    name = models.CharField(_("colour"), max_length=40)
    name_en = models.CharField(_("colour in English"), max_length=40, blank=True)
    swatch = models.CharField(_("colour value"), max_length=7, default="#8a5a34")
    drawing = models.CharField(
        max_length=40, blank=True
    )  # a drawing of ours, until there is a photo
    photo = models.ForeignKey(Upload, models.PROTECT, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return in_this_language(self.name, self.name_en)

    @classmethod
    def labels(cls, workshop: Workshop, names: Collection[str]) -> dict[str, str]:
        """Name colours as the reader speaks, where the catalogue of a workshop knows the word."""
        looks = cls.objects.filter(product__workshop=workshop, name__in=names).exclude(name_en="")
        known = dict(looks.order_by("-pk").values_list("name", "name_en"))  # the first of each
        return {name: in_this_language(name, known.get(name, "")) for name in names}

    @property
    def size_span(self) -> str:
        """The sizes that are made, short; reads `variants` as prefetched."""
        return write_sizes([one.size for one in self.variants.all() if one.is_offered])

    def offer(self, sizes: Iterable[str]) -> None:
        """Make it in exactly these sizes from now on; what was ordered before stays."""
        wanted = list(sizes)
        self.variants.exclude(size__in=wanted).update(is_offered=False)
        self.variants.filter(size__in=wanted).update(is_offered=True)
        known = set(self.variants.values_list("size", flat=True))
        Variant.objects.bulk_create(
            Variant(colourway=self, size=size) for size in wanted if size not in known
        )


class Variant(models.Model):
    """What lies on a shelf: one model in one colour and one size."""

    colourway = models.ForeignKey(
        Colourway, models.PROTECT, related_name="variants", db_index=False
    )
    size = models.CharField(_("size"), max_length=6)
    is_offered = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["colourway", "size"], name="variant_size_once")
        ]

    def __str__(self) -> str:
        return f"{self.colourway.product.code} {self.colourway} {self.size}"

    @property
    def foot_mm(self) -> int:
        """Return the length of the foot it fits: Paris points of 6.67 mm, less 15 mm of room."""
        return round(int(self.size) * 20 / 3) - 15


class PriceRule(models.Model):
    """A line of the price list."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="prices")
    group = models.CharField(_("for"), max_length=10, choices=Group)
    from_pairs = models.PositiveIntegerField(_("from pairs"), default=1)
    year_pairs = models.PositiveIntegerField(default=0)  # for whoever bought as many in 12 months
    amount = models.PositiveBigIntegerField(_("rupiah"))
    per = models.PositiveSmallIntegerField(_("for each"), choices=Unit, default=Unit.PAIR)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="price_above_zero"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="price_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount}/{self.per}"

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class MaterialQuerySet(models.QuerySet["Material"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(workshop_id=person.workshop_id) if person.is_staff else self.none()

    def search(self, words: str) -> Self:
        found = self
        for word in words.split():
            found = found.filter(
                Q(code__icontains=word) | Q(name__icontains=word) | Q(name_en__icontains=word)
            )
        return found


class Material(models.Model):
    """What shoes are made from. Soles are bought by size: `is_by_size`."""

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="materials", db_index=False)
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    unit = models.CharField(_("unit"), max_length=12)  # kaki, meter, lembar, pasang, biji, kg, …
    is_by_size = models.BooleanField(_("bought by size"), default=False)
    price = models.PositiveBigIntegerField(_("usual price of a unit"), default=0)

    objects = MaterialQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "code"], name="material_code_once")
        ]

    def __str__(self) -> str:
        return in_this_language(self.name, self.name_en)

    @property
    def unit_here(self) -> str:
        """One of its units in the reader's language, as far as the unit is a usual one."""
        return self.unit_of(MILLI)

    def unit_of(self, quantity: int = 0) -> str:
        """The word behind so many thousandths; without a quantity that of several."""
        one, several = ENGLISH_UNITS.get(self.unit.strip().lower(), (self.unit, self.unit))
        return in_this_language(self.unit, one if quantity == MILLI else several)

    @property
    def is_bought_whole(self) -> bool:
        """Whether nobody sells a part of a unit of it, as of soles and buckles."""
        return self.is_by_size or self.unit.strip().lower() in UNITS_OF_WHOLE_ONES

    def can_stand_in_for(self, other: Material) -> bool:
        """Tell whether so much of it can be counted instead of as much of the other."""
        return (
            self.pk != other.pk
            and self.unit.strip().lower() == other.unit.strip().lower()
            and self.is_by_size == other.is_by_size
        )

    def size_problem(self, size: str) -> str:
        """Return what is wrong with counting it in this size (empty: in none), or nothing."""
        if self.is_by_size == bool(size):
            return ""
        return _now("Say which size.") if self.is_by_size else _now("This material has no sizes.")

    @property
    def is_used(self) -> bool:
        """Tell whether a recipe, the stock, an order or a price counts in its unit already."""
        pointing = self._meta.get_fields(include_hidden=True)
        return any(
            one.related_model._default_manager.filter(**{one.field.name: self}).exists()
            for one in pointing
            if isinstance(one, models.ManyToOneRel)
        )


class StageQuerySet(models.QuerySet["Stage"]):
    def active(self) -> Self:
        return self.filter(is_active=True)


class Stage(models.Model):
    """A stage of the work on one product, in order, with what a pair of it pays."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="stages")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=40, blank=True)
    piece_rate = models.PositiveIntegerField(_("rupiah a pair"), default=0)
    minutes = models.PositiveSmallIntegerField(_("minutes a pair"), default=0)  # 0: not known
    is_active = models.BooleanField(default=True, editable=False)

    objects = StageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "position"],
                condition=Q(is_active=True),
                name="stage_place_once",
            )
        ]

    def __str__(self) -> str:
        return in_this_language(self.name, self.name_en)

    def retire(self) -> None:
        """Take it out of the work to come."""
        try:
            with transaction.atomic():
                self.delete()
        except ProtectedError:
            self.is_active = False
            self.save(update_fields=["is_active"])


@dataclass(frozen=True, slots=True)
class StageWish:
    """A stage as somebody wants it: one that is there already, or a new one."""

    name: str
    name_en: str = ""
    piece_rate: int = 0
    minutes: int = 0
    stage: Stage | None = None


class Unchanged(Refused):
    """The recipe that was written is the one in force."""


class Choice(NamedTuple):
    """A material that a line of a recipe can be made of, and how many thousandths of it do as well
    as a whole unit of the line's own."""

    material: Material
    permille: int = MILLI

    def instead_of(self, other: Choice, quantity: int) -> int:
        """Return how much of it stands for so much of the other, to the nearest thousandth, and at
        least one for anything at all.

        There and back is the same again where no less of it is needed than of the other.
        """
        nearest = (2 * quantity * self.permille + other.permille) // (2 * other.permille)
        return max(nearest, min(quantity, 1))


@dataclass(frozen=True, slots=True)
class RecipeWish:
    """A line of a recipe, as somebody writes it. Without a colour it holds for all of them.

    What may be taken instead stands in the order in which it is preferred.
    """

    material: Material
    quantity: int
    colourway: Colourway | None = None
    stage: Stage | None = None
    waste_percent: int = 0
    size_step_permille: int = 0
    alternatives: tuple[Choice, ...] = ()

    @property
    def facts(self) -> tuple[object, ...]:
        """What it says, in the order of `RecipeLine.facts`."""
        rows = (self.material, self.colourway, self.stage)
        keys = (row.pk if row is not None else None for row in rows)
        others = tuple((one.material.pk, one.permille) for one in self.alternatives)
        return (*keys, self.quantity, self.waste_percent, self.size_step_permille, others)


class RecipeQuerySet(models.QuerySet["Recipe"]):
    def for_needs(self) -> Self:
        """Load what `explode` reads."""
        return self.select_related("product").prefetch_related(_with_lines())


class Recipe(models.Model):
    """What goes into a pair, in one version; the highest version is the one in force.

    An order that was confirmed keeps what it needed by the version of that day.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="recipes", db_index=False)
    version = models.PositiveSmallIntegerField(default=1)
    written_at = models.DateTimeField(default=clock.now, editable=False)

    journal = GenericRelation(Entry, "subject_id", "subject_type")

    objects = RecipeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "version"], name="recipe_version_once")
        ]
        get_latest_by: ClassVar[list[str]] = ["version"]

    def __str__(self) -> str:
        return f"{self.product.code} v{self.version}"

    # Steps

    @classmethod
    @creation("catalog.write_recipe")
    def write(cls, *, by: Person, product: Product, lines: Sequence[RecipeWish]) -> Recipe:
        """Write the next version, which holds for what is confirmed from now on.

        Raises Unchanged where it says what the one in force says.
        """
        Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
        before = product.recipe
        if before is not None and before.says() == Counter(line.facts for line in lines):
            raise Unchanged(_now("Nothing has changed: the recipe stays as it is."))
        made = cls.objects.create(
            product=product, version=before.version + 1 if before is not None else 1
        )
        written = RecipeLine.objects.bulk_create(
            RecipeLine(
                recipe=made,
                material=line.material,
                colourway=line.colourway,
                stage=line.stage,
                quantity=line.quantity,
                waste_percent=line.waste_percent,
                size_step_permille=line.size_step_permille,
            )
            for line in lines
        )
        Alternative.objects.bulk_create(
            Alternative(line=row, position=position, material=material, permille=permille)
            for row, line in zip(written, lines, strict=True)
            for position, (material, permille) in enumerate(line.alternatives, start=1)
        )
        return made

    # Questions

    @property
    def workshop_id(self) -> int:
        return self.product.workshop_id

    def in_order(self) -> models.QuerySet[RecipeLine]:
        """Return its lines with what they name, as the work needs them."""
        named = self.lines.with_choices().select_related("colourway", "stage")
        return named.order_by("stage__position", "pk")

    def says(self) -> Counter[tuple[object, ...]]:
        """Return what its lines say, in no order."""
        return Counter(line.facts for line in self.lines.with_choices())

    def explode(self, colourway: Colourway, sizes: dict[str, int]) -> list[Need]:
        """Return what so many pairs of each size need, rounded up once for each material and size.

        Of a line: net quantity x (1 + step x sizes away from the base size) / (1 - waste).
        """
        totals: dict[tuple[int, str], list[int]] = {}
        rows: dict[int, RecipeLine] = {}
        prefetch_related_objects([self], "product", _with_lines())
        for line in self.lines.all():
            if line.colourway_id not in (None, colourway.pk):
                continue
            rows[line.pk] = line
            for size, pairs in sizes.items():
                shelf = size if line.material.is_by_size else ""
                steps = int(size) - self.product.base_size
                permille = 1000 + line.size_step_permille * steps
                totals.setdefault((line.pk, shelf), []).append(pairs * line.quantity * permille)
        return [
            Need(
                rows[pk],
                rows[pk].material,
                shelf,
                rows[pk].stage,
                _ceil(sum(parts), 10 * (100 - rows[pk].waste_percent)),
            )
            for (pk, shelf), parts in totals.items()
            if sum(parts)
        ]


@dataclass(frozen=True, slots=True)
class Need:
    """So many thousandths of a material (of a size) for one stage of the work, by one line."""

    line: RecipeLine
    material: Material
    size: str
    stage: Stage | None
    quantity: int


class RecipeLineQuerySet(models.QuerySet["RecipeLine"]):
    def with_choices(self) -> Self:
        """Load what `choices` reads."""
        return self.select_related("material").prefetch_related("alternatives__material")


class RecipeLine(models.Model):
    recipe = models.ForeignKey(Recipe, models.CASCADE, related_name="lines")
    material = models.ForeignKey(Material, models.PROTECT, related_name="+")
    colourway = models.ForeignKey(
        Colourway, models.PROTECT, null=True, blank=True, related_name="+"
    )
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="+")
    quantity = models.PositiveIntegerField(_("net, thousandths of the unit a pair"))
    waste_percent = models.PositiveSmallIntegerField(_("waste, percent of the gross"), default=0)
    size_step_permille = models.PositiveSmallIntegerField(_("more for each size, ‰"), default=0)

    objects = RecipeLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & Q(waste_percent__lt=100),
                name="recipe_line_makes_sense",
            )
        ]

    def __str__(self) -> str:
        return f"{self.material.code} {self.quantity}"

    @property
    def gross(self) -> int:
        """What a pair in the base size takes, with its waste: thousandths, rounded up."""
        return _ceil(self.quantity * 100, 100 - self.waste_percent)

    @property
    def choices(self) -> list[Choice]:
        """What it can be made of, its own material first; reads `alternatives` as prefetched."""
        others = sorted(self.alternatives.all(), key=lambda one: one.position)
        return [Choice(self.material), *(Choice(one.material, one.permille) for one in others)]

    @property
    def facts(self) -> tuple[object, ...]:
        """What it says; reads `alternatives` as prefetched."""
        keys = self.material_id, self.colourway_id, self.stage_id
        others = tuple((one.material.pk, one.permille) for one in self.choices[1:])
        return (*keys, self.quantity, self.waste_percent, self.size_step_permille, others)


class Alternative(models.Model):
    """What does as well where the material of a line cannot be had; counted in the same unit."""

    line = models.ForeignKey(
        RecipeLine, models.CASCADE, related_name="alternatives", db_index=False
    )
    position = models.PositiveSmallIntegerField()  # the first is preferred
    material = models.ForeignKey(Material, models.PROTECT, related_name="+")
    permille = models.PositiveSmallIntegerField(default=MILLI)  # of it, for each of the line's own

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "material"], name="alternative_once_a_line"),
            models.CheckConstraint(condition=Q(permille__gt=0), name="alternative_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.material.code} {self.permille}‰"


def _with_lines() -> Prefetch[str]:
    """Load a recipe's lines with what they name."""
    lines = RecipeLine.objects.select_related("material", "stage")
    return Prefetch("lines", lines.prefetch_related("alternatives__material"))


def write_sizes(sizes: list[str]) -> str:
    """Write sizes short: neighbours as from and to."""
    runs: list[list[int]] = []
    for size in sorted(map(int, sizes)):
        if runs and size == runs[-1][-1] + 1:
            runs[-1].append(size)
        else:
            runs.append([size])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def free_slug(rows: models.QuerySet[Any], words: str) -> str:
    """Return an address made of these words that none of the rows has."""
    base = slugify(words)[:35] or "model"
    taken = {"new", *rows.filter(slug__startswith=base).values_list("slug", flat=True)}
    if base not in taken:
        return base
    return next(f"{base}-{n}" for n in itertools.count(2) if f"{base}-{n}" not in taken)


def _ceil(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
