"""Tests of the gadget server."""
