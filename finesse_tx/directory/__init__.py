"""Who works here: people, teams, queues, reason codes, and the check of their passwords."""
