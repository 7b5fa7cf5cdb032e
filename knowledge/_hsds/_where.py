"""Where an entry is and which area it serves, as HSDS locations, addresses and service areas."""

from knowledge._hsds._address import Gazetteer
from knowledge._hsds._tables import Tables
from knowledge._model import Service


def add_location(
    tables: Tables, places: Gazetteer, entry: Service, service: str, organization: str
) -> None:
    """The location of an entry, with its address when it has all that HSDS requires."""
    addresses, points = entry.facts.get("address"), entry.facts.get("coordinates")
    if not addresses and not points:
        return
    single = addresses[0] if len(addresses) == 1 else None
    address = places.address(single.value) if single else None
    said = []
    if addresses and not (address and address.whole and single and not tables.notice(single)):
        said.append(tables.text(entry, "address"))
    latitude = longitude = None
    if points:
        latitude, longitude = map(float, points[0].value.split(","))
        if notice := tables.notice(points[0]):
            credit = tables.knowledge.words(tables.language, "map_attribution")
            said.append(tables.words("point", attribution=credit, notice=notice))
    location = tables.add(
        "location",
        entry.id,
        location_type="physical",
        organization_id=organization,
        description=" ".join(s if s.endswith(".") else f"{s}." for s in said if s),
        latitude=latitude,
        longitude=longitude,
    )
    tables.told("location", location, "description", addresses)
    tables.told("location", location, "latitude", points[:1])
    tables.add("service_at_location", entry.id, service_id=service, location_id=location)
    if address and single:
        row = tables.add(
            "address",
            entry.id,
            single.value,
            location_id=location,
            address_1=address.street,
            city=address.city,
            state_province=address.canton,
            postal_code=address.postcode,
            country="LU",
            address_type="physical",
        )
        tables.told("address", row, "address_1", [single])


def add_areas(tables: Tables, entry: Service, service: str) -> None:
    """The quarters or communes an entry is for, or the country."""
    serves = entry.serves
    if serves.national:
        tables.add("service_area", entry.id, "*", service_id=service, name=tables.words("country"))
        return
    for place in serves.quarters or serves.communes:
        name = tables.knowledge.places[place].in_(tables.language)
        tables.add("service_area", entry.id, place, service_id=service, name=name)
