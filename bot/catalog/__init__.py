"""The catalog of services, from catalog_data/."""
