"""One form per provision, built once: building a schema costs far more than using it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from marshmallow import Schema

from schemas.forms.m01_tenant import TenantForm

FORMS: Mapping[str, Schema] = MappingProxyType({"m01_tenant": TenantForm()})
"""Provision code -> form of its ``facts``."""
