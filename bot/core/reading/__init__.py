"""A pasted or kept document -> a Summary, and back."""
