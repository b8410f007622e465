import random

import pytest

from simpul.lib.alike import Card, Likeness, pairs_of

# A small book of customers, invented: rows with the same letter are one business or household.
BOOK = """
A | Toko Surya Jaya | Dewi Lestari | Jl. Raya Ciomas No. 12, Bogor | 0811
A | CV. Soerja Djaja | Ibu Dewi | Jalan Raya Tjiomas 12, Bgr |
B | UD Sumber Rejeki | H. Achmad Sjarif | Kp. Sawah RT 03/RW 05, Kec. Dramaga | 0812
B | Sumberrejeki | Bpk. Akhmad Syarif | Kampung Sawah Rt.3 Rw.05 Dramaga |
C | Toko Sepatu Cemerlang | Rudi Hartono | Jl. Otto Iskandardinata 44, Bandung | 0813
C | Cemerlang Sepatu, Tk. | Rudy | Jln. Oto Iskandardinata No 44 Bandung |
D | Moch. Taufiq | Moch. Taufiq | Gg. Melati 7, Cirebon |
D | Muhammad Taufik | Muhammad Taufik | Gang Melati No.7 Cirebon |
E | PT Langkah Sentosa Abadi | Yuliana | Jl. Asia Afrika 101, Bandung | 0814
E | Langkah Sentosa | Yuliana Wijaya | Asia Afrika 101 Bandung |
F | Toko Bintang Timur | Slamet | Pasar Anyar Blok B 3, Bogor |
F | Tk Bintang Timoer | Pak Slamet | Psr. Anyar Blk. B/3 Bogor |
G | Ny. Tjitra Kirana | Tjitra Kirana | Jl. Pahlawan 9, Solo | 0815
G | Ibu Citra | Citra Kirana | | 0815
H | Gudang Sandal Nusantara | Wahyu | Jl. Soekarno Hatta 300, Malang |
H | Nusantara Gudang Sendal | Wahyu | Jl Sukarno-Hatta No. 300 Malang |
I | Toko Surya Jaya | Bambang | Jl. Gajah Mada 80, Medan | 0816
J | Toko Jaya Makmur | Anton | Jl. Raya Ciomas No. 88, Bogor | 0817
K | Toko Makmur Jaya Abadi | Lilis | Jl. Veteran 5, Garut | 0818
L | Sumber Makmur | Hj. Nurhayati | Kp. Sawah RT 01/RW 02, Kec. Ciawi | 0819
M | Dewi Lestari Butik | Dewi Lestari | Jl. Malioboro 20, Yogyakarta | 0820
N | Toko Bintang Barat | Karno | Pasar Anyar Blok C 9, Bogor | 0821
O | Ahmad Fauzi | Ahmad Fauzi | Jl. Merdeka 1, Bogor | 0822
P | Ahmad Fauzan | Ahmad Fauzan | Jl. Merdeka 100, Bogor | 0823
Q | Toko Sepatu Bogor | Iwan | Jl. Suryakencana 31, Bogor | 0824
R | Toko Sepatu Bandung | Iwan Setiawan | Jl. Cibaduyut 31, Bandung | 0825
S | CV Karya Kulit | Tatang | Jl. Cibaduyut 90, Bandung | 0826
T | CV Karya Logam | Tatang Suherman | Jl. Raya Soreang 90, Bandung | 0827
"""


def cards() -> tuple[list[Card], set[tuple[int, int]]]:
    found: list[Card] = []
    groups: dict[str, list[int]] = {}
    for key, row in enumerate(BOOK.strip().splitlines(), 1):
        letter, name, person, address, number = (part.strip() for part in row.split("|"))
        groups.setdefault(letter, []).append(key)
        numbers = frozenset([number] if number else [])
        found.append(Card(key, name, (person,), address, numbers))
    return found, pairs_of(groups.values())


def test_an_indonesian_book_is_told_apart() -> None:
    book, truth = cards()

    found = {(pair.one, pair.other) for pair in Likeness(book).matches()}

    assert truth - found == set()
    assert found - truth == {(23, 24)}  # Fauzi at number 1, Fauzan at 100: only a person can tell


def test_the_same_name_in_another_town_is_another_shop() -> None:
    book, _truth = cards()
    here, there = (card for card in book if card.name == "Toko Surya Jaya")

    assert not Likeness(book).compare(here, there).is_probable


def test_a_number_says_more_than_any_name() -> None:
    one = Card(1, "Toko Melati", numbers=frozenset(["+6281111111111"]))
    other = Card(2, "Budi Raharjo", numbers=frozenset(["+6281111111111"]))
    third = Card(3, "Toko Melati", numbers=frozenset(["+6282222222222"]))
    likeness = Likeness([one, other, third])

    match = likeness.compare(one, other)

    assert [(reason.what, reason.value) for reason in match.reasons] == [
        ("number", "+6281111111111")
    ]
    assert match.bits > likeness.compare(one, third).bits


@pytest.mark.parametrize("mail", ["info@melati.id", "toko@melati.id"])
def test_an_offices_address_says_little(mail: str) -> None:
    one, other = (Card(key, name, mails=frozenset([mail])) for key, name in ((1, "A"), (2, "B")))
    own = [
        Card(key, name, mails=frozenset(["rina.m@melati.id"])) for key, name in ((1, "A"), (2, "B"))
    ]

    assert Likeness([one, other]).compare(one, other).bits < Likeness(own).compare(*own).bits


def test_it_does_not_matter_which_is_first() -> None:
    book, _truth = cards()
    likeness = Likeness(book)
    draw = random.Random(5)
    for _turn in range(200):
        one, other = draw.sample(book, 2)
        assert likeness.compare(one, other) == likeness.compare(other, one)


def test_somebody_new_is_known_again() -> None:
    book, _truth = cards()
    new = Card(0, "Toko Soerya Djaya", ("Bu Dewi",), "Jl Raya Ciomas 12 Bogor")

    assert {match.other for match in Likeness(book).like(new)} == {1, 2}


def test_it_compares_a_few_for_each_and_never_all_with_all() -> None:
    draw = random.Random(6)
    few = ["jaya", "makmur", "abadi", "surya", "sinar", "bintang", "maju", "berkah"]
    many = [
        Card(
            key,
            f"Toko {draw.choice(few)} {draw.choice(few)}",
            (),
            f"Jl. {draw.choice(few)} {key % 90}",
        )
        for key in range(2_000)
    ]

    assert sum(1 for _pair in Likeness(many).candidates()) < 2_000 * 25
