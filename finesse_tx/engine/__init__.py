"""The embedded contact-centre engine: agents, queues, routing, statistics (what RmCm is to CCX)."""
