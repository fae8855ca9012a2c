"""Which lesson a channel is owed, and when."""
