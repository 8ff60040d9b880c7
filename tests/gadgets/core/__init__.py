"""Tests of what a gadget's specification says."""
