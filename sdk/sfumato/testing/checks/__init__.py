"""The checks, a module for each thing that is checked. `sfumato.testing.cases` imports them all."""
