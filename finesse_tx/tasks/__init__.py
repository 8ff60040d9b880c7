"""Task routing: media other than voice, and the tasks in them (chats, e-mails, whatever an application submits)."""
