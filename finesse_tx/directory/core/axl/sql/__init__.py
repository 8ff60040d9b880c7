"""The SQL of ``executeSQLQuery``: a subset of Informix's, over AXL's objects. No text ever reaches a database."""
