"""The social workers' side."""
