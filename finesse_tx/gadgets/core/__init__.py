"""What a gadget's specification says: read, chosen from, filled in and checked; nothing is fetched here."""
