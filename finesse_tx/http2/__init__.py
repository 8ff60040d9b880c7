"""HTTP/2 on the web ports: what browsers and libraries choose by ALPN when they come over TLS."""
