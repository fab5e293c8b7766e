"""A day of the district, played for demonstrations and load: invented people do through the public doors what real ones do."""
