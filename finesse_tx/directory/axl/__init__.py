"""AXL over HTTPS: the server's side here, and the WSDL and schema that our own client uses too."""
