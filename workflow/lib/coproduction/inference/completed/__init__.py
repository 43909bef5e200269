"""Tables whose missing answers are imputed; named here is what other rooms take."""

from coproduction.inference.completed.items import Answers

__all__ = ["Answers"]
