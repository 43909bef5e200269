from coproduction.errors import StudyError as StudyError
from coproduction.notebook.factoring import confirmatory as confirmatory
from coproduction.notebook.factoring import dimensionality as dimensionality
from coproduction.notebook.factoring import exploratory as exploratory
from coproduction.notebook.factoring import invariance as invariance
from coproduction.notebook.factoring import polychoric as polychoric
from coproduction.notebook.judging import back_door as back_door
from coproduction.notebook.judging import claim as claim
from coproduction.notebook.judging import verdicts as verdicts
from coproduction.notebook.measuring import aggregation as aggregation
from coproduction.notebook.measuring import item_statistics as item_statistics
from coproduction.notebook.measuring import reliability as reliability
from coproduction.notebook.measuring import validity as validity
from coproduction.notebook.modelling import diagnostics as diagnostics
from coproduction.notebook.modelling import effects as effects
from coproduction.notebook.modelling import fit as fit
from coproduction.notebook.modelling import predictions as predictions
from coproduction.notebook.planned import analyse as analyse
from coproduction.notebook.planned import measure as measure
from coproduction.notebook.populations import population as population
from coproduction.notebook.reading import clean as clean
from coproduction.notebook.reading import read_export as read_export
from coproduction.notebook.reading import read_instrument as read_instrument
from coproduction.notebook.reading import read_study as read_study
from coproduction.notebook.reading import scales as scales
from coproduction.notebook.tables import rows_of as rows_of

__version__: str
