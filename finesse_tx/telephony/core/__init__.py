"""JTAPI's call model, as values and tables: what a telephone system is to the engine."""
