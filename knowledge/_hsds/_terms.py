"""Needs and kinds of service as HSDS taxonomies, and what classifies an entry."""

from knowledge._hsds._ids import identifier
from knowledge._hsds._tables import Tables
from knowledge._model import HELPLINE, Service


def add_taxonomies(tables: Tables) -> None:
    """Both taxonomies with all their terms."""
    needs = {n: need.label.in_(tables.language) for n, need in tables.knowledge.needs.items()}
    types = {n: kind.label.in_(tables.language) for n, kind in tables.knowledge.types.items()}
    types[HELPLINE] = tables.words("helpline")
    for kind, labels in (("need", needs), ("type", types)):
        name = tables.words(f"{kind}s")
        taxonomy = tables.add(
            "taxonomy", kind, name=name, description=tables.words(f"{kind}s_description")
        )
        for code, label in labels.items():
            tables.add(
                "taxonomy_term",
                kind,
                code,
                code=f"{kind}:{code}",
                name=label,
                description=tables.words(kind, label=label),
                taxonomy=name,
                language=tables.language,
                taxonomy_id=taxonomy,
            )


def add_terms(tables: Tables, entry: Service, service: str) -> None:
    """The terms of an entry."""
    for kind, codes in (("need", entry.needs), ("type", (entry.type,))):
        for code in codes:
            tables.add(
                "attribute",
                entry.id,
                kind,
                code,
                link_id=service,
                taxonomy_term_id=identifier("taxonomy_term", kind, code),
                link_type=kind,
                link_entity="service",
            )
