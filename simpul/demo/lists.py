"""Lists from elsewhere: the cards from a fair, imported, and the price list of the season, to be looked at."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from simpul.crm import listing
from simpul.crm.models import ListImport
from simpul.crm.tables import read_table

if TYPE_CHECKING:
    from simpul.demo.history import Story

FAIR = """Nama toko,Pemilik,No. HP,Kota
Toko Contoh Langkah,Bu Yanti,0812-0000-7101,Depok
UD Contoh Tapak,Pak Rohman,0812-0000-7102,Cibinong
Toko Contoh Anggrek,Bu Lina,6.28120E+11,Bogor
Galeri Contoh Nusa,,0812-0000-7104,Bandung
"""
SEASON = """Kode,Model,Kategori,Warna,Ukuran,Grosir,Eceran,Hari pembuatan
{code},,,,,{price},,
SND-20,Sandal Rinjani,Pria,Hitam,39-43,135.000,189.000,10
SND-20,,,Cokelat,39-43,,,
SND-21,Sandal Semeru,Pria,Hitam,besar,140.000,,
"""


def plan(story: Story) -> None:
    for days, happens in ((20, _fair), (1, _season)):
        moment = (story.now - timedelta(days=days)).replace(hour=11, minute=5)
        story.at(moment, partial(happens, story))


def _fair(story: Story) -> None:
    made = _read(story, "kartu-nama-pameran.csv", FAIR, ListImport.Of.DISTRIBUTOR)
    made.begin(by=story.cast.staff["sari"])
    listing.run(made)


def _season(story: Story) -> None:
    """Nobody has said yet that it is to be imported."""
    first = story.cast.workshop.products.order_by("position", "pk")[0]
    text = SEASON.format(code=first.code, price="329.000")
    _read(story, "daftar-harga-musim-ini.csv", text, ListImport.Of.PRODUCT)


def _read(story: Story, name: str, text: str, of: str) -> ListImport:
    table = read_table(text.encode())
    made = ListImport.read(by=story.cast.staff["sari"], table=table, name=name, of=of)
    listing.judge(made)
    return made
