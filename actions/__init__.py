"""Rasa custom actions: one file each, named after the action. Thin: what to say stands in
`domain.yml`, what is known in `knowledge/`."""
