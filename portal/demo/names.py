"""Invented people and bodies of the demo: believable, deterministic, nobody's."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum import luhn
from stdnum.it import codicefiscale

FEMALE = (
    "Anna Giulia Francesca Chiara Sara Martina Elena Laura Paola Federica Silvia Valentina Alessia Roberta Monica "
    "Cristina Daniela Barbara Claudia Elisa Giorgia Ilaria Marta Serena Teresa Lucia Rosa Caterina Angela Stefania "
    "Beatrice Emma Noemi Patrizia Simona Manuela Veronica Michela Rita Irene"
).split()
MALE = (
    "Marco Andrea Luca Matteo Francesco Alessandro Davide Stefano Paolo Giovanni Roberto Antonio Giuseppe Michele "
    "Simone Fabio Daniele Riccardo Lorenzo Pietro Enrico Massimo Claudio Sergio Giorgio Alberto Filippo Nicola "
    "Vincenzo Salvatore Tommaso Emanuele Gabriele Edoardo Carlo Franco Mauro Dario Bruno Aldo"
).split()
LAST_NAMES = [
    name.replace("_", " ")
    for name in (
        "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti De_Luca Mancini Costa "
        "Giordano Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara Galli Martini Leone "
        "Longo Gentile Martinelli Vitale Lombardo Serra Coppola De_Santis D'Angelo Marchetti Parisi Villa Conte Ferraro "
        "Ferri Fabbri Bianco Marini Grasso Valentini Messina Sala De_Angelis Gatti Pellegrini Palumbo Sanna Farina "
        "Rizzi Monti Cattaneo Morelli Amato Silvestri Mazza Testa Grassi Pellegrino Carbone Giuliani Benedetti Barone "
        "Rossetti Caputo Montanari Guerra Palmieri Bernardi Martino Fiore De_Rosa Ferretti Bellini Basile Riva Donati "
        "Piras Vitali Battaglia Sartori Neri Costantini Milani Pagano Ruggiero Sorrentino D'Amico Orlando Negri Zanetti"
    ).split()
]
BIRTHPLACES = ("A944", "D612", "F205", "F839", "H501", "L219", "G273", "A662", "L736", "C351", "D969", "H223")
MONTH_LETTERS = "ABCDEHLMPRST"


@dataclass(frozen=True, slots=True)
class Person:
    first_name: str
    last_name: str
    tax_code: str

    @property
    def username(self) -> str:
        return f"{self.first_name}.{self.last_name}".lower().replace(" ", "").replace("'", "")


def person(source: random.Random, first: str = "", last: str = "") -> Person:
    """An invented person with a formally right tax code."""
    female = first in FEMALE if first else source.random() < 0.55
    first = first or source.choice(FEMALE if female else MALE)
    last = last or source.choice(LAST_NAMES)
    born = date(1962, 1, 1) + timedelta(days=source.randrange(40 * 365))
    return Person(first, last, _tax_code(first, last, born, female, source.choice(BIRTHPLACES)))


def organization_code(head: str, province: str) -> str:
    """An 11-digit code: seven digits, the province of the office, the check digit."""
    body = f"{head}{province}"
    return body + luhn.calc_check_digit(body)


def _tax_code(first: str, last: str, born: date, female: bool, place: str) -> str:
    day = born.day + (40 if female else 0)
    body = (
        f"{_three(last)}{_three(first, given=True)}{born:%y}{MONTH_LETTERS[born.month - 1]}{day:02d}{place}"
    )
    return body + codicefiscale.calc_check_digit(body)


def _three(name: str, *, given: bool = False) -> str:
    letters = [c for c in name.upper() if c.isalpha()]
    consonants = [c for c in letters if c not in "AEIOU"]
    if given and len(consonants) > 3:
        consonants = [consonants[0], *consonants[2:]]
    vowels = [c for c in letters if c in "AEIOU"]
    return "".join([*consonants, *vowels, "X", "X"])[:3]
