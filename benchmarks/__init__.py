"""What the parts cost, measured beside something that does less: see ``README.rst`` here."""
