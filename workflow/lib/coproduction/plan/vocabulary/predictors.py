"""Predictors of a model, and the terms that they become.

A coefficient is about differences within clusters only beside what holds the cluster's level, and
that must be the very mean that the deviation is taken from. Beside the mean of the *other* members,
o = (n m − x) / (n − 1), the deviation from the mean m of all would have the coefficient
β_W + β_B / (n − 1), for then x − m moves o. So there are two ways to split a person's value from
the cluster's, and no third. The mean of the others can stand alone, in place of what the person
answered.

A predictor is a variable as it stands in the table, or a construct freed from measurement error
(`inference.calibrated`), whose unit is its standard deviation.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from coproduction.plan.options import OTHERS_ALONE, OWN_AND_OTHERS, WITHIN_CLUSTER, Split

WITHIN, MEAN, OTHERS, OWN = "within", "mean", "others", ""
PARTS: dict[Split, tuple[str, ...]] = {
    WITHIN_CLUSTER: (WITHIN, MEAN),
    OWN_AND_OTHERS: (OWN, OTHERS),
    OTHERS_ALONE: (OTHERS,),
}
"""Parts of each kind of split. The term of a part is the variable's name with the part behind it;
the person's own value keeps the name."""


@dataclass(frozen=True)
class Predictor:
    """A predictor, covariate or moderator; what is None was not said.

    Attributes
    ----------
    variable
        Item, construct score, derived variable or summary of communities; None of a construct.
    construct
        Construct that stands in the place of its score.
    standardise
        Whether it is divided by its standard deviation (N − 1), after centring.
    split
        How it is split by cluster.
    categorical
        Whether it has an indicator per category.
    reference
        Code of the category that the others are compared with.
    """

    variable: str | None = None
    construct: str | None = None
    standardise: bool | None = None
    split: Split | None = None
    categorical: bool | None = None
    reference: int | str | None = None

    @property
    def name(self) -> str:
        """Variable or construct."""
        return self.variable or self.construct or ""

    @property
    def terms(self) -> dict[str, str]:
        """Terms that it becomes as a number, each with its part."""
        parts = PARTS[self.split] if self.split else (OWN,)
        return {f"{self.name}_{part}" if part else self.name: part for part in parts}

    def over(self, own: Predictor) -> Predictor:
        """Take what is not said here from a model's own entry of the same name."""
        said = {key: value for key, value in asdict(self).items() if value is not None}
        if own.construct is not None:
            said.pop("variable", None)
        return replace(own, **said)
