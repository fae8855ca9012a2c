"""The pure core: summaries, finding, choosing, quoting. No I/O, no clock, no platform."""
