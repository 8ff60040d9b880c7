"""``telephony.system = "simulator"``."""

from finesse_tx.telephony.simulator import SimulatorSystem

simulator = SimulatorSystem()
