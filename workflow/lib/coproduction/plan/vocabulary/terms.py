"""Terms of a planned model, known by their names before any data.

`v` is a number as it stands, `v[code]` one category of a categorical variable (all but the one
that they are compared with), `a:b` the product of two terms; a split gives the two terms that
`predictors` names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from coproduction.codes import category_of, code_text, indicator
from coproduction.plan.vocabulary.names import Names
from coproduction.plan.vocabulary.predictors import PARTS, Predictor
from coproduction.yamlfiles.problems import Path, Problem, unknown

INTERCEPT, AGREEMENT = "intercept", "agreement_score"
"""Terms that no entry makes; the second in models with constructs, or with its score."""


@dataclass(frozen=True)
class Terms:
    """Terms of one model.

    Attributes
    ----------
    single
        Terms that are no products, each with the entry of its variable.
    references
        For each categorical variable, the code that the others are compared with; empty where the
        data decide.
    open
        Categorical variables whose codes only the data tell.
    products
        Pairs of terms.
    likely
        Terms that the model may be meant to have, where it names a variable that does not exist.
    """

    single: Mapping[str, Predictor]
    references: Mapping[str, str]
    open: frozenset[str]
    products: tuple[tuple[str, str], ...]
    likely: frozenset[str] = frozenset()

    def lacks(self, term: str) -> str:
        """Say why a name is no single term of the model; empty if it is one."""
        name, bracket, _ = term.partition("[")
        if term in self.single:
            return ""
        if bracket and self.references.get(name) == category_of(term):
            return (
                f"`{term}` is the category that the others are compared with, and no term; name "
                "another category, or another `reference`."
            )
        if name in self.likely or (bracket and name in self.open):
            return ""
        if ":" in term and all(not self.lacks(part) for part in term.split(":")):
            return f"`{term}` is a product; a single term must stand here."
        return unknown(term, list(self.single), f"the model has no term `{term}`", "its terms")

    def of(self, variable: str) -> list[str]:
        """Terms that a variable makes."""
        return [term for term, entry in self.single.items() if entry.name == variable]

    def share_variable(self, one: str, other: str) -> bool:
        """Tell whether two terms are categories of one variable, which nobody can have both."""
        owner = self.single.get(one)
        return owner is not None and owner is self.single.get(other) and bool(owner.categorical)

    def lacks_coefficient(self, term: str) -> str:
        """Say why a name is neither a single term nor a product; empty if it is one."""
        pair = tuple(term.split(":"))
        if pair in self.products or pair[::-1] in self.products:
            return ""
        if ":" not in term:
            return self.lacks(term)
        misspelt = any(self.lacks(part) for each in self.products for part in each)
        if misspelt and not any(self.lacks(part) for part in pair):
            return ""
        known = [":".join(each) for each in self.products]
        return unknown(term, known, f"the model has no product `{term}`", "its products")


def terms(
    entries: Sequence[Predictor],
    names: Names,
    products: Sequence[tuple[str, str]] = (),
    further: Sequence[str] = (),
) -> Terms:
    """Name the terms of a model's entries; unknown variables make a term of their own.

    `further` are terms that no entry makes.
    """
    single: dict[str, Predictor] = {}
    references: dict[str, str] = {}
    open_: set[str] = set()
    for entry in entries:
        name = entry.name
        if not entry.categorical:
            single |= dict.fromkeys(entry.terms, entry)
            continue
        codes = names[name].codes if name in names else None
        if codes is None:
            open_.add(name)
        references[name] = reference_of(entry, codes)
        single |= {indicator(name, code): entry for code in codes or () if code != references[name]}
    single |= {name: Predictor(name) for name in further}
    known = all(entry.name in names for entry in entries)
    likely = () if known else (term for name in names for term in _possible(name))
    return Terms(single, references, frozenset(open_), tuple(products), frozenset(likely))


def _possible(name: str) -> Iterator[str]:
    """Terms that a variable can make without categories."""
    yield name
    for kind in PARTS:
        yield from Predictor(name, split=kind).terms


def reference_of(entry: Predictor, codes: Sequence[str] | None) -> str:
    """Code that an entry's categories are compared with, as far as it is known."""
    if entry.reference is not None:
        return code_text(entry.reference)
    return min(codes, key=float) if codes else ""


def term(path: Path, name: str, known: Terms) -> Iterator[Problem]:
    """Find what is wrong with the name of a single term."""
    if message := known.lacks(name):
        yield path, message


def listed(path: Path, named: Sequence[str], known: Terms) -> Iterator[Problem]:
    """Find what is wrong with a list of single terms."""
    for position, name in enumerate(named):
        yield from term((*path, position), name, known)
