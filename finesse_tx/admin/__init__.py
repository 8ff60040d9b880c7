"""The administration console (cfadmin): who is signed in there, its pages, and what only they ask."""
