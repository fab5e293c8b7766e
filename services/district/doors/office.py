"""Who may look at the district."""

from shared.web import only

OFFICE = only("officer", "operator")
