"""The social workers' side: triage of first calls, and the pages under /desk."""
