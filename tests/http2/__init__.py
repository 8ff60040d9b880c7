"""HTTP/2 on the web ports."""
