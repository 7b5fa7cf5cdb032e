"""Notes of social workers as data, and how well triage reads them."""
