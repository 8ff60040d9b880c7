"""What the REST API does, one module for each object: check who may, answer from the model, ask the engine."""

from finesse_tx.webservices.operations.everything import Operations

__all__ = ["Operations"]
