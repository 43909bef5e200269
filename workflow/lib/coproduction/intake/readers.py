"""The reader of each platform, by the name that `study.yaml` gives."""

from __future__ import annotations

from coproduction.intake.kobotoolbox import read_kobotoolbox
from coproduction.intake.plain import read_plain

READERS = {"kobotoolbox": read_kobotoolbox, "plain": read_plain}
