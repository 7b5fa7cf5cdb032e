"""Names of what records keep as ids; an id that is gone from the directory stands for itself."""

from knowledge import Knowledge, Language, UnknownId, unbroken


def service_name(knowledge: Knowledge, service: str, language: Language) -> str:
    """The name of a service."""
    try:
        return str(unbroken(knowledge.service(service).name.in_(language)))
    except UnknownId:
        return service


def need_name(knowledge: Knowledge, need: str, language: Language) -> str:
    """The label of a need."""
    about = knowledge.needs.get(need)
    return str(unbroken(about.label.in_(language))) if about else need


def place_name(knowledge: Knowledge, place: str, language: Language) -> str:
    """The name of a place."""
    try:
        return knowledge.place(place).in_(language) if place else ""
    except UnknownId:
        return place
