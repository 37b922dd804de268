"""Benchmarks: ours and the peer in turn, ratios printed and committed as JSON with machine, versions and date."""
