"""The console's rules: values in, values out."""
