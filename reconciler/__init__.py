"""Configuration as code for time-attendance and access-control systems."""

__version__ = "0.1.0"
