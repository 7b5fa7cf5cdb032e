"""What requests to the directory may say, and the shapes of the answers."""

import re
from datetime import datetime
from typing import Any, Literal, Optional
from uuid import UUID

from pydantic import BaseModel, Extra, Field, validator

from knowledge import Language

_DAY_ONLY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


class Spoken(BaseModel):
    """What every request may say."""

    lang: Optional[Language] = Field(
        None, description="Language of the texts; without it, Accept-Language decides."
    )

    class Config:
        extra = Extra.forbid


class OrganizationQuestion(Spoken):
    """One organization."""

    full_service: bool = Field(False, description="Give its services whole.")


class Listing(Spoken):
    """A list: what is searched, and which page."""

    search: Optional[str] = Field(
        None, min_length=1, max_length=200, description="Words; all must be found, in any language."
    )
    page: int = Field(1, ge=1, description="Page number, from 1.")
    per_page: Optional[int] = Field(
        None, ge=1, le=500, description="Objects on a page (50; with `minimal` all)."
    )
    format: Literal["json", "ndjson"] = Field(
        "json", description="`ndjson`: one object per line, without pages."
    )


class ClassifiedListing(Listing):
    """A list of what is classified by taxonomy terms."""

    taxonomy_term_id: Optional[UUID] = Field(None, description="Only with this term.")
    taxonomy_id: Optional[UUID] = Field(None, description="Only with a term of this taxonomy.")
    full: bool = Field(False, description="Give the objects whole.")


class OrganizationListing(ClassifiedListing):
    """A list of organizations."""

    full_service: bool = Field(False, description="Give the organizations and services whole.")


class PlaceListing(ClassifiedListing):
    """A list of services at locations."""

    organization_id: Optional[UUID] = Field(None, description="Only of this organization.")
    modified_after: Optional[datetime] = Field(
        None, description="Only what changed then or later (ISO 8601; UTC without an offset)."
    )
    postcode: Optional[str] = Field(
        None, regex=r"^(L-)?\d{4}$", description="A postcode that the directory's addresses have."
    )
    proximity: Optional[float] = Field(
        None, ge=1, le=1_000_000, description="Metres around the place of `postcode`."
    )

    @validator("modified_after", pre=True)
    def _day_begins(cls, value: object) -> object:
        return f"{value}T00:00:00" if isinstance(value, str) and _DAY_ONLY.match(value) else value

    @validator("postcode")
    def _digits(cls, value: Optional[str]) -> Optional[str]:
        return value.removeprefix("L-") if value else value


class ServiceListing(PlaceListing):
    """A list of services."""

    minimal: bool = Field(False, description="Only id, name, status and last_modified.")


class TermListing(Listing):
    """A list of taxonomy terms."""

    taxonomy_id: Optional[UUID] = Field(None, description="Only of this taxonomy.")
    top_only: bool = Field(False, description="Only terms without a parent.")
    parent_id: Optional[UUID] = Field(None, description="Only terms with this parent.")


class Api(BaseModel):
    """Which HSDS this is."""

    version: str
    profile: str
    openapi_url: str


class Page(BaseModel):
    """One page of a list. Each object validates against the HSDS 3.1 schema of its kind."""

    total_items: int
    total_pages: int
    page_number: int
    size: int
    first_page: bool
    last_page: bool
    empty: bool
    contents: list[dict[str, Any]]


class Document(BaseModel):
    """One HSDS 3.1 object with what belongs to it."""

    id: UUID

    class Config:
        extra = Extra.allow
