"""The REST API's routes, one module for each object; `finesse_tx.webservices.routes.api` joins them."""
