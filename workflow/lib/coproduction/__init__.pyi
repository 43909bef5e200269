from coproduction.errors import StudyError as StudyError
from coproduction.notebook.measuring import aggregation as aggregation
from coproduction.notebook.measuring import confirmatory as confirmatory
from coproduction.notebook.measuring import dimensionality as dimensionality
from coproduction.notebook.measuring import exploratory as exploratory
from coproduction.notebook.measuring import invariance as invariance
from coproduction.notebook.measuring import item_statistics as item_statistics
from coproduction.notebook.measuring import polychoric as polychoric
from coproduction.notebook.measuring import reliability as reliability
from coproduction.notebook.measuring import validity as validity
from coproduction.notebook.reading import clean as clean
from coproduction.notebook.reading import read_export as read_export
from coproduction.notebook.reading import read_instrument as read_instrument
from coproduction.notebook.reading import read_study as read_study
from coproduction.notebook.reading import scales as scales
from coproduction.notebook.tables import rows_of as rows_of

__version__: str
