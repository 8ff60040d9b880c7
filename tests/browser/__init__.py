"""What pages of ours have in common: types, pure modules under node, and what they are made of."""
