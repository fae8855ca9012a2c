"""The outside: files, the terminal and the chat platforms, each behind its own adapter."""
