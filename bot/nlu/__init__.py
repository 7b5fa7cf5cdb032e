"""Rasa graph components: from a message to language, places, ages, crisis and intent.

`config.yml` names them in their order: reader, language, intent, decision.
"""
