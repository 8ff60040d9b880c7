"""Call treatment: the language and its interpreter."""
