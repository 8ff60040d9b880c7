"""The Finesse REST API, and the model of agents and dialogs that it learns over GED-188."""
