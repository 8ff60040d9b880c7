"""The benchmarks, run small: that they run and say what they should."""
