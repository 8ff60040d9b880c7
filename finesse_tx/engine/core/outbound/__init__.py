"""Outbound: campaigns, their dialing lists, and the agents who are given the customers of these."""
