"""Inspection of surfaces: configuration, backbones, heads and the factory that puts them together."""

from .config import BackboneConfig, HeadConfig, InspectorConfig
from .factory import create_inspector

__all__ = ["BackboneConfig", "HeadConfig", "InspectorConfig", "create_inspector"]
__version__ = "2.3.1"
