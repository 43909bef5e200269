"""What the rows of a table stand for."""

from coproduction.rows.design import Calibration, Design, LonelyUnit, Stage, stages_of
from coproduction.rows.groups import check_clusters, check_known, rows_across
from coproduction.rows.membership import Membership, membership
from coproduction.rows.replicates import ReplicateKind, Replicates
from coproduction.rows.rows import Rows, clustered, heeding, rows_at, rows_of

__all__ = [
    "Calibration",
    "Design",
    "LonelyUnit",
    "Membership",
    "ReplicateKind",
    "Replicates",
    "Rows",
    "Stage",
    "check_clusters",
    "check_known",
    "clustered",
    "heeding",
    "membership",
    "rows_across",
    "rows_at",
    "rows_of",
    "stages_of",
]
