"""The Krita adapter in the real Krita, under Xvfb, against a real daemon with Ground."""
