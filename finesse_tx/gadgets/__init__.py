"""The gadget server: OpenSocial gadgets that nobody here wrote."""
