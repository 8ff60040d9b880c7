"""What the database is asked, and told, in a transaction: each function takes its session.

Values come in and go out; rows stay here.
"""
