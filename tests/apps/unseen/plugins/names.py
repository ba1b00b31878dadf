import yaml  # noqa: F401
