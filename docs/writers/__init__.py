"""What writes the reference: each module makes one page from the code that it is about."""
