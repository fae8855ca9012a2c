"""Text as words that can be compared: one form for every case, accent, width, hyphen, number and spelling tradition.

Knows English grammar and the scripts of the world, and nothing of summaries or of what is looked up.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

import Stemmer  # type: ignore[import-not-found]  # a C extension without stubs

# Words that carry no subject: articles, pronouns, auxiliaries, prepositions, and what questions are made of.
EMPTY = frozenset(
    """
    a about above actually after again against ago ain all almost already also although always am an and another any
    anybody anyone anything are aren around as at away back be became because become becomes been before behind being
    below between both but by came can cannot cant come comes could couldn did didn didnt do does doesn doesnt doing
    don done dont down during each either else etc even ever every everybody everyone everything few find for from
    further gave get gets getting give gives given go goes going gone got had hadn has hasn hasnt have haven having he
    hello her here hers herself hey hi him himself his how however i if ill im in instead into is isn isnt it its
    itself ive just keep kind know known knows let lets like lot lots made make makes making many may maybe me mean
    means might mine more most mostly much must my myself need needs neither never no nobody none nor not nothing now
    of off oh ok okay on once one ones only onto or other others otherwise ought our ours ourselves out over own per
    perhaps please put quite rather really s said same say says see seem seems shall she should shouldn show since so
    some somebody someone something somewhat soon still such sure t take taken takes taking tell than thank thanks that
    thats the their theirs them themselves then there theres these they theyre thing things think this those though
    through thus to together told too took toward towards under until up upon us use used using usually very via vs
    want wants was wasn wasnt way ways we well went were weren what whats whatever when where whether which while who
    whom whose why will with within without won wont would wouldn wouldnt x yes yet you youre your yours yourself
    """.split()
)

_NUMBERS = {
    word: number
    for number, word in enumerate("two three four five six seven eight nine ten eleven twelve".split(), start=2)
} | {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "thousand": 1000}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_SCALES |= {"k": 1_000, "m": 1_000_000, "mio": 1_000_000, "mil": 1_000_000, "mln": 1_000_000, "bn": 1_000_000_000}
# As they are misspelt too: their own words stand in no text as such, so nothing else would mend them.
_SCALES |= dict.fromkeys(["thousands", "thousend", "thosand", "thousant"], 1_000)
_SCALES |= dict.fromkeys(["millions", "milion", "millon", "milions"], 1_000_000)
_SCALES |= dict.fromkeys(["billions", "bilion", "billon", "bilions"], 1_000_000_000)

_MARKS = re.compile(r"[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670]")
_UNSAID = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")
# Each begins with the sign that it seeks: to look behind at every character takes ten times as long.
_APOSTROPHE = re.compile(r"['’‘ʼ`](?<=\w.)(?:s\b|(?=\w))")
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:([,_  '’])\d{3})(?:\1\d{3})*(?![\d,]*\d)")
_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
)
_SPACELESS_WORD = re.compile(f"[{_SPACELESS}]")
_WORD = re.compile(
    rf"\d+(?:\.\d+)?|[{_SPACELESS}]+|(?:(?![{_SPACELESS}])[^\W\d_]|[\u0900-\u0963\u0966-\u0dff\u0f00-\u0fff])+"
)
_LETTERS = rf"[^\W\d_{_SPACELESS}]+"
_SIGNS = "[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u0f00-\u0fff]+"
# One word of a text as it stands there, not folded yet; of a script without spaces, one character.
TOKEN = re.compile(rf"(\d+(?:[.,]\d+)*|[{_SPACELESS}]|{_LETTERS}(?:(?:{_SIGNS}|['’](?={_LETTERS}))(?:{_LETTERS})?)*)")
_ASCII_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?")  # the same, many times as fast
_COMPOUND = re.compile(r"[^\W\d_]+(?:[-‐‑–./][^\W\d_]+){1,3}")
_JOINT = re.compile(r"[-‐‑–./](?<=[^\W\d_].)(?=[^\W\d_])")
_SEAM = re.compile(r"[-‐‑–./]")
_RUN = re.compile(r"[^\W_]+")
_NUMERIC = re.compile(rf"\d|(?:\b|\d)(?:{'|'.join(_NUMBERS)})(?:fold)?\b")
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NUMBER_WORDS = {*_NUMBERS, *(f"{number}fold" for number in _NUMBERS)}
_AMERICAN = (
    (re.compile(r"(?<=..[^aeiou])(?<!prec)(?<!conc)is(?=(?:e|ed|es|er|ers|ing|ation|ations|able)$)"), "iz"),
    (re.compile(r"(?<=[a-z]{6})is$"), "iz"),
    (re.compile(r"(?<=[aeiou]l)ys(?=(?:e|ed|es|er|ers|ing)$)"), "yz"),
    (re.compile(r"(?<=..)our(?=(?:s|ed|ing|al|able|ite|ites|hood|hoods|ful|less)?$)"), "or"),
    (re.compile(r"(?<=[a-z][bt])re(?=s?$)"), "er"),
    (re.compile(r"^(def|off|lic|pret)enc(?=es?$)"), r"\1ens"),
    (re.compile(r"(?<=[a-z]{2}og)ue(?=s?$)"), ""),
    (re.compile(r"^([^aeiou]{2}u)s$"), r"\1"),  # GPUs, CPUs: no Latin words
)
_BRITISH = re.compile(r"is(?:[aei]|$)|ys[ei]|our|res?$|ences?$|ogues?$|us$")  # where one of these may be
SHORT_WHOLE = 5  # letters of what two neighbours are together, which is no word of its own yet
_DOUBLED = re.compile(r"([bdglmnprt])\1$")
_english = Stemmer.Stemmer("english", 50_000)
STEMMER: str = Stemmer.version()  # another may stem other words alike


def fold(text: str) -> str:
    """`text` without case, accents, width, invisible characters and apostrophes; never longer by much."""
    text = text.casefold()
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", _UNSAID.sub("", text))
        text = unicodedata.normalize("NFC", _MARKS.sub("", plain)).casefold()
    return _APOSTROPHE.sub("", text)


def words(text: str) -> list[str]:
    """The words of a text in order, folded; numbers as plain digits, scripts without spaces as pairs of characters."""
    folded = fold(text)
    digits = _DIGIT.search(folded) is not None
    if digits:
        folded = _THOUSANDS.sub(lambda found: re.sub(r"\D", "", found[0]), folded)
    if folded.isascii():
        several = _ASCII_WORD.findall(folded)
        if not digits and _NUMBER_WORDS.isdisjoint(several):  # as nearly always
            return several
    else:
        several = [part for word in _WORD.findall(folded) for part in _parts(word)]
    return _counted(several) if _NUMERIC.search(folded) else several


def spaceless(text: str) -> bool:
    """Whether a text begins in a script that has no spaces between its words."""
    return _SPACELESS_WORD.match(text) is not None


def compounds(text: str) -> dict[str, tuple[str, ...]]:
    """The hyphenated or dotted words of a text, written as one, with their parts: `codesign` of `co` and `design`."""
    folded = fold(text)
    if not _JOINT.search(folded):
        return {}
    found = [tuple(_SEAM.split(compound)) for compound in _COMPOUND.findall(folded)]
    return {"".join(parts): parts for parts in found}


def plain(text: str) -> str:
    """A text by which the same text is known again, whatever its case, accents and punctuation."""
    return " ".join(_RUN.findall(fold(text)))


@lru_cache(50_000)
def stem(word: str) -> str:
    """What a word has in common with its other forms, in British and American spelling alike."""
    if not word.isascii() or not word.isalpha() or len(word) > 40:
        return word
    if _BRITISH.search(word):
        for british, american in _AMERICAN:
            word = british.sub(american, word)
    return _DOUBLED.sub(r"\1", _english.stemWord(word))


def joined(several: list[str]) -> list[str]:
    """Each pair of neighbours written as one word, where that may be a word."""
    return [a + b for a, b in pairwise(several) if len(a) + len(b) > SHORT_WHOLE and a.isalpha() and b.isalpha()]


def _parts(word: str) -> list[str]:
    if not _SPACELESS_WORD.match(word):
        return [word]
    return [a + b for a, b in pairwise(word)] or [word]


def _counted(several: list[str]) -> list[str]:
    """Numbers in words as digits: `ten`, `10 million`, `100k`, `tenfold`, `10x`."""
    told: list[str] = []
    for word in several:
        number = told[-1] if told and _NUMBER.fullmatch(told[-1]) else ""
        if number and word in _SCALES:
            told[-1] = f"{float(number) * _SCALES[word]:.12g}" if len(number) < 12 else number
        elif word in _NUMBERS:
            told.append(str(_NUMBERS[word]))
        elif word == "x" and number:
            told.append("times")
        elif word.endswith("fold") and (word[:-4] in _NUMBERS or (number and word == "fold")):
            told += [*([str(_NUMBERS[word[:-4]])] if word != "fold" else []), "times"]
        else:
            told.append(word)
    return told
